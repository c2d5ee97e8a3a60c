#pragma once

/// \file
/// An administrator who is to be made: `clinic admin create`, and the first one of `clinic init`.

#include <boost/json/object.hpp>

namespace clinic::cli {

struct NewAdministrator {
  /// Of users.create: a superadmin, unless the role is set.
  boost::json::object request{{"role", "superadmin"}};
  bool password_from_input = false;

  bool has_login() const { return request.contains("email") || request.contains("username"); }
  /// Puts the password into the request, from a line of standard input, or asked for twice on a terminal. Throws
  /// UsageError.
  void ask_password();
};

}  // namespace clinic::cli
