#pragma once

#include "message.hpp"

#include <string>
#include <vector>

namespace clinic::http {

/// Which websites' scripts may read answers (Fetch, CORS protocol).
class Cors {
 public:
  /// Origins, `https://portal.example`. Throws Error(configuration_invalid), for `*` too: answers are about patients.
  explicit Cors(std::vector<std::string> origins);

  bool allows(std::string_view origin) const;
  /// The answer to a preflight of an allowed origin.
  Response preflight(std::string_view methods) const;
  /// The headers by which a browser gives the answer to the script.
  void mark(const Request& request, Response& response) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace clinic::http
