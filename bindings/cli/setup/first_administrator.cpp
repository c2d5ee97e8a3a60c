#include "first_administrator.hpp"

#include "../opened_clinic.hpp"

#include <clinic/error.hpp>
#include <clinic/services/user_service.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace clinic::cli {
namespace {

namespace json = boost::json;

constexpr std::array administrators{Role::superadmin, Role::admin};
constexpr std::array<std::string_view, 2> login_fields{"email", "username"};
constexpr std::int64_t page = 500;

bool administers(Role role) {
  return std::find(administrators.begin(), administrators.end(), role) != administrators.end();
}

/// An email without a username is the username.
bool logs_in_by(const UserView& user, std::string_view login) {
  return boost::iequals(user.username, login) || (user.email && boost::iequals(*user.email, login));
}

json::object shown(const UserView& user, std::string_view state) {
  return {{"state", state},
          {"id", user.id},
          {"username", user.username},
          {"email", user.email ? json::value(*user.email) : json::value()},
          {"role", word(user.role)}};
}

}  // namespace

std::optional<json::object> any_administrator(const Session& session) {
  for (const auto role : administrators)
    if (const auto found = session.users().list({.role = role, .active = true, .limit = 1}).items; !found.empty())
      return shown(found.front(), "present");
  return std::nullopt;
}

std::optional<json::object> administrator_there(const Session& session, const NewAdministrator& wanted) {
  for (const auto field : login_fields) {
    const auto* given = wanted.request.if_contains(field);
    if (!given) continue;
    const auto login = std::string(given->as_string());
    for (const auto& user : session.users().list({.q = login, .limit = page}).items) {
      if (!logs_in_by(user, login)) continue;
      if (administers(user.role) && user.active) return shown(user, "present");
      throw Error(field == "email" ? ErrorCode::duplicate_email : ErrorCode::duplicate_username, {},
                  {{std::string(field), "duplicate",
                    administers(user.role) ? "An administrator has it already, whose account is inactive."
                                           : "A user who is no administrator has it already."}});
    }
  }
  return std::nullopt;
}

json::object made_administrator(const Session& session, const NewAdministrator& wanted, const Globals& globals) {
  if (auto there = administrator_there(session, wanted)) return *std::move(there);
  const auto answer = json::parse(call(session, "users.create", json::serialize(wanted.request), globals));
  const auto id = std::string(answer.at("user").at("id").as_string());
  return shown(session.users().get({.user = id}), "made");
}

}  // namespace clinic::cli
