#include "host.hpp"

#include <clinic/description.hpp>
#include <clinic/error.hpp>

#include <chrono>
#include <cstddef>
#include <span>

namespace clinic::c {

namespace {

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::validation_failed, message, {{"host.notifiers", "invalid_format", message}});
}

HostNotifier notifier(const clinic_host_notifier* given) {
  if (!given || given->struct_size < sizeof(clinic_host_notifier) || !given->channel || !given->table)
    refuse("A notifier of the host has its `struct_size`, its channel and its table.");
  const auto channel = from_word<MessageChannel>(given->channel);
  if (!channel) refuse("A notifier's channel is `email` or `sms`.");
  HostNotifier made;
  made.channel = *channel;
  made.table = given->table;
  made.notifier = given->notifier;
  if (given->connections > 0) made.connections = given->connections;
  return made;
}

}  // namespace

Environment environment(const clinic_host* host) {
  Environment out;
  if (!host) return out;
  // A host that was built before it knew of notifiers.
  if (host->struct_size < offsetof(clinic_host, notifiers))
    throw Error(ErrorCode::validation_failed, "`host` was not made with CLINIC_HOST_INIT",
                {{"host", "invalid_format", "`host` was not made with CLINIC_HOST_INIT"}});
  if (host->log)
    out.log = [log = host->log, context = host->context](LogLevel level, std::string_view line) {
      log(context, static_cast<std::int32_t>(level), line.data(), line.size());
    };
  if (host->now)
    out.now = [now = host->now, context = host->context] { return Timestamp(std::chrono::milliseconds(now(context))); };
  if (host->random)
    out.random = [random = host->random, context = host->context](std::span<std::byte> bytes) {
      random(context, reinterpret_cast<unsigned char*>(bytes.data()), bytes.size());
    };
  if (host->challenge)
    out.challenge = [judge = host->challenge, context = host->context](
                        std::string_view operation, std::string_view origin, std::string_view answer) {
      return judge(context, std::string(operation).c_str(), std::string(origin).c_str(), std::string(answer).c_str()) ==
             1;
    };
  if (host->struct_size >= offsetof(clinic_host, notifier_count) + sizeof host->notifier_count)
    for (std::size_t i = 0; host->notifiers && i < host->notifier_count; ++i)
      out.notifiers.push_back(notifier(host->notifiers[i]));
  return out;
}

}  // namespace clinic::c
