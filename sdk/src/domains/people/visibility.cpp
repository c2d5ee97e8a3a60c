#include "domains/people/visibility.hpp"

#include "engine/scope.hpp"
#include "meta/data_dictionary.hpp"

#include <boost/describe/members.hpp>
#include <boost/mp11.hpp>

namespace clinic {
namespace {

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

/// Why the medical data of a patient, or of a view of one, is closed to the caller, in a sentence; empty where it is
/// open.
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
  call.narrow();
  const auto scope = scope_of(call);
  if (scope == Scope::any) return criteria;
  const auto me = call.actor().id().value_or(std::string());
  auto mine = scope == Scope::own ? where(&Patient::id) == me : where(&Patient::account_id) == me;
  return std::move(mine) && std::move(criteria);
}

bool reads_every_history(const Actor& actor) {
  if (actor.unrestricted()) return true;
  return actor.role() && history_readers.has(*actor.role()) && history_readers.scope(*actor.role()) == Scope::any;
}

bool medical_open(const Call& call, const Patient& patient) { return why_closed(call, patient).empty(); }

void require_medical_open(const Call& call, const Patient& patient) {
  if (const auto closed = why_closed(call, patient); !closed.empty())
    throw Error(ErrorCode::forbidden, std::string(closed));
}

void show_what_is_open(const Call& call, PatientView& patient) {
  if (!why_closed(call, patient).empty()) take_medical_out(patient);
}

void show_what_is_open_now(const Call& call, Transaction& transaction, PatientView& patient) {
  if (!acts_for_oneself(call)) return;
  const auto now = Repository<Patient>(transaction).find(patient.id);
  const auto& me = call.actor().id();
  if (now && me && now->account_id != *me && now->id != *me)
    throw Error(ErrorCode::forbidden, "The answer was about a patient who is no longer on your account.");
  if (!now || !why_closed(call, *now).empty()) take_medical_out(patient);
}

}  // namespace clinic
