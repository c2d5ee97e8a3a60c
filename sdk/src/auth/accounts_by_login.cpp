#include "accounts_by_login.hpp"

#include "../description/formats.hpp"

#include <clinic/model/patient.hpp>

#include <boost/algorithm/string/trim.hpp>

namespace clinic {

std::optional<User> account_by_login(Transaction& transaction, const Policy& policy, std::string_view login) {
  const auto text = boost::algorithm::trim_copy(std::string(login));
  const auto username = fold(text), email = email_key(text);
  const auto phone = phone_key(text, policy.default_region);

  Repository<User> users(transaction);
  auto criteria = where(&User::username_key) == username || where(&User::email_key) == email;
  if (phone) criteria = std::move(criteria) || where(&User::phone_key) == *phone;
  auto found = users.select(Query(std::move(criteria)).order_by(&User::id).limit(4));
  const auto patient = Repository<Patient>(transaction).first(where(&Patient::number) == text);
  auto by_number = users.first(where(&User::patient_id) == (patient ? patient->id : std::string()));

  for (auto& user : found)
    if (user.username_key == username) return std::move(user);
  for (auto& user : found)
    if (user.email_key == email) return std::move(user);
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) return by_number;
  return std::nullopt;  // several people share the phone: it tells none of them
}

}  // namespace clinic
