#pragma once

#include "records/user.hpp"
#include "store/store.hpp"

#include <clinic/policy.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// The phone number that a login name is. None with letters: libphonenumber reads a number out of any text around it,
/// of a patient number too.
std::optional<std::string> phone_typed(const Policy& policy, std::string_view login);

/// The accounts that are found by an email or a phone, in normal form. Staff is by those alone that were proven: who
/// may change patients or other accounts must not say by them how staff logs in.
Criteria<User> found_by_email(std::string_view email_key);
Criteria<User> found_by_phone(std::string_view phone_key);

/// The account of a username, an email, its own patient's number, or a phone number that no other account has, the
/// first of them that somebody has (AUTH-1). The same statements whether there is one or not.
std::optional<User> account_by_login(Transaction& transaction, const Policy& policy, std::string_view login);

}  // namespace clinic
