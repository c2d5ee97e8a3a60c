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
Error phone_registered() {
  return registered_already(ErrorCode::duplicate_phone, "phone", "Somebody is registered with this phone number.");
}

Error username_taken() {
  constexpr auto text = "Choose another one.";
  return Error(ErrorCode::duplicate_username, text, {{"username", "duplicate", text}});
}

/// An email or phone that nobody has proven is no evidence of who somebody is, whatever the policy does with a match
/// elsewhere: it refuses, and never links (SYNC-9).
void refuse_known(Transaction& transaction, const User& user) {
  Repository<User> users(transaction);
  Repository<Patient> patients(transaction);
  const auto living = where(&Patient::status) != PatientStatus::merged;
  if (user.email_key && (users.first(where(&User::email_key) == *user.email_key) ||
                         patients.first(where(&Patient::email_key) == *user.email_key && living)))
    throw email_registered();
  // Without a login key the policy has phones that households share.
  if (user.phone_login_key && (users.first(where(&User::phone_login_key) == *user.phone_login_key) ||
                               patients.first(where(&Patient::phone_key) == *user.phone_login_key && living)))
    throw phone_registered();
}

/// The refusals of the database are the last word, and say the same.
template <class Store>
auto naming_duplicates(Store store) {
  try {
    return store();
  } catch (const StorageError& failure) {
    if (violates(failure, "User", "email_key") || violates(failure, "Patient", "email_key")) throw email_registered();
    if (violates(failure, "User", "phone_login_key")) throw phone_registered();
    if (violates(failure, "User", "username_key")) throw username_taken();
    throw;
  }
}

/// As for the staff's operations; but that a patient has that number, or somebody that phone, a stranger does not
/// learn.
void check_new_username(Transaction& transaction, const Call& call, User& user, bool chosen) {
  const auto taken = new_username_taken_for(transaction, call, user, chosen);
  if (taken == TakenFor::number || taken == TakenFor::shared_phone) throw username_taken();
  check_username(taken);
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
          check_new_username(work.transaction(), call, made, request.username.has_value());
          refuse_known(work.transaction(), made);
          return naming_duplicates([&] {
            return store_requested(work, call, voucher_of(call), std::move(made), std::nullopt, number,
                                   request.birth_date);
          });
        });
      },
      number_in);
}

}  // namespace clinic
