#include "meta/json.hpp"

#include <clinic/actor.hpp>
#include <clinic/error.hpp>

namespace clinic {
namespace {

/// Goes into the audit, and stands for the caller of an idempotency key.
std::string checked(std::string_view path, std::string text, std::uint32_t most) {
  std::vector<FieldError> errors;
  validate_name(path, text, most, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
  return text;
}

}  // namespace

Actor Actor::system(std::string name, std::optional<Role> role) {
  return Actor(std::nullopt, checked("name", std::move(name), 100), role, !role);
}

Actor Actor::user(std::string id, Role role) { return Actor(checked("id", std::move(id), 64), "user", role, false); }

}  // namespace clinic
