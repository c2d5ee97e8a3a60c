#pragma once

#include "records/user.hpp"

#include <clinic/policy.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// Throws Error(validation_failed) about `path` for a password that is too short, or among the first that anybody would
/// try (NIST SP 800-63B, 5.1.1.2: length, and lists of common and expected passwords; no rules of composition).
/// `words` are the person's own: names, email, username; their parts are looked for, too.
void check_password(const Policy& policy, std::string_view password, const std::string& path,
                    const std::vector<std::string>& words = {});

/// What a person's password must not be made of.
std::vector<std::string> words_of(const User& user);

}  // namespace clinic
