#include "host.hpp"

#include <clinic/error.hpp>

#include <chrono>
#include <cstddef>
#include <span>

namespace clinic::c {

Environment environment(const clinic_host* host) {
  Environment out;
  if (!host) return out;
  if (host->struct_size < sizeof(clinic_host))
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
  return out;
}

}  // namespace clinic::c
