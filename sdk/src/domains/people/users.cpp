#include "domains/people/users.hpp"

#include "base/formats.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/credentials/password_rules.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/matching.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/patch.hpp"
#include "domains/people/subjects.hpp"
#include "engine/make_operation.hpp"
#include "engine/page.hpp"

namespace clinic {

void check_rank(const Call& call, Role role) {
  if (role == Role::superadmin && !call.actor().unrestricted() && call.actor().role() != Role::superadmin)
    throw Error(ErrorCode::forbidden, "Only a superadmin may do this to a superadmin.");
}

std::optional<Patient> store_with_patient(UnitOfWork& work, const Call& call, User& user,
                                          std::optional<KnownPatient> known, const std::string& number,
                                          std::optional<Date> birth_date) {
  if (user.username.empty()) {
    user.username = known ? known->patient.number : user.role == Role::patient ? number : user.id;
    normalise(call.policy(), user);
  }
  if (known) {
    insert_linked(work, call, known->authority, user, known->patient);
    return std::move(known->patient);
  }
  if (user.role != Role::patient) {
    insert(work, user);
    return std::nullopt;
  }
  auto patient = patient_from_user(call, work.now(), user, number);
  if (birth_date) patient.birth_date = birth_date;
  contacts_given(voucher_of(call), work.now(), {}, contacts_of(patient), patient);
  give_patient(work, patient, user);
  insert(work, user);
  return patient;
}

CreatedUser store_requested(UnitOfWork& work, const Call& call, User user, std::optional<KnownPatient> known,
                            const std::string& number, std::optional<Date> birth_date) {
  user.created_at = user.updated_at = work.now();
  user.id = known && user.role == Role::patient ? known->patient.id : work.new_id();
  const auto patient = store_with_patient(work, call, user, std::move(known), number, birth_date);
  work.audit({.resource_id = user.id,
              .patient_id = user.patient_id,
              .metadata = json_object({{"role", word(user.role)}, {"patient_id", patient ? patient->number : ""}})});
  work.event("user.created", user.id, json_object({{"role", word(user.role)}}));
  return {view(user), patient ? std::optional(view(call, *patient)) : std::nullopt};
}

TakenFor new_username_taken_for(Transaction& transaction, const Call& call, User& user, bool chosen) {
  const auto taken = taken_for(transaction, call, user, user.username);
  if (taken != TakenFor::shared_phone || chosen) return taken;
  user.username.clear();
  return TakenFor::nothing;
}

Error username_taken() {
  constexpr auto text = "Choose another one.";
  return Error(ErrorCode::duplicate_username, text, {{"username", "duplicate", text}});
}

void check_strangers_username(Transaction& transaction, const Call& call, User& user, bool chosen) {
  const auto taken = new_username_taken_for(transaction, call, user, chosen);
  if (taken == TakenFor::number || taken == TakenFor::shared_phone) throw username_taken();
  check_username(taken);
}

std::string number_in(const CreatedUser& created) { return created.patient ? created.patient->number : std::string(); }

namespace {

void check_request(const Call& call, const CreateUser& request) {
  check_rank(call, request.role);
  check_login_name(request);
  if (request.role == Role::patient && !request.link_patient) {
    if (!request.first_name) refuse("first_name", "required", "A patient needs a first name.");
    if (!request.last_name) refuse("last_name", "required", "A patient needs a last name.");
  }
  if (request.role != Role::patient && request.birth_date)
    refuse("birth_date", "not_applicable", "Only a patient-role user has a birth date.");
  check_birth_date(call, request.birth_date);
}

/// The patient of a user to be made who is there: the one named on purpose, or a match that the policy links.
std::optional<KnownPatient> known_patient(UnitOfWork& work, const Call& call, const CreateUser& request,
                                          const User& user) {
  if (request.link_patient) {
    auto patient = look_up_patient(work.transaction(), *request.link_patient);
    if (!patient) throw Error(ErrorCode::not_found, {}, {{"link_patient", "not_found", "There is no such patient."}});
    return KnownPatient{std::move(*patient), StaffDecision::on_purpose(call)};
  }
  if (user.role != Role::patient) return std::nullopt;
  auto patient = sole_match(work.transaction(), call.policy(), user);
  if (!patient) return std::nullopt;
  if (patient->account_id)
    throw duplicate_contact(call.policy(), user, *patient, "The patient with this contact already has an account.");
  return KnownPatient{std::move(*patient), StaffDecision::by_policy(call)};
}

CreatedUser create_user(Call& call, const CreateUser& request) {
  check_request(call, request);
  auto user = requested_user(call.policy(), request);
  if (request.password) user.password_hash = checked_hash(call, *request.password, words_of(user));
  const auto store = [&](const std::string& number) {
    return call.write([&](UnitOfWork& work) {
      auto made = user;
      check_username(new_username_taken_for(work.transaction(), call, made, request.username.has_value()));
      auto known = known_patient(work, call, request, user);
      return store_requested(work, call, std::move(made), std::move(known), number, request.birth_date);
    });
  };
  const bool may_need_number = request.role == Role::patient && !request.link_patient;
  return may_need_number ? with_number(call, store, number_in) : store({});
}

UserView get_user(Call&, Transaction& transaction, const UserKey& request) {
  return view(find_user(transaction, request.user));
}

UserPage list_users(Call&, Transaction& transaction, const ListUsers& request) {
  Criteria<User> criteria;
  if (request.q) {
    const auto text = fold(*request.q);
    criteria = starts_with(&User::name_key, text) || starts_with(&User::username_key, text) ||
               starts_with(&User::email_key, text);
  }
  if (request.role) criteria = std::move(criteria) && where(&User::role) == *request.role;
  if (request.active) criteria = std::move(criteria) && where(&User::active) == *request.active;
  return page_of<UserPage>(transaction, std::move(criteria), request.after, request.limit, false,
                           [](User user) { return view(std::move(user)); });
}

UserView update_user(Call& call, const UpdateUser& request) {
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    check_version(user, request.version);
    const auto was = user;
    auto patient = own_patient(work.transaction(), user);
    apply_patch(request, user);
    if (was.active && !user.active && call.actor().id() == user.id)
      throw Error(ErrorCode::forbidden, "Nobody deactivates the own account here.");
    if (request.username.absent())
      follow_username(work.transaction(), call, was, user, patient ? patient->number : user.id);
    else if (std::tie(user.username, user.email, user.phone) != std::tie(was.username, was.email, was.phone))
      check_username(taken_for(work.transaction(), call, user, user.username));
    if (user.active && !was.active && user.role == Role::patient && !user.patient_id)
      throw Error(ErrorCode::not_linked, "A patient's account without a patient stays inactive; link it first.");
    user.updated_at = work.now();
    normalise(call.policy(), user);
    follow_contacts(work, call.policy(), was, user);
    if (patient) follow_user_and_store(work, call, was, user, *patient);
    update(work, user);
    end_links_to_old_contacts(work, was, user);
    tell_owner(work, call, was, user);
    if (was.active && !user.active) shut_out(work, user.id);
    work.audit({.resource_id = user.id,
                .patient_id = user.patient_id,
                .metadata = json_object({{"fields", changed_fields(request)}})});
    work.event("user.updated", user.id);
    return view(user);
  });
}

}  // namespace

