#include "limits/open_limiter.hpp"

#include "limits/memory_limiter.hpp"
#include "limits/shared_limiter.hpp"

#include <clinic/error.hpp>

namespace clinic {

std::unique_ptr<plugin::Limiter> open_limiter(const Configuration& configuration, const clinic_plugin_host& host,
                                              const Log& log, std::function<Timestamp()> now) {
  const auto url = configuration.limiter.value_or("memory:");
  const auto scheme = url.substr(0, url.find(':'));
  if (scheme.empty() || scheme.size() == url.size())
    throw Error(
        ErrorCode::configuration_invalid, {},
        {{"limiter", "invalid_format", "The limiter is memory:, or a plugin's URL such as redis://host:6379/0."}});
  if (scheme == "memory") {
    if (url != "memory:")
      throw Error(ErrorCode::configuration_invalid, {},
                  {{"limiter", "invalid_format", "The limiter in memory is memory: and nothing more."}});
    return std::make_unique<MemoryLimiter>(std::move(now));
  }
  const auto plugin =
      load_plugin(plugin_paths(configuration, configuration.limiter_plugin), CLINIC_PLUGIN_LIMITER, scheme);
  return std::make_unique<SharedLimiter>(limiter_table(plugin), host, url, log, std::move(now));
}

}  // namespace clinic
