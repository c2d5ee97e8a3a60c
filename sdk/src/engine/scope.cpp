#include "engine/scope.hpp"

#include "base/formats.hpp"
#include "domains/people/people.hpp"
#include "meta/each_object.hpp"
#include "operations/table.hpp"

#include <clinic/data_dictionary.hpp>

#include <boost/describe/members.hpp>
#include <boost/mp11.hpp>

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

/// Whether the caller sees patients for being one of them, or their guardian, and not for working here.
bool acts_for_oneself(const Call& call) {
  const auto& role = call.actor().role();
  if (reads_every_history(call.actor())) return false;
  return !role || *role == Role::patient || scope_of(call) != Scope::any;
}

template <class... Field>
consteval bool medical_can_be_empty(boost::mp11::mp_list<Field...>) {
  return (... && (dictionary_entry<PatientView>(Field::name).exposure != Exposure::medical ||
                  requires(PatientView view) { (view.*Field::pointer).reset(); }));
}
using PatientFields =
    boost::describe::describe_members<PatientView, boost::describe::mod_public | boost::describe::mod_inherited>;
static_assert(medical_can_be_empty(boost::mp11::mp_rename<PatientFields, boost::mp11::mp_list>()),
              "a medical field must be optional, so that it can be taken out");

void take_medical_out(PatientView& patient) {
  for (const auto& field : describe<PatientView>().fields)
    if (field.rule->exposure == Exposure::medical) field.type->reset(field.address(&patient));
}

/// Of a patient, or of a view of one.
template <class Person>
std::string_view why_closed(const Call& call, const Person& patient) {
  if (!acts_for_oneself(call)) return {};
  if (patient.status == PatientStatus::suspended || patient.status == PatientStatus::merged)
    return "The patient's record is suspended or was merged into another, which closes its medical data to the "
           "account. Ask the clinic.";
  if (call.policy().portal_medical_access == PortalMedicalAccess::proven_person && !patient.account_proven_at)
    return "The account is not yet proven to be the patient's. Let a doctor or nurse of the clinic confirm it, or set "
           "the password by a link that was sent to a contact which one of them recorded.";
  return {};
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

bool reads_every_history(const Actor& actor) {
  if (actor.unrestricted()) return true;
  static const auto& roles = find_operation("patients.medical_history.get")->roles;
  return actor.role() && roles.has(*actor.role()) && roles.scope(*actor.role()) == Scope::any;
}

std::string_view why_medical_is_closed(const Call& call, const Patient& patient) { return why_closed(call, patient); }

void show_what_is_open(const Call& call, PatientView& patient) {
  if (!why_closed(call, patient).empty()) take_medical_out(patient);
}

void show_what_is_open(const Call& call, Transaction& transaction, const TypeDescription& type, void* answer) {
  if (!acts_for_oneself(call)) return;
  each_object(type, answer, [&](const TypeDescription& found, const void* object) {
    if (found.name != describe<PatientView>().name) return;
    auto& shown = *static_cast<PatientView*>(const_cast<void*>(object));
    const auto patient = Repository<Patient>(transaction).find(shown.id);
    if (!patient || !why_medical_is_closed(call, *patient).empty()) take_medical_out(shown);
  });
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
