#pragma once

#include "cookies.hpp"
#include "cors.hpp"
#include "message.hpp"

#include <clinic/http.hpp>

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace clinic::http {

/// Who calls: from the header `Authorization`, or from a browser's cookies.
class Callers {
 public:
  struct Service {
    std::string digest;  ///< SHA-256 of its key
    Actor actor;
  };
  /// Throws Error(configuration_invalid) for a service key that is none.
  static std::vector<Service> services_of(const HttpSettings& settings);

  /// Throws Error(configuration_invalid) for a service key that is none.
  Callers(Clinic clinic, const HttpSettings& settings, const Cors& cors, const Cookies& cookies,
          std::function<std::optional<Actor>(std::string_view)> authenticate);

  /// Throws Error: token_invalid, token_expired, not_authenticated, forbidden (a call that another website made with a
  /// browser's cookies).
  Session session_of(const Request& request) const;

 private:
  std::optional<Actor> service_of(std::string_view key) const;
  void refuse_other_websites(const Request& request) const;

  Clinic clinic_;
  const Cors& cors_;
  const Cookies& cookies_;
  std::function<std::optional<Actor>(std::string_view)> authenticate_;
  std::vector<Service> services_;
};

}  // namespace clinic::http
