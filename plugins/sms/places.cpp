#include "places.hpp"

#include <boost/json/serialize.hpp>

namespace clinic::sms {

std::optional<std::string> scalar_text(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_null() || value.is_object() || value.is_array()) return std::nullopt;
  return boost::json::serialize(value);
}

std::optional<std::string> text_at(const boost::json::value& root, std::string_view pointer) {
  boost::system::error_code error;
  const auto* found = root.find_pointer(pointer, error);
  return found == nullptr ? std::nullopt : scalar_text(*found);
}

std::string shown_code(std::string_view code) {
  constexpr std::size_t longest = 40, digits_of_a_number = 7;
  if (code.size() > longest) return {};
  std::size_t digits = 0;
  for (const char c : code) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!digit && !letter && c != '-' && c != '_' && c != '.') return {};
    digits = digit ? digits + 1 : 0;
    if (digits >= digits_of_a_number) return {};
  }
  return std::string(code);
}

}  // namespace clinic::sms
