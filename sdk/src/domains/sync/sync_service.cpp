#include <clinic/services/sync_service.hpp>

namespace clinic {

SyncService Session::sync() const { return SyncService(*this); }

LinkedPerson SyncService::create_patient_from_user(const CreatePatientFromUser& request,
                                                   const CallOptions& options) const {
  return session_.call<LinkedPerson>("sync.create_patient_from_user", request, options);
}

LinkedPerson SyncService::create_user_from_patient(const CreateUserFromPatient& request,
                                                   const CallOptions& options) const {
  return session_.call<LinkedPerson>("sync.create_user_from_patient", request, options);
}

SyncChecked SyncService::check(const CallOptions& options) const {
  return session_.call<SyncChecked>("sync.check", Nothing{}, options);
}

SyncRepaired SyncService::repair(const RepairSync& request, const CallOptions& options) const {
  return session_.call<SyncRepaired>("sync.repair", request, options);
}

SyncReport SyncService::run(const RunSync& request, const CallOptions& options) const {
  return session_.call<SyncReport>("sync.run", request, options);
}

MaybePatient SyncService::patient_for_user(const UserKey& request, const CallOptions& options) const {
  return session_.call<MaybePatient>("sync.patient_for_user", request, options);
}

MaybeUser SyncService::user_for_patient(const PatientKey& request, const CallOptions& options) const {
  return session_.call<MaybeUser>("sync.user_for_patient", request, options);
}

Person SyncService::person(const PatientKey& request, const CallOptions& options) const {
  return session_.call<Person>("sync.person", request, options);
}

People SyncService::find(const FindPeople& request, const CallOptions& options) const {
  return session_.call<People>("sync.find", request, options);
}

Found SyncService::has_user_account(const PatientKey& request, const CallOptions& options) const {
  return session_.call<Found>("sync.has_user_account", request, options);
}

Found SyncService::has_patient_record(const UserKey& request, const CallOptions& options) const {
  return session_.call<Found>("sync.has_patient_record", request, options);
}

LinkedPerson SyncService::link(const Link& request, const CallOptions& options) const {
  return session_.call<LinkedPerson>("sync.link", request, options);
}

LinkedPerson SyncService::unlink(const Unlink& request, const CallOptions& options) const {
  return session_.call<LinkedPerson>("sync.unlink", request, options);
}

}  // namespace clinic
