#include "outbox/dispatcher.hpp"

#include "base/fork_gate.hpp"
#include "base/own_thread.hpp"
#include "base/wiping.hpp"
#include "messages/sms_length.hpp"
#include "meta/json.hpp"
#include "store/storage_errors.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace clinic {
namespace {

/// How many rows one worker leases at once: enough that leasing costs little, few enough that a lease lasts for all.
constexpr std::size_t rows_at_once = 8;
/// A longer wait for the channel's rate is not waited for; the message is given back.
constexpr std::chrono::seconds longest_wait_for_rate(10);

Dispatched counted(MessageStatus status) {
  Dispatched result;
  switch (status) {
    case MessageStatus::pending:
    case MessageStatus::sending:
      result.later = 1;
      break;
    case MessageStatus::unknown:
      result.unknown = 1;
      break;
    case MessageStatus::dead:
      result.dead = 1;
      break;
    case MessageStatus::cancelled:
      result.cancelled = 1;
      break;
    case MessageStatus::sent:
    case MessageStatus::delivered:
    case MessageStatus::undelivered:
      result.sent = 1;
      break;
  }
  return result;
}

/// A message in words, with its values. What is secret in them is overwritten at the end.
struct Worded {
  RenderedMessage message;
  std::string data, secret, recipient_name;

  Worded() = default;
  Worded(const Worded&) = delete;
  Worded& operator=(const Worded&) = delete;
  ~Worded() {
    wipe(data);
    wipe(secret);
  }

  /// The values that were written with the message, and its secret under the name that its kind has for it.
  void values(const Sealer& sealer, const OutboxMessage& row, const MessageKind& kind) {
    data = row.data.text;
    const auto parsed = boost::json::parse(data);
    if (data.size() < 2 || !parsed.is_object()) throw std::invalid_argument("values that are no object");
    if (const auto* name = parsed.get_object().if_contains("first_name"); name && name->is_string())
      recipient_name = name->get_string();
    const auto* name = kind.secret();
    if (!row.sealed_secret || !name) return;
    secret = sealer.unseal("outbox", *row.sealed_secret);
    data.reserve(data.size() + room_for_secrets);
    data.erase(data.find_last_of('}'));
    if (data.find('"') != data.npos) data += ',';
    write_json_string(name->name, data);
    data += ':';
    write_json_string(secret, data);
    data += '}';
  }
  boost::json::object object() const { return boost::json::parse(data).as_object(); }
};

/// Waits, and answers whether it was not stopped.
bool wait(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

Dispatched& Dispatched::operator+=(const Dispatched& other) {
  sent += other.sent;
  later += other.later;
  unknown += other.unknown;
  dead += other.dead;
  cancelled += other.cancelled;
  return *this;
}

/// What the workers of one dispatch() share.
struct Dispatcher::Round {
  const Notifier& notifier;
  std::stop_token stop;
  std::mutex mutex;
  std::int64_t left;
  Dispatched done{};
  std::exception_ptr failed{};

  /// One worker of a process leases at a time: they would only get in each other's way.
  std::vector<OutboxMessage> take(Outbox& outbox) {
    const std::lock_guard lock(mutex);
    if (failed || stop.stop_requested()) return {};
    auto taken = outbox.take(notifier.channel(), static_cast<std::size_t>(std::min<std::int64_t>(left, rows_at_once)));
    left -= static_cast<std::int64_t>(taken.size());
    return taken;
  }
  void add(const Dispatched& some) {
    const std::lock_guard lock(mutex);
    done += some;
  }
  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex);
    if (!failed) failed = std::move(failure);
  }
};

Dispatcher::Dispatcher(DispatcherParts parts)
    : parts_(std::move(parts)),
      outbox_(parts_.store, parts_.policy, parts_.now),
      quiet_hours_(parts_.policy.quiet_hours.value_or("")) {
  ForkGate::instance();
}

Dispatched Dispatcher::dispatch(MessageChannel channel, std::stop_token stop, std::int64_t most) {
  const auto* notifier = notifier_for(parts_.notifiers, channel);
  if (!notifier) return {};
  Round round{*notifier, std::move(stop), {}, most};
  auto taken = round.take(outbox_);
  if (!taken.empty()) {
    // Not in the caller's thread: a signal handler of the host's that throws must not end a notifier's call half done.
    const auto workers = taken.size() == rows_at_once ? static_cast<std::size_t>(notifier->settings().connections) : 1;
    std::vector<std::jthread> threads;
    threads.push_back(own_thread([&] { work(round, std::move(taken)); }));
    while (threads.size() < workers)
      threads.push_back(own_thread([&] { work(round, {}); }));
  }
  if (round.failed) std::rethrow_exception(round.failed);
  return round.done;
}

void Dispatcher::work(Round& round, std::vector<OutboxMessage> taken) {
  try {
    if (taken.empty()) taken = round.take(outbox_);
    for (; !taken.empty(); taken = round.take(outbox_))
      send_all(round, taken);
  } catch (...) {
    round.fail(std::current_exception());
  }
}

void Dispatcher::send_all(Round& round, std::span<const OutboxMessage> taken) {
  while (!taken.empty()) {
    bool handed_over = false;
    try {
      round.add(send(round.notifier, taken.front(), round.stop, handed_over));
    } catch (...) {
      // What this one did not try, others may try before the leases end, and it counts as no try.
      give_back_all(handed_over ? taken.subspan(1) : taken);
      throw;
    }
    taken = taken.subspan(1);
  }
}

