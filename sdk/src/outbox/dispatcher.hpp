#pragma once

/// \file
/// Sends the messages of the outbox: words them, asks what the person wants, and hands them to the channel's notifier.

#include "base/time_zone.hpp"
#include "messages/templates.hpp"
#include "outbox/outbox.hpp"
#include "outbox/quiet_hours.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <span>
#include <stop_token>

namespace clinic {

/// What became of the messages that were taken up.
struct Dispatched {
  std::int64_t sent = 0, later = 0, unknown = 0, dead = 0, cancelled = 0;
  Dispatched& operator+=(const Dispatched& other);
};

/// What a dispatcher uses. All of it outlives the dispatcher.
struct DispatcherParts {
  Store& store;
  const Sealer& sealer;
  const Policy& policy;
  const TimeZone& time_zone;
  const Templates& templates;
  const Notifiers& notifiers;
  const Log& log;
  std::function<Timestamp()> now;
  /// Takes one message from the channel's rate. Answers how long to wait first; zero: it was taken.
  std::function<std::chrono::milliseconds(const NotifierSettings&)> rate;
};

/// Thread-safe. Any number of processes may dispatch from one database.
class Dispatcher {
 public:
  explicit Dispatcher(DispatcherParts parts);

  /// Sends what is due over that channel, with as many connections as its notifier has, until nothing is due, `most`
  /// were taken up, or it is stopped. Throws StorageError.
  Dispatched dispatch(MessageChannel channel, std::stop_token stop,
                      std::int64_t most = std::numeric_limits<std::int64_t>::max());

  Outbox& outbox() { return outbox_; }

 private:
  struct Round;
  /// Sends what was taken, if anything was, then takes and sends until nothing is left.
  void work(Round& round, std::vector<OutboxMessage> taken);
  /// Sends what was leased. What it did not come to because of a failure, it gives back.
  void send_all(Round& round, std::span<const OutboxMessage> taken);
  void give_back_all(std::span<const OutboxMessage> leased);
  /// `handed_over`: whether the notifier was called, also where this throws.
  Dispatched send(const Notifier& notifier, const OutboxMessage& message, const std::stop_token& stop,
                  bool& handed_over);
  /// Why the message is not sent now or ever, if so; it is put aside.
  std::optional<Dispatched> put_aside(const OutboxMessage& message, const MessageKind* kind);
  bool wanted(const OutboxMessage& message);
  bool shared_phone(const OutboxMessage& message);
  bool pass_rate(const Notifier& notifier, const OutboxMessage& message, const std::stop_token& stop);
  /// Records how the try ended, also where the database does not answer for a while.
  MessageStatus finish(const OutboxMessage& message, const Submission& submission,
                       std::optional<std::int64_t> sms_parts, const std::stop_token& stop);
  Dispatched give_up(const OutboxMessage& message, std::string failure);

  DispatcherParts parts_;
  Outbox outbox_;
  QuietHours quiet_hours_;
};

}  // namespace clinic
