#include <clinic/services/patient_service.hpp>

namespace clinic {

PatientService Session::patients() const { return PatientService(*this); }

RegisteredPatient PatientService::register_patient(const RegisterPatient& request, const CallOptions& options) const {
  return session_.call<RegisteredPatient>("patients.register", request, options);
}

RegisteredPatient PatientService::register_unidentified(const RegisterUnidentified& request,
                                                        const CallOptions& options) const {
  return session_.call<RegisteredPatient>("patients.register_unidentified", request, options);
}

AccountsCreated PatientService::create_accounts(const CreateAccounts& request, const CallOptions& options) const {
  return session_.call<AccountsCreated>("patients.create_accounts", request, options);
}

RegisteredPatient PatientService::create_account(const CreateAccount& request, const CallOptions& options) const {
  return session_.call<RegisteredPatient>("patients.create_account", request, options);
}

Invitation PatientService::invite(const PatientKey& request, const CallOptions& options) const {
  return session_.call<Invitation>("patients.invite", request, options);
}

PatientView PatientService::get(const PatientKey& request, const CallOptions& options) const {
  return session_.call<PatientView>("patients.get", request, options);
}

PatientPage PatientService::list(const ListPatients& request, const CallOptions& options) const {
  return session_.call<PatientPage>("patients.list", request, options);
}

PatientPage PatientService::search(const SearchPatients& request, const CallOptions& options) const {
  return session_.call<PatientPage>("patients.search", request, options);
}

PatientView PatientService::update(const UpdatePatient& request, const CallOptions& options) const {
  return session_.call<PatientView>("patients.update", request, options);
}

PatientView PatientService::verify(const PatientKey& request, const CallOptions& options) const {
  return session_.call<PatientView>("patients.verify", request, options);
}

MedicalHistoryView PatientService::medical_history(const PatientKey& request, const CallOptions& options) const {
  return session_.call<MedicalHistoryView>("patients.medical_history.get", request, options);
}

MedicalHistoryView PatientService::update_medical_history(const UpdateMedicalHistory& request,
                                                          const CallOptions& options) const {
  return session_.call<MedicalHistoryView>("patients.medical_history.update", request, options);
}

PatientIdentifiers PatientService::identifiers(const PatientKey& request, const CallOptions& options) const {
  return session_.call<PatientIdentifiers>("patients.identifiers.list", request, options);
}

PatientIdentifiers PatientService::add_identifier(const AddIdentifier& request, const CallOptions& options) const {
  return session_.call<PatientIdentifiers>("patients.identifiers.add", request, options);
}

PatientIdentifiers PatientService::remove_identifier(const AddIdentifier& request, const CallOptions& options) const {
  return session_.call<PatientIdentifiers>("patients.identifiers.remove", request, options);
}

PatientView PatientService::find_by_identifier(const IdentifierValue& request, const CallOptions& options) const {
  return session_.call<PatientView>("patients.find_by_identifier", request, options);
}

AccessLogPage PatientService::access_log(const AccessLog& request, const CallOptions& options) const {
  return session_.call<AccessLogPage>("patients.access_log", request, options);
}

PatientView PatientService::confirm_account(const PatientKey& request, const CallOptions& options) const {
  return session_.call<PatientView>("patients.confirm_account", request, options);
}

}  // namespace clinic
