/// \file
/// auth.register.

#include "domains/access/operations.hpp"
#include "domains/credentials/password_rules.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/users.hpp"
#include "store/storage_errors.hpp"

namespace clinic {
namespace {

/// One answer for an account and for a patient who has none: which of the two it is, is nobody's business.
Error registered_already(ErrorCode code, const char* path, const char* text) {
  return Error(code, text, {{path, "duplicate", text}})
      .with_message(std::string(info(ErrorCode::duplicate_record).message));
}

Error email_registered() {
  return registered_already(ErrorCode::duplicate_email, "email", "Somebody is registered with this email.");
}

/// The documented answers to a phone that is known (PHONE-3): it has a web account, or bookings that the telephone line
/// took, which are linked once the phone is proven.
void refuse_known_phone(Transaction& transaction, const User& user) {
  const auto holder = Repository<User>(transaction).first(where(&User::phone_login_key) == *user.phone_key);
  if (holder && holder->claimed_at)
    throw Error(ErrorCode::phone_already_registered, {},
                {{"phone", "duplicate", "Log in, or ask for a new password."}});
  if (holder || Repository<Patient>(transaction)
                    .first(where(&Patient::phone_key) == *user.phone_key && where(&Patient::kind) == PatientKind::ivr &&
                           where(&Patient::status) != PatientStatus::merged))
    throw Error(ErrorCode::ivr_account_exists, {},
                {{"phone", "match_found", "Prove this phone by auth.start_registration to link the bookings."}});
}

/// An email that nobody has proven is no evidence of who somebody is, whatever the policy does with a match elsewhere:
/// it refuses, and never links (SYNC-9). A phone that nobody has proven reserves nothing, and is refused only where the
/// policy tells who is registered.
void refuse_known(Transaction& transaction, const Policy& policy, const User& user) {
  Repository<User> users(transaction);
  Repository<Patient> patients(transaction);
  const auto living = where(&Patient::status) != PatientStatus::merged;
  if (user.email_key && (users.first(where(&User::email_key) == *user.email_key) ||
                         patients.first(where(&Patient::email_key) == *user.email_key && living)))
    throw email_registered();
  if (policy.tell_registered && phones_are_keys(policy) && user.phone_key) refuse_known_phone(transaction, user);
}

/// The refusals of the database are the last word, and say the same.
template <class Store>
auto naming_duplicates(Store store) {
  try {
    return store();
  } catch (const StorageError& failure) {
    if (violates(failure, "User", "email_key") || violates(failure, "Patient", "email_key")) throw email_registered();
    if (violates(failure, "User", "username_key")) throw username_taken();
    throw;
  }
}

/// A phone that a stranger gives is no login name until it is proven.
void leave_unproven(const Policy& policy, Timestamp now, const RegisterAccount& request, User& user) {
  user.phone_unproven_since = now;
  user.phone_login_key.reset();
  if (!is_phone(policy, user.username, user.phone)) return;
  if (request.username) refuse("username", "not_allowed", "A phone has to be proven before it is a username.");
  user.username.clear();
}

void check_request(const Call& call, const RegisterAccount& request) {
  if (!call.policy().self_registration)
    throw Error(ErrorCode::forbidden, "The clinic's policy has no self-registration (`self_registration`).");
  if (request.role != Role::patient)
    throw Error(ErrorCode::forbidden, "Whoever registers becomes a patient; users.create gives other roles.",
                {{"role", "not_allowed", "Whoever registers becomes a patient."}});
  check_login_name(request);
  check_birth_date(call, request.birth_date);
}

}  // namespace

CreatedUser register_account(Call& call, const RegisterAccount& request) {
  check_request(call, request);
  auto user = requested_user(call.policy(), request);
  // Before anybody is looked for: a refusal as a duplicate costs what a registration costs.
  user.password_hash = checked_hash(call, request.password, words_of(user));
  return with_number(
      call,
      [&](const std::string& number) {
        return call.write([&](UnitOfWork& work) {
          auto made = user;
          if (made.phone && phones_are_keys(call.policy())) leave_unproven(call.policy(), work.now(), request, made);
          check_strangers_username(work.transaction(), call, made, request.username.has_value());
          refuse_known(work.transaction(), call.policy(), made);
          return naming_duplicates(
              [&] { return store_requested(work, call, std::move(made), std::nullopt, number, request.birth_date); });
        });
      },
      number_in);
}

}  // namespace clinic
