#pragma once

/// \file
/// What the SDK does with texts in its messages, for programs that say something of their own beside it.

#include <clinic/export.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace clinic {

/// The nearest of the candidates to a mistyped word, or an empty text.
CLINIC_API std::string_view suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

/// The longest beginning of the text that has at most so many bytes and ends with a whole UTF-8 character.
CLINIC_API std::string_view first_bytes(std::string_view text, std::size_t most) noexcept;

}  // namespace clinic
