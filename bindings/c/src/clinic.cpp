#include "guard.hpp"
#include "host.hpp"

namespace c = clinic::c;

namespace {

clinic_clinic* open(const clinic::Configuration& configuration, const clinic_host* host) {
  auto shared = std::make_shared<c::Shared>(clinic::Clinic::open(configuration, c::environment(host)));
  return new clinic_clinic{{}, std::move(shared)};
}

/// Handles that a child of fork closed; see clinic_close.
std::atomic<clinic_clinic*> forgotten{nullptr};

void forget(clinic_clinic* clinic) noexcept {
  clinic->tag.end();
  clinic->live.reset();
  clinic->next_forgotten = forgotten.load(std::memory_order_relaxed);
  while (!forgotten.compare_exchange_weak(clinic->next_forgotten, clinic)) {
  }
}

}  // namespace

int clinic_open(const char* configuration_json, const clinic_host* host, clinic_clinic** out,
                clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(out, "clinic", error, [&] {
    c::require(configuration_json, "configuration_json");
    return open(clinic::Configuration::from_json(configuration_json), host);
  });
}

int clinic_open_url(const char* storage, const clinic_host* host, clinic_clinic** out,
                    clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(out, "clinic", error, [&] {
    c::require(storage, "storage");
    clinic::Configuration configuration;
    configuration.storage = storage;
    return open(configuration, host);
  });
}

int clinic_open_file(const char* file, const clinic_host* host, clinic_clinic** out,
                     clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(out, "clinic", error, [&] { return open(clinic::Configuration::load(file ? file : ""), host); });
}

void clinic_close(clinic_clinic* clinic) CLINIC_NOEXCEPT {
  if (!c::is_open(clinic)) return;
  // What a child of fork closes stays in memory, reachable for leak checkers: destroying it would touch the parent's
  // database.
  if (clinic->shared->in_other_process()) {
    forget(clinic);
    return;
  }
  clinic->shared->close();
  delete clinic;
}
