// The headers in C are good C++ too, and get along with each other.
#include <clinic/plugin/limiter.h>
#include <clinic/plugin/notifier.h>
#include <clinic/plugin/plugin.h>
#include <clinic/plugin/storage.h>

#include <clinic.h>

static_assert(static_cast<int>(CLINIC_LEVEL_TRACE) == static_cast<int>(CLINIC_LOG_TRACE));
static_assert(static_cast<int>(CLINIC_LEVEL_ERROR) == static_cast<int>(CLINIC_LOG_ERROR));
static_assert(noexcept(clinic_close(nullptr)));

int main() {
  const clinic_host host = CLINIC_HOST_INIT;
  const clinic_error error = CLINIC_ERROR_INIT;
  const clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;
  return host.log || error.json || options.origin;
}
