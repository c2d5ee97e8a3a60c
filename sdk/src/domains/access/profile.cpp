/// \file
/// profile.get, profile.update, profile.delete: what a person sees and changes of oneself (PAT-3).

#include "domains/access/operations.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/notices.hpp"
#include "domains/people/patch.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"

#include <clinic/services/profile_service.hpp>

namespace clinic {
namespace {

Me update_profile(Call& call, const UpdateProfile& request) {
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), own_id(call));
    check_version(user, request.version);
    const auto was = user;
    Me result;
    auto patient = own_patient(work.transaction(), user);
    const bool patients_own = !request.whatsapp.absent() || !request.emergency_contact_name.absent() ||
                              !request.emergency_contact_phone.absent();
    if (patients_own && !patient)
      refuse(!request.whatsapp.absent() ? "whatsapp" : "emergency_contact_name", "not_applicable",
             "Only a patient has this.");
    apply_patch(request, user, Lacking::skipped);
    const bool another_phone = user.phone && !is_phone(call.policy(), *user.phone, was.phone);
    if (phones_are_keys(call.policy()) && another_phone)
      refuse("phone", "not_allowed", "One phone is one account: prove the new number by profile.start_contact_change.");
    if (!user.email && !user.phone) refuse("email", "required", "An account needs an email or a phone number.");
    follow_username(work.transaction(), call, was, user, patient ? patient->number : user.id);
    user.updated_at = work.now();
    normalise(call.policy(), user);
    follow_contacts(work, call.policy(), was, user);
    if (patient) {
      follow_user_and_store(work, call, was, user, *patient, [&] {
        if (!patients_own && request.address.absent()) return false;
        const auto contacts = std::pair(patient->email, patient->phone);  // follow_user has decided on these
        apply_patch(request, *patient, Lacking::skipped);
        std::tie(patient->email, patient->phone) = contacts;
        return true;
      });
    }
    update(work, user);
    end_links_to_old_contacts(work, was, user);
    tell_owner(work, call, was, user);
    work.audit({.resource_id = user.id,
                .patient_id = user.patient_id,
                .metadata = json_object({{"fields", changed_fields(request)}})});
    work.event("user.updated", user.id);
    if (patient) result.patient = view(call, *patient);
    result.user = view(user);
    return result;
  });
}

Acknowledged close_account(Call& call, const CloseAccount& request) {
  const auto found = confirmed_by_password(call, request.password, "password", "The password is wrong.");
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), found.id);
    user.active = false;
    user.updated_at = work.now();
    update(work, user);
    shut_out(work, user.id);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    work.event("account.closed", user.id);
    return Acknowledged{true, "The account is closed. The clinic keeps the records."};
  });
}

}  // namespace

template <>
std::vector<Operation> rows_of<ProfileService>() {
  using enum ErrorCode;
  const auto oneself = RoleSet::everyone_for_oneself();
  return {
      operation<me>({
          .name = "profile.get",
          .help = "The caller's own user and patient",
          .effect = Effect::reads,
          .roles = oneself,
          .http = {"GET", "/profile"},
          .audit = "PROFILE_READ",
          .resource = "user",
          .subject = the_caller,
          .errors = {not_authenticated, not_found},
      }),
      operation<update_profile>({
          .name = "profile.update",
          .help = "Change the caller's own contacts and names; user and patient together",
          .effect = Effect::writes,
          .roles = oneself,
          .http = {"PATCH", "/profile"},
          .audit = "PROFILE_UPDATED",
          .resource = "user",
          .subject = the_caller,
          .errors = {not_authenticated, not_found, stale_record, duplicate_email, duplicate_phone, duplicate_username},
      }),
      operation<start_contact_change>({
          .name = "profile.start_contact_change",
          .help = "Send a code to a contact that the caller wants to prove",
          .effect = Effect::writes,
          .roles = oneself,
          .http = {"POST", "/profile/contact-change"},
          .audit = "VERIFICATION_STARTED",
          .resource = "user",
          .subject = the_caller,
          .errors = {not_authenticated, not_found, too_many_attempts},
      }),
      operation<confirm_contact>({
          .name = "profile.confirm_contact",
          .help = "Make a contact the caller's own by the code that was sent there",
          .effect = Effect::writes,
          .roles = oneself,
          .http = {"POST", "/profile/contact-change/confirm"},
          .audit = "CONTACT_VERIFIED",
          .resource = "user",
          .subject = the_caller,
          .errors = {not_authenticated, not_found, token_invalid, code_wrong, too_many_attempts, duplicate_email,
                     duplicate_phone, phone_already_registered, duplicate_username, already_linked, not_linkable,
                     record_damaged, stale_record},
      }),
      operation<close_account>({
          .name = "profile.delete",
          .help = "Close the caller's account; the clinic keeps the patient's records",
          .effect = Effect::writes,
          .roles = oneself,
          .http = {"DELETE", "/profile"},
          .audit = "ACCOUNT_CLOSED",
          .resource = "user",
          .subject = the_caller,
          .errors = {not_authenticated, not_found, login_failed, too_many_attempts, stale_record},
          .also_at = {{"DELETE", "/patient/profile"}},
      }),
  };
}

}  // namespace clinic
