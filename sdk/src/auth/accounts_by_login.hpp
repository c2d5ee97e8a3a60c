#pragma once

#include "../storage/store.hpp"

#include <clinic/model/user.hpp>
#include <clinic/policy.hpp>

#include <optional>
#include <string_view>

namespace clinic {

/// The account of a username, an email, a phone number that no other account has, or its own patient's number
/// (AUTH-1). As many statements whether there is one or not.
std::optional<User> account_by_login(Transaction& transaction, const Policy& policy, std::string_view login);

}  // namespace clinic
