/// \file
/// What administrators do with accounts: roles, invitations, locks, logins, users who are brought along.

#include "crypto/password.hpp"
#include "domains/access/operations.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/credentials/single_use_tokens.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/subjects.hpp"
#include "domains/people/users.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"
#include "store/storage_errors.hpp"

namespace clinic {
namespace {

UserView change_role(Call& call, const ChangeRole& request) {
  check_rank(call, request.role);
  if (call.actor().id() == request.user) throw Error(ErrorCode::forbidden, "Nobody changes the own role.");
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    check_version(user, request.version);
    if (request.role == Role::patient && user.patient_id != user.id)
      throw Error(ErrorCode::not_linkable, "A patient's account has the patient's id: make one for the patient.");
    const auto was = user.role;
    user.role = request.role;
    user.updated_at = work.now();
    normalise(call.policy(), user);
    update(work, user);
    end_logins(work, user.id);
    work.audit({.resource_id = user.id,
                .patient_id = user.patient_id,
                .metadata = json_object({{"from", word(was)}, {"to", word(user.role)}})});
    work.event("user.role_changed", user.id, json_object({{"role", word(user.role)}}));
    return view(user);
  });
}

/// The account's row has been touched: of a change of its contacts at this moment, either sees the other.
Invitation send_invitation(UnitOfWork& work, const Call& call, const User& user, const std::string& token) {
  if (user.claimed_at) throw Error(ErrorCode::already_linked, "The user has logged in already; use a password reset.");
  if (!user.active) throw Error(ErrorCode::account_inactive, "Make the account active first.");
  if (!reachable(user)) refuse("email", "required", "An invitation needs an email or a valid phone number.");
  const std::chrono::hours lifetime(call.policy().invitation_hours);
  store_token(work, TokenPurpose::invitation, user.id, token, lifetime);
  announce_credentials(work, call, user, "invitation", token, work.now() + lifetime);
  work.audit({.resource_id = user.id, .patient_id = user.patient_id});
  return {user.id, user.email ? MessageChannel::email : MessageChannel::sms, work.now() + lifetime};
}

Invitation invite_user(Call& call, const UserKey& request) {
  const auto token = new_token(call);
  return call.write([&](UnitOfWork& work) {
    work.of<User>().touch(request.user);
    const auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    return send_invitation(work, call, user, token);
  });
}

Invitation invite_patient(Call& call, const PatientKey& request) {
  Credentials credentials;
  credentials.delivery = CredentialDelivery::invitation;
  credentials.invitation_token = new_token(call);
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    if (patient.account_id) work.of<User>().touch(*patient.account_id);
    if (auto account = account_of(work.transaction(), patient)) {
      if (account->patient_id != patient.id)
        throw Error(ErrorCode::already_linked, "The patient is on somebody else's account.");
      if (account->role != Role::patient)
        throw Error(ErrorCode::not_linkable, "The account is a staff member's; invite the user.");
      return send_invitation(work, call, *account, *credentials.invitation_token);
    }
    auto account = new_account(call.policy(), work.now(), patient, credentials);
    give_account(work, call, StaffDecision::on_purpose(call), patient, account, credentials);
    work.audit({.resource_id = account.id, .patient_id = patient.id});
    return Invitation{account.id, account.email ? MessageChannel::email : MessageChannel::sms,
                      work.now() + std::chrono::hours(call.policy().invitation_hours)};
  });
}

Acknowledged revoke_invitation(Call& call, const UserKey& request) {
  return call.write([&](UnitOfWork& work) {
    work.of<User>().touch(request.user);
    const auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    const auto revoked = revoke_tokens(work, TokenPurpose::invitation, user.id);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    return Acknowledged{true, revoked > 0 ? "The invitation was revoked." : "There was no open invitation."};
  });
}

UserView unlock_user(Call& call, const UserKey& request) {
  return call.write([&](UnitOfWork& work) {
    const auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    forget_attempts(work, call, user);
    forget_attempts(work, call, user, "reset ");
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    return view(user);
  });
}

EndedSessions end_user_logins(Call& call, const UserKey& request) {
  return call.write([&](UnitOfWork& work) {
    const auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    const EndedSessions ended{end_logins(work, user.id)};
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    return ended;
  });
}