void Dispatcher::give_back_all(std::span<const OutboxMessage> leased) {
  try {
    for (const auto& message : leased)
      outbox_.give_back(message, parts_.now());
  } catch (const std::exception& failure) {
    parts_.log(LogLevel::debug, std::string("messages wait for the end of their leases: ") + failure.what());
  }
}

Dispatched Dispatcher::give_up(const OutboxMessage& message, std::string failure) {
  parts_.log(LogLevel::error, "message " + message.id + " (" + message.message_template + "): " + failure);
  return counted(outbox_.finish(message, {Submission::Outcome::refused, {}, std::move(failure)}, std::nullopt));
}

bool Dispatcher::wanted(const OutboxMessage& message) {
  if (!message.patient_id) return true;
  Transaction transaction(parts_.store, Access::read);
  const auto preference = Repository<MessagePreference>(transaction)
                              .first(where(&MessagePreference::patient_id) == *message.patient_id &&
                                     where(&MessagePreference::channel) == message.channel);
  return !preference || preference->wanted;
}

bool Dispatcher::shared_phone(const OutboxMessage& message) {
  Transaction transaction(parts_.store, Access::read);
  return Repository<Patient>(transaction).count(where(&Patient::phone_key) == message.recipient) > 1;
}

std::optional<Dispatched> Dispatcher::put_aside(const OutboxMessage& message, const MessageKind* kind) {
  if (kind->security) return std::nullopt;
  if (!wanted(message)) {
    outbox_.cancel(message, "not_wanted");
    return counted(MessageStatus::cancelled);
  }
  if (const auto end = quiet_hours_.end_of(parts_.time_zone, parts_.now())) {
    outbox_.give_back(message, *end);
    return counted(MessageStatus::pending);
  }
  return std::nullopt;
}

bool Dispatcher::pass_rate(const Notifier& notifier, const OutboxMessage& message, const std::stop_token& stop) {
  while (notifier.settings().per_second) {
    const auto time = parts_.rate(notifier.settings());
    if (time.count() == 0) break;
    if (time > longest_wait_for_rate || !outbox_.lasts(message) || !wait(time, stop)) return false;
  }
  return true;
}

MessageStatus Dispatcher::finish(const OutboxMessage& message, const Submission& submission,
                                 std::optional<std::int64_t> sms_parts, const std::stop_token& stop) {
  for (bool waited = true;;) {
    try {
      return outbox_.finish(message, submission, sms_parts);
    } catch (const StorageError& failure) {
      // The lease is what keeps others from sending it again. The database may answer before the lease ends.
      if (!to_error(failure).retryable() || !outbox_.lasts(message) || !waited) throw;
      parts_.log(LogLevel::warning, "message " + message.id + ": its state is not recorded yet: " + failure.what());
      waited = wait(std::chrono::seconds(1), stop);
    }
  }
}

Dispatched Dispatcher::send(const Notifier& notifier, const OutboxMessage& message, const std::stop_token& stop,
                            bool& handed_over) {
  const ForkGate::Work work;
  if (!work || stop.stop_requested() || !outbox_.lasts(message)) {
    if (work) outbox_.give_back(message, parts_.now());
    return counted(MessageStatus::pending);
  }
  const auto* kind = find_message_kind(message.message_template);
  if (!kind) return give_up(message, "unknown_template");
  if (const auto aside = put_aside(message, kind)) return *aside;
  if (!pass_rate(notifier, message, stop)) {
    outbox_.give_back(message, parts_.now());
    return counted(MessageStatus::pending);
  }

  // Every text that has the secret in it is overwritten at the end.
  Worded worded;
  try {
    worded.values(parts_.sealer, message, *kind);
    const bool shared = message.channel == MessageChannel::sms && kind->clinical && shared_phone(message);
    worded.message = parts_.templates.render(kind->key, message.channel, message.locale, worded.object(), shared);
  } catch (const Error& error) {
    return give_up(message, error.code() == ErrorCode::key_wrong ? "secret_unreadable" : "not_worded");
  } catch (const std::exception&) {  // somebody has changed the row: it must not stand in the way of others
    return give_up(message, "not_worded");
  }
  const auto& rendered = worded.message;
  std::optional<std::int64_t> sms_parts;
  SmsLength length;
  if (message.channel == MessageChannel::sms) {
    length = sms_length(rendered.text);
    sms_parts = length.parts;
    if (*sms_parts > parts_.policy.sms_parts) return give_up(message, "too_long");
  }
  clinic_outgoing_message out{};
  out.struct_size = sizeof out;
  const std::string channel(word(message.channel));
  out.id = message.id.c_str();
  out.channel = channel.c_str();
  out.recipient = message.recipient.c_str();
  out.locale = rendered.locale.c_str();
  out.subject = message.channel == MessageChannel::email ? rendered.subject.c_str() : nullptr;
  out.text = rendered.text.c_str();
  out.html = rendered.html.empty() ? nullptr : rendered.html.c_str();
  out.recipient_name = worded.recipient_name.empty() ? nullptr : worded.recipient_name.c_str();
  out.message_template = message.message_template.c_str();
  out.data = worded.data.c_str();
  out.created_at = message.created_at.time_since_epoch().count();
  if (sms_parts) {
    out.sms_encoding = static_cast<std::uint32_t>(length.encoding);
    out.sms_parts = length.parts;
  }
  handed_over = true;
  const auto submission = notifier.submit(out);
  const auto status = finish(message, submission, sms_parts, stop);
  if (notifier.reads_receipts() && !submission.gateway_id.empty())
    outbox_.apply_early_receipts(message.channel, submission.gateway_id);
  return counted(status);
}

}  // namespace clinic
