#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A message on its way out (NOTE-1). What is secret in it is encrypted until the message's end, then wiped (NOTE-5).
struct OutboxMessage {
  std::string id;
  MessageChannel channel = MessageChannel::email;
  std::string message_template;
  std::string locale;
  std::string recipient;
  Json data{"{}"};
  std::optional<std::string> sealed_secret;
  MessageStatus status = MessageStatus::pending;
  std::int64_t attempts = 0;
  Timestamp due_at{};  ///< pending: when it is sent next. sending: when another dispatcher may take it
  std::optional<Timestamp> sent_at;
  std::optional<std::string> patient_id;
  std::optional<std::string> user_id;
  Timestamp created_at{};
  std::optional<std::string> failure;     ///< why the last try did not succeed, in a word and a code
  std::optional<std::string> gateway_id;  ///< what the gateway calls it
  std::optional<std::int64_t> parts;      ///< of an SMS that was handed over
  std::optional<Timestamp> delivered_at;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(OutboxMessage, (),
                      (id, channel, message_template, locale, recipient, data, sealed_secret, status, attempts, due_at,
                       sent_at, patient_id, user_id, created_at, failure, gateway_id, parts, delivered_at, version))

template <>
struct Table<OutboxMessage> {
  static constexpr std::string_view name = "outbox_messages";
  static constexpr std::string_view resource = "message";
  static constexpr std::array constraints{index_on("channel,status,due_at"), index_on("user_id"),
                                          index_on("patient_id"), index_on("gateway_id")};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes},
                                         Reference{.field = "user_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes}};
  static constexpr Retention retention = Retention::window;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
