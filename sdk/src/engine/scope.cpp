#include "engine/scope.hpp"

#include <stdexcept>

namespace clinic {

Scope scope_of(const Call& call) {
  const auto& actor = call.actor();
  if (actor.unrestricted() || !actor.role() || call.operation().roles.has_anyone()) return Scope::any;
  return call.operation().roles.scope(*actor.role());
}

void check_scope(Call& call, const void* request) {
  const auto& subject = call.operation().subject;
  if (subject.check && scope_of(call) != Scope::any) subject.check(call, request);
}

void check_narrowed(const Call& call) {
  const bool due = call.operation().subject.kind == Subject::Kind::narrowed && scope_of(call) != Scope::any;
  if (due && !call.narrowed())
    throw std::logic_error(std::string(call.operation().name) + ": the handler does not narrow what it reads");
}

}  // namespace clinic