/// Answers false where the user is there already.
bool import_user(Call& call, const ImportedUser& imported) {
  check_rank(call, imported.role);
  check_login_name(imported);
  if (imported.imported_hash && !known_hash(*imported.imported_hash))
    refuse("imported_hash", "invalid_format",
           "The hash is of no format that can be verified, or takes too long to verify.");
  bool made = false;
  const auto store = [&](const std::string& number) {
    call.step([&](UnitOfWork& work) {
      made = false;
      if (imported.id && work.of<User>().find(*imported.id)) throw NothingToDo{};
      auto user = requested_user(call.policy(), imported);
      user.id = imported.id.value_or(work.new_id());
      user.password_hash = imported.imported_hash;
      if (imported.imported_hash) user.claimed_at = work.now();  // somebody logs in with it elsewhere
      user.active = imported.active;
      user.created_at = user.updated_at = work.now();
      check_username(new_username_taken_for(work.transaction(), call, user, imported.username.has_value()));
      std::optional<KnownPatient> known;
      if (auto patient = user.role == Role::patient ? work.of<Patient>().find(user.id) : std::nullopt)
        known = {std::move(*patient), StaffDecision::on_purpose(call)};
      store_with_patient(work, call, user, std::move(known), number);
      work.audit({.resource_id = user.id,
                  .patient_id = user.patient_id,
                  .metadata = json_object({{"role", word(user.role)}})});
      work.event("user.created", user.id, json_object({{"role", word(user.role)}}));
      made = true;
    });
    return number;
  };
  if (imported.role == Role::patient)
    with_number(call, store, [](const std::string& number) { return number; });
  else
    store({});
  return made;
}

ImportedUsers import_users(Call& call, const ImportUsers& request) {
  if (auto answered = call.answered<ImportedUsers>()) return std::move(*answered);
  ImportedUsers result;
  for (std::size_t i = 0; i < request.users.size(); ++i) {
    const auto error =
        refusal_in([&] { ++(import_user(call, request.users[i]) ? result.users_created : result.users_known); });
    if (error)
      result.conflicts.push_back(
          {static_cast<std::int64_t>(i), std::string(info(error->code()).word), sentence_of(*error)});
  }
  return call.write([&](UnitOfWork& work) {
    work.audit({.metadata = json_object({{"users_created", result.users_created}}), .action = "USERS_IMPORTED"});
    return result;
  });
}

std::vector<Operation> account_rows() {
  using enum ErrorCode;
  const RoleSet admins{Role::admin};
  const RoleSet desk{Role::admin, Role::receptionist};
  return {
      operation<change_role>({
          .name = "users.change_role",
          .help = "Give a user another role and end the user's logins",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/users/{user}/role"},
          .audit = "ROLE_CHANGED",
          .resource = "user",
          .subject = user_named_by<&ChangeRole::user>,
          .errors = {not_found, not_linkable, stale_record, duplicate_phone},
      }),
      operation<invite_user>({
          .name = "users.invite",
          .help = "Send a user a link to set the first password; an older link ends",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/users/{user}/invitation"},
          .audit = "INVITATION_SENT",
          .resource = "user",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found, already_linked, account_inactive, stale_record},
      }),
      operation<revoke_invitation>({
          .name = "users.revoke_invitation",
          .help = "End a user's open invitation",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"DELETE", "/users/{user}/invitation"},
          .audit = "INVITATION_REVOKED",
          .resource = "user",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found, stale_record},
      }),
      operation<invite_patient>({
          .name = "patients.invite",
          .help = "Send a patient a link to set a password, and make the account where there is none",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"POST", "/patients/{patient}/invitation"},
          .audit = "INVITATION_SENT",
          .resource = "user",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found, already_linked, not_linkable, account_inactive, duplicate_email, duplicate_phone,
                     duplicate_username, stale_record},
      }),
      operation<unlock_user>({
          .name = "users.unlock",
          .help = "Let a user try again who was locked after wrong passwords",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/users/{user}/unlock"},
          .audit = "USER_UNLOCKED",
          .resource = "user",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found},
      }),
      operation<end_user_logins>({
          .name = "users.end_logins",
          .help = "End all logins of a user",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"DELETE", "/users/{user}/logins"},
          .audit = "LOGINS_ENDED",
          .resource = "user",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found},
      }),
      operation<import_users>({
          .name = "users.import",
          .help = "Take over users with their ids and password hashes; those already there are left alone",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/users/import"},
          .audit = "USER_IMPORTED",
          .resource = "user",
          .subject = no_record,
          .fault = told_by<&ImportedUsers::conflicts>,
      }),
  };
}

}  // namespace

/// The rows of the domain of people, and these.
template <>
std::vector<Operation> rows_of<UserService>() {
  auto rows = user_rows();
  for (auto& row : account_rows())
    rows.push_back(std::move(row));
  return rows;
}

}  // namespace clinic
