#include "scope.hpp"

#include "../description/formats.hpp"
#include "../identity/people.hpp"

namespace clinic {
namespace {

/// The text of a member of that name, where the request has one and it is given.
std::optional<std::string> text_in(const TypeDescription& type, const void* request, std::string_view name) {
  const auto* field = type.field(name);
  if (!field || field->type->bare().kind != TypeKind::text) return std::nullopt;
  const auto value = detail::read_value(*field->type, field->address_in(request));
  if (value.kind != CLINIC_TEXT) return std::nullopt;
  std::string text(value.as.text.data, value.as.text.size);
  // What no database takes is nobody's name; the operation refuses it with a word about the field.
  if (!valid_utf8(text) || text.find('\0') != text.npos) return std::nullopt;
  return text;
}

}  // namespace

Scope scope_of(const Call& call) {
  const auto& actor = call.actor();
  if (actor.unrestricted() || !actor.role() || call.operation().roles.has_anyone()) return Scope::any;
  return call.operation().roles.scope(*actor.role());
}

bool may_see(const Call& call, const Patient& patient) {
  switch (scope_of(call)) {
    case Scope::any:
      return true;
    case Scope::own:
      return call.actor().id() && patient.id == *call.actor().id();
    case Scope::linked:
      return call.actor().id() && patient.account_id == *call.actor().id();
  }
  return false;
}

Criteria<Patient> visible(const Call& call, Criteria<Patient> criteria) {
  const auto scope = scope_of(call);
  if (scope == Scope::any) return criteria;
  const auto me = call.actor().id().value_or(std::string());
  auto mine = scope == Scope::own ? where(&Patient::id) == me : where(&Patient::account_id) == me;
  return std::move(mine) && std::move(criteria);
}

void check_scope(Call& call, const TypeDescription& type, const void* request) {
  if (scope_of(call) == Scope::any) return;
  if (const auto user = text_in(type, request, "user"); user && user != call.actor().id())
    throw Error(ErrorCode::not_found, {}, {{"user", "not_found", "There is no such user."}});
  if (const auto patient = text_in(type, request, "patient"))
    call.read([&](Transaction& transaction) { return find_patient(call, transaction, *patient); });
}

}  // namespace clinic
