#include "guard.hpp"

#include <clinic/http.hpp>

namespace c = clinic::c;

struct clinic_http_server {
  clinic::c::Tag<0x70747468'73657276> tag{};
  clinic::HttpServer server;
  clinic::c::Live live{};
};

namespace {

clinic::HttpSettings settings_from(const char* json) {
  if (!json) return {};
  return clinic::Configuration::from_json("{\"http\":" + std::string(json) + "}").http;
}

}  // namespace

int clinic_http_start(const clinic_clinic* clinic, const char* settings_json, clinic_http_server** server,
                      clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(server, "server", error, [&] {
    c::require_open(clinic, "clinic");
    auto settings = settings_from(settings_json);
    return clinic->shared->with([&](const clinic::Clinic& opened) {
      return new clinic_http_server{{}, clinic::HttpServer(opened, std::move(settings))};
    });
  });
}

uint16_t clinic_http_port(const clinic_http_server* server) CLINIC_NOEXCEPT {
  return c::is_open(server) ? server->server.port() : 0;
}

void clinic_http_stop(clinic_http_server* server) CLINIC_NOEXCEPT {
  if (c::is_open(server)) delete server;
}
