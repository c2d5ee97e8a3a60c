#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace clinic::sms {

/// A text, or a number or truth value as JSON writes it. Nothing for null, objects and arrays.
std::optional<std::string> scalar_text(const boost::json::value& value);

/// What stands at a JSON pointer.
std::optional<std::string> text_at(const boost::json::value& root, std::string_view pointer);

/// A gateway's code as it may be shown: one short word. Empty for what may be a sentence, or hold a telephone number.
std::string shown_code(std::string_view code);

}  // namespace clinic::sms
