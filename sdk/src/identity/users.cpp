#include "users.hpp"

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
  if (matching.size() > 1 || !may_link(call.policy(), user)) throw match_refused(call.policy(), matching.front());
  if (matching.front().account_id)
    throw Error(ErrorCode::duplicate_email, "The patient with this contact already has an account.",
                {{"email", "duplicate", "The patient with this contact already has an account."}});
  return std::move(matching.front());
}

CreatedUser store_user(UnitOfWork& work, const Call& call, const CreateUser& request,
                       const std::optional<std::string>& password_hash, const std::string& number) {
  auto user = to_user(call, request, work.now());
  user.password_hash = password_hash;
  auto patient = existing_patient(work, call, request, user);
  user.id = patient && user.role == Role::patient ? patient->id : work.new_id();
  if (patient) {
    insert(work, user);
    link(work, call, user, *patient);
  } else if (user.role == Role::patient) {
    patient = patient_from_user(call, work.now(), user, number);
    if (request.birth_date) patient->birth_date = request.birth_date;
    user.patient_id = patient->id;
    insert(work, user);
    work.of<Patient>().insert(*patient);
    work.event("patient.registered", patient->id, json_object({{"patient_number", patient->number}}));
  } else {
    insert(work, user);
  }
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
    if (request.username.absent() && was.email && was.username == *was.email)
      user.username = user.email ? *user.email : user.phone ? *user.phone : user.id;
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
      operation<get_user>(
          {"users.get", "One user", Effect::reads, admins, "GET", "/users/{user}", "USER_READ", {not_found}}),
      operation<list_users>({"users.list",
                             "Users in the order of creation, page by page",
                             Effect::reads,
                             admins,
                             "GET",
                             "/users",
                             "USERS_LISTED",
                             {}}),
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
