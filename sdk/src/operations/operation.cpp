#include "operations/operation.hpp"

#include "meta/json.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace clinic {
namespace {

[[noreturn]] void refuse(const Row& row, const std::string& why) {
  throw std::logic_error("the row of " + std::string(row.name) + ": " + why);
}

/// Whether a role of the set has a scope of which `test` is true.
template <class Test>
bool any_scope(const RoleSet& roles, Test test) {
  return std::any_of(detail::Words<Role>::values.begin(), detail::Words<Role>::values.end(),
                     [&](Role role) { return roles.has(role) && test(roles.scope(role)); });
}

}  // namespace

bool Operation::lists(ErrorCode code) const {
  return info(code).common || std::find(errors.begin(), errors.end(), code) != errors.end();
}

std::string_view name_of(const Member& member) {
  const std::unique_ptr<void, void (*)(void*)> object(member.type->create(), member.type->destroy);
  for (const auto& field : member.type->fields)
    if (field.address_in(object.get()) == member.address(object.get())) return field.name;
  throw std::logic_error("a member of " + std::string(member.type->name) + " that is not described");
}

void complete(Operation& row) {
  const bool scoped = any_scope(row.roles, [](Scope scope) { return scope != Scope::any; });
  const bool reaches_dependents = any_scope(row.roles, [](Scope scope) { return scope == Scope::linked; });
  for (const auto text : {row.name, row.help, row.http.method, row.http.path, row.audit, row.resource})
    if (text.empty()) refuse(row, "it leaves something out");
  for (const auto& place : row.also_at)
    if (place.method.empty() || place.path.empty()) refuse(row, "one of its other places leaves something out");
  if (row.subject.kind == Subject::Kind::named && row.subject.request != row.request)
    refuse(row, "its subject is named by another request");
  if (row.subject.kind == Subject::Kind::none && scoped)
    refuse(row,
           "a role may act on some records only, and no subject says how they are told (.subject: patient_named_by<…>, "
           "record_named_by<…>, user_named_by<…>, the_caller, narrowed_by_handler)");
  if (row.subject.kind == Subject::Kind::caller && reaches_dependents)
    refuse(row, "it is about the caller, and a role may act on dependents");
  if (row.subject.kind == Subject::Kind::narrowed && row.effect == Effect::writes && scoped)
    refuse(row, "what a handler narrows is judged when it has run: that is too late for a write");
  if (row.reads_one_state && row.effect == Effect::writes)
    refuse(row, "its handler is given a transaction to read in only, and the row says that it writes");
  if (row.challenged) row.errors.push_back(ErrorCode::challenge_failed);
  if (!row.fault.type) return;
  if (row.fault.type != row.response) refuse(row, "its fault is a field of another answer");
  row.fault_field = name_of(row.fault);
}

void detail::validate_request(const TypeDescription& type, void* request) {
  std::vector<FieldError> errors;
  validate(type, request, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

}  // namespace clinic
