#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// What a gateway has told about a message, or about one part of it (NOTE-8). It may come before the message's row
/// knows what the gateway calls it.
struct DeliveryReceipt {
  std::string id;
  MessageChannel channel = MessageChannel::sms;
  std::string gateway_id;
  std::optional<std::string> message_id;  ///< where the gateway gives our id back
  Delivery delivery_state = Delivery::on_its_way;
  std::optional<std::string> failure;
  bool one_part = false;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(DeliveryReceipt, (),
                      (id, channel, gateway_id, message_id, delivery_state, failure, one_part, created_at, version))

template <>
struct Table<DeliveryReceipt> {
  static constexpr std::string_view name = "delivery_receipts";
  static constexpr std::string_view resource = "delivery_receipt";
  static constexpr std::array constraints{Constraint{"channel,gateway_id"}, index_on("message_id")};
  static constexpr std::array references{Reference{
      .field = "message_id", .refers_to = RefersTo::record, .on_erasure = OnErasure::stay, .exported = Exported::no}};
  static constexpr Retention retention = Retention::window;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
