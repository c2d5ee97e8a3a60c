#include "domains/credentials/accounts_by_login.hpp"

#include "base/formats.hpp"
#include "records/patient.hpp"

namespace clinic {

std::optional<std::string> phone_typed(const Policy& policy, std::string_view login) {
  if (has_letter(login)) return std::nullopt;
  return phone_key(login, policy.default_region);
}

Criteria<User> found_by_email(std::string_view email_key) {
  return where(&User::email_key) == email_key &&
         (where(&User::role) == Role::patient || where(&User::email_verified_at).is_not_null());
}

Criteria<User> found_by_phone(std::string_view phone_key) {
  return where(&User::phone_key) == phone_key && where(&User::phone_unproven_since).is_null() &&
         (where(&User::role) == Role::patient || where(&User::phone_verified_at).is_not_null());
}

std::optional<User> account_by_login(Transaction& transaction, const Policy& policy, std::string_view login) {
  const auto text = trimmed(login);
  const auto username = fold(text), email = email_key(text);
  const auto phone = phone_typed(policy, text);

  // One after the other, and all of them: in one query a household of any size that shares the phone could fill it.
  Repository<User> users(transaction);
  auto named = users.select(Query(where(&User::username_key) == username || found_by_email(email)).limit(2));
  const auto patient = Repository<Patient>(transaction).first(where(&Patient::number) == text);
  auto by_number = users.first(where(&User::patient_id) == (patient ? patient->id : std::string()));
  auto by_phone = users.select(Query(found_by_phone(phone.value_or(std::string()))).limit(2));

  for (auto& user : named)
    if (user.username_key == username) return std::move(user);
  if (!named.empty()) return std::move(named.front());
  if (by_number) return by_number;
  if (by_phone.size() == 1) return std::move(by_phone.front());
  return std::nullopt;  // where several people share the phone, it tells none of them
}

}  // namespace clinic
