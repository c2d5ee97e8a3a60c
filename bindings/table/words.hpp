#pragma once

/// \file
/// Words and names, for help and messages.

#include <string>
#include <string_view>
#include <vector>

namespace clinic::bindings {

std::string join(const std::vector<std::string>& parts, std::string_view between);
std::vector<std::string> split(std::string_view text, char at);

/// `create_portal_account` → `create-portal-account`, and back.
std::string kebab(std::string_view snake_case);
std::string snake(std::string_view kebab_case);

/// The candidate that was probably meant, or an empty text.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace clinic::bindings
