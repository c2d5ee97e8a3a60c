#include "users.hpp"

#include "../auth/login_sessions.hpp"
#include "../auth/single_use_tokens.hpp"
#include "../description/formats.hpp"
#include "../operations/table.hpp"
#include "accounts.hpp"
#include "linking.hpp"
#include "numbering.hpp"
#include "page.hpp"
#include "patch.hpp"

namespace clinic {

void check_rank(const Call& call, Role role) {
  if (role == Role::superadmin && !call.actor().unrestricted() && call.actor().role() != Role::superadmin)
    throw Error(ErrorCode::forbidden, "Only a superadmin may do this to a superadmin.");
}

void store_with_patient(UnitOfWork& work, const Call& call, User& user, std::optional<Patient>& patient,
                        const std::string& number, std::optional<Date> birth_date) {
  if (patient) {
    insert(work, user);
    link(work, call, user, *patient);
  } else if (user.role == Role::patient) {
    patient = patient_from_user(call, work.now(), user, number);
    if (birth_date) patient->birth_date = birth_date;
    user.patient_id = patient->id;
    insert(work, user);
    work.of<Patient>().insert(*patient);
    work.event("patient.registered", patient->id, json_object({{"patient_number", patient->number}}));
  } else {
    insert(work, user);
  }
}

namespace {

void check_request(const Call& call, const CreateUser& request) {
  check_rank(call, request.role);
  if (!request.username && !request.email && !request.phone)
    refuse("username", "required", "A user needs a username, an email or a phone number.");
  if (request.role == Role::patient && !request.link_patient) {
    if (!request.first_name) refuse("first_name", "required", "A patient needs a first name.");
    if (!request.last_name) refuse("last_name", "required", "A patient needs a last name.");
  }
  if (request.role != Role::patient && request.birth_date)
    refuse("birth_date", "not_applicable", "Only a patient-role user has a birth date.");
  check_birth_date(call, request.birth_date);
}

User to_user(const Call& call, const CreateUser& request, Timestamp now) {
  User user;
  user.username = request.username ? *request.username : request.email ? *request.email : *request.phone;
  user.email = request.email;
  user.phone = request.phone;
  user.first_name = request.first_name;
  user.last_name = request.last_name;
  user.address = request.address;
  user.locale = request.locale;
  user.role = request.role;
  user.created_at = user.updated_at = now;
  normalise(call.policy(), user);
  return user;
}

/// A username must not be taken for another person's email, phone or patient number at the login (AUTH-1).
void check_username(Transaction& transaction, const Policy& policy, const User& user) {
  const auto& name = user.username;
  const bool own =
      (user.email && email_key(*user.email) == email_key(name)) ||
      (user.phone && phone_key(*user.phone, policy.default_region) == phone_key(name, policy.default_region));
  if (own) return;
  if (valid_email(name)) refuse("username", "invalid_format", "A username that is an email must be the user's own.");
  if (phone_key(name, policy.default_region))
    refuse("username", "invalid_format", "A username that is a phone number must be the user's own.");
  const auto patient = Repository<Patient>(transaction).first(where(&Patient::number) == name);
  if (patient && patient->account_id != user.id)
    refuse("username", "invalid_format", "A username that is a patient number must be the user's own.");
}

/// The existing patient of a user to be made: the one named on purpose, or a match that the policy links.
std::optional<Patient> existing_patient(UnitOfWork& work, const Call& call, const CreateUser& request,
                                        const User& user) {
  if (request.link_patient) {
    auto patient = look_up_patient(work.transaction(), *request.link_patient);
    if (!patient) throw Error(ErrorCode::not_found, {}, {{"link_patient", "not_found", "There is no such patient."}});
    return patient;
  }
  if (user.role != Role::patient) return std::nullopt;
  auto matching = patients_matching(work.transaction(), call.policy(), user);
  if (matching.empty()) return std::nullopt;
  if (matching.size() > 1 || !may_link(call.policy(), user)) throw match_refused(call.policy(), user, matching.front());
  if (matching.front().account_id)
    throw duplicate_contact(call.policy(), user, matching.front(),
                            "The patient with this contact already has an account.");
  return std::move(matching.front());
}

CreatedUser store_user(UnitOfWork& work, const Call& call, const CreateUser& request,
                       const std::optional<std::string>& password_hash, const std::string& number) {
  auto user = to_user(call, request, work.now());
  user.password_hash = password_hash;
  if (request.username) check_username(work.transaction(), call.policy(), user);
  auto patient = existing_patient(work, call, request, user);
  user.id = patient && user.role == Role::patient ? patient->id : work.new_id();
  store_with_patient(work, call, user, patient, number, request.birth_date);
  work.audit({.resource_type = "user",
              .resource_id = user.id,
              .patient_id = user.patient_id,
              .metadata = json_object({{"role", word(user.role)}, {"patient_id", patient ? patient->number : ""}})});
  work.event("user.created", user.id, json_object({{"role", word(user.role)}}));
  return {view(user), patient ? std::optional(view(call, *patient)) : std::nullopt};
}

CreatedUser create_user(Call& call, const CreateUser& request) {
  check_request(call, request);
  const auto hash = request.password ? std::optional(checked_hash(call, *request.password)) : std::nullopt;
  const bool may_need_number = request.role == Role::patient && !request.link_patient;
  if (!may_need_number) return call.write([&](UnitOfWork& work) { return store_user(work, call, request, hash, {}); });
  return with_number(
      call,
      [&](const std::string& number) {
        return call.write([&](UnitOfWork& work) { return store_user(work, call, request, hash, number); });
      },
      [](const CreatedUser& created) { return created.patient ? created.patient->number : std::string(); });
}

User get_user(Call& call, const UserKey& request) {
  return call.read([&](Transaction& transaction) { return view(find_user(transaction, request.user)); });
}

UserPage list_users(Call& call, const ListUsers& request) {
  Criteria<User> criteria;
  if (request.q) {
    const auto text = fold(*request.q);
    criteria = starts_with(&User::name_key, text) || starts_with(&User::username_key, text) ||
               starts_with(&User::email_key, text);
  }
  if (request.role) criteria = std::move(criteria) && where(&User::role) == *request.role;
  if (request.active) criteria = std::move(criteria) && where(&User::active) == *request.active;
  return call.read([&](Transaction& transaction) {
    return page_of<UserPage>(transaction, std::move(criteria), request.after, request.limit, false,
                             [](User user) { return view(std::move(user)); });
  });
}

User update_user(Call& call, const UpdateUser& request) {
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    check_version(user, request.version);
    const auto was = user;
    apply_patch(request, user);
    if (was.active && !user.active && call.actor().id() == user.id)
      throw Error(ErrorCode::forbidden, "Nobody deactivates the own account here.");
    if (!request.username.absent()) check_username(work.transaction(), call.policy(), user);
    if (request.username.absent()) follow_username(work.transaction(), call.policy(), was, user, user.id);
    if (user.active && !was.active && user.role == Role::patient && !user.patient_id)
      throw Error(ErrorCode::not_linked, "A patient's account without a patient stays inactive; link it first.");
    user.updated_at = work.now();
    normalise(call.policy(), user);
    if (user.email_key != was.email_key) user.email_verified_at.reset();
    if (user.phone_key != was.phone_key) user.phone_verified_at.reset();
    if (user.patient_id) {
      auto patient = find_patient(work.transaction(), *user.patient_id);
      if (follow_user(call.policy(), was, user, patient)) {
        patient.updated_at = work.now();
        normalise(call.policy(), patient);
        work.of<Patient>().update(patient);
      }
    }
    update(work, user);
    if (was.active && !user.active) {
      end_logins(work, user.id);
      revoke_tokens(work, TokenPurpose::password_reset, user.id);
    }
    work.audit({.resource_type = "user",
                .resource_id = user.id,
                .patient_id = user.patient_id,
                .metadata = "{\"fields\":" + changed_fields(request) + "}"});
    work.event("user.updated", user.id);
    return view(user);
  });
}

}  // namespace

std::vector<Operation> user_operations() {
  using enum ErrorCode;
  const RoleSet admins{Role::admin};
  return {
      operation<create_user>(
          {"users.create",
           "Create a user; one with role patient gets or finds its patient in the same transaction",
           Effect::writes,
           admins,
           "POST",
           "/users",
           "USER_CREATED",
           {not_found, duplicate_email, duplicate_phone, duplicate_username, match_found, already_linked, not_linkable},
           "Failed to create user"}),
      shows_patients(operation<get_user>(
          {"users.get", "One user", Effect::reads, admins, "GET", "/users/{user}", "USER_READ", {not_found}})),
      shows_patients(operation<list_users>({"users.list",
                                            "Users in the order of creation, page by page",
                                            Effect::reads,
                                            admins,
                                            "GET",
                                            "/users",
                                            "USERS_LISTED",
                                            {}})),
      operation<update_user>(
          {"users.update",
           "Change a user; its own patient follows in the same transaction",
           Effect::writes,
           admins,
           "PATCH",
           "/users/{user}",
           "USER_UPDATED",
           {not_found, not_linked, stale_record, duplicate_email, duplicate_phone, duplicate_username}}),
  };
}

}  // namespace clinic