std::vector<Operation> user_rows() {
  using enum ErrorCode;
  const RoleSet admins{Role::admin};
  return {
      operation<create_user>({
          .name = "users.create",
          .help = "Create a user; one with role patient gets or finds its patient in the same transaction",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/users", 201},
          .audit = "USER_CREATED",
          .resource = "user",
          .subject = no_record,
          .errors = {not_found, duplicate_email, duplicate_phone, duplicate_username, match_found, already_linked,
                     not_linkable, stale_record},
          .failure = "Failed to create user",
      }),
      operation<get_user>({
          .name = "users.get",
          .help = "One user",
          .effect = Effect::reads,
          .roles = admins,
          .http = {"GET", "/users/{user}"},
          .audit = "USER_READ",
          .resource = "user",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found},
      }),
      operation<list_users>({
          .name = "users.list",
          .help = "Users in the order of creation, page by page",
          .effect = Effect::reads,
          .roles = admins,
          .http = {"GET", "/users"},
          .audit = "USERS_LISTED",
          .resource = "user",
          .subject = no_record,
      }),
      operation<update_user>({
          .name = "users.update",
          .help = "Change a user; its own patient follows in the same transaction",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"PATCH", "/users/{user}"},
          .audit = "USER_UPDATED",
          .resource = "user",
          .subject = user_named_by<&UpdateUser::user>,
          .errors = {not_found, not_linked, stale_record, duplicate_email, duplicate_phone, duplicate_username},
          .also_at = {{"DELETE", "/users/{user}", R"({"active":false})"}},
      }),
  };
}

}  // namespace clinic
