#pragma once

/// \file
/// Logins of browsers, in cookies that no script can read (OWASP, Session Management and Cross-Site Request Forgery
/// Prevention Cheat Sheets).

#include "exchange.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace clinic::http {

/// Without the header `Clinic-Session` there are no cookies: a form or a link of another website cannot send it, and a
/// script of another website only where CORS allows it.
class Cookies {
 public:
  /// \param prefix of the paths of operations
  Cookies(bool on, std::string prefix) : on_(on), prefix_(std::move(prefix)) {}

  /// Whether the request wants its login in cookies.
  bool wanted(const Request& request) const;
  std::optional<std::string_view> access_token(const Request& request) const;
  std::optional<std::string_view> refresh_token(const Request& request) const;

  /// Moves the tokens of an answer into cookies.
  void keep(const Exchange& exchange, Response& response) const;
  /// Removes the cookies with the answer to a logout, also to one that was refused.
  void remove(const Exchange& exchange, Response& response) const;

 private:
  bool on_;
  std::string prefix_;
};

}  // namespace clinic::http
