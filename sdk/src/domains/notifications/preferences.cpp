#include "domains/notifications/messages.hpp"
#include "domains/people/people.hpp"

namespace clinic {
namespace {

std::optional<MessagePreference> preference_of(Transaction& transaction, const Patient& patient,
                                               MessageChannel channel) {
  return Repository<MessagePreference>(transaction)
      .first(where(&MessagePreference::patient_id) == patient.id && where(&MessagePreference::channel) == channel);
}

bool wants(Transaction& transaction, const Patient& patient, MessageChannel channel) {
  const auto preference = preference_of(transaction, patient, channel);
  return !preference || preference->wanted;
}

MessagePreferences preferences_of(Transaction& transaction, const Patient& patient) {
  return {wants(transaction, patient, MessageChannel::email), wants(transaction, patient, MessageChannel::sms)};
}

void set(UnitOfWork& work, const Call& call, const Patient& patient, MessageChannel channel,
         const std::optional<bool>& wanted) {
  if (!wanted || *wanted == wants(work.transaction(), patient, channel)) return;
  auto preference = preference_of(work.transaction(), patient, channel);
  const bool is_new = !preference;
  if (is_new) {
    preference.emplace();
    preference->id = work.new_id();
    preference->patient_id = patient.id;
    preference->channel = channel;
  }
  preference->wanted = *wanted;
  preference->updated_by = call.actor_key();
  preference->updated_at = work.now();
  if (is_new)
    work.of<MessagePreference>().insert(*preference);
  else
    work.of<MessagePreference>().update(*preference);
}

}  // namespace

MessagePreferences get_preferences(Call& call, Transaction& transaction, const PatientPreferences& request) {
  return preferences_of(transaction, find_patient(call, transaction, request.patient));
}

MessagePreferences set_preferences(Call& call, const SetMessagePreferences& request) {
  return call.write([&](UnitOfWork& work) {
    // Two changes of one patient's preferences pass one after the other.
    const auto id = find_patient(call, work.transaction(), request.patient).id;
    work.of<Patient>().touch(id);
    const auto patient = find_patient(call, work.transaction(), id);
    set(work, call, patient, MessageChannel::email, request.email);
    set(work, call, patient, MessageChannel::sms, request.sms);
    const auto now = preferences_of(work.transaction(), patient);
    work.audit({.resource_id = patient.id,
                .patient_id = patient.id,
                .metadata = json_object({{"email", now.email}, {"sms", now.sms}})});
    return now;
  });
}

}  // namespace clinic
