#include "messages/values.hpp"

#include "base/formats.hpp"
#include "base/unicode.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>

namespace clinic {
namespace {

/// Whether a browser takes the text as it is, and a reader sees what the browser takes (RFC 3986).
bool stands_in_address(std::string_view text) {
  return !unicode::any_of(text, [](char32_t c) {
    return unicode::is_space(c) || unicode::is_control(c) || unicode::turns_direction(c) || c == 0xFFFD || c == '<' ||
           c == '>' || c == '"' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}';
  });
}

[[noreturn]] void refuse_value(const MessageVariable& variable, std::string_view code, std::string_view rest) {
  throw Error(ErrorCode::validation_failed, {},
              {{std::string(variable.name), std::string(code),
                "The message's value `" + std::string(variable.name) + "` " + std::string(rest) + "."}});
}

const boost::json::value& given(const boost::json::object& values, const MessageVariable& variable) {
  const auto* found = values.if_contains(variable.name);
  if (found == nullptr || found->is_null()) refuse_value(variable, "required", "is missing");
  return *found;
}

std::optional<std::int64_t> whole(const boost::json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  return std::nullopt;
}

}  // namespace

bool is_empty_value(const boost::json::object& values, const MessageVariable& variable) {
  const auto* found = values.if_contains(variable.name);
  if (found == nullptr || found->is_null()) return true;
  if (const auto* text = found->if_string()) return text->empty();
  if (const auto* truth = found->if_bool()) return !*truth;
  return variable.type == VariableType::count && whole(*found) == 0;
}

std::string_view text_value(const boost::json::object& values, const MessageVariable& variable) {
  const auto* text = given(values, variable).if_string();
  if (text == nullptr) refuse_value(variable, "wrong_type", "must be a text");
  if (text->empty()) refuse_value(variable, "required", "is empty");
  if (variable.type == VariableType::url && !is_web_address({text->data(), text->size()}))
    refuse_value(variable, "invalid_format",
                 text->front() == '/' ? "is a path, and the portal's address is not configured"
                                      : "must be an address that begins with http:// or https://");
  return {text->data(), text->size()};
}

std::int64_t count_value(const boost::json::object& values, const MessageVariable& variable) {
  const auto number = whole(given(values, variable));
  if (!number || *number < 0) refuse_value(variable, "wrong_type", "must be a whole number that is not negative");
  return *number;
}

Date date_value(const boost::json::object& values, const MessageVariable& variable) {
  const auto* text = given(values, variable).if_string();
  const auto date = text == nullptr ? std::nullopt : parse_date({text->data(), text->size()});
  if (!date) refuse_value(variable, "invalid_format", "must be a day of the calendar, written YYYY-MM-DD");
  return *date;
}

Timestamp datetime_value(const boost::json::object& values, const MessageVariable& variable) {
  const auto& value = given(values, variable);
  std::optional<Timestamp> time;
  if (const auto* text = value.if_string()) {
    time = parse_timestamp({text->data(), text->size()});
  } else if (const auto number = whole(value)) {
    using namespace std::chrono;
    const auto end = sys_days(year(10000) / January / 1).time_since_epoch();
    if (*number > -duration_cast<milliseconds>(end).count() && *number < duration_cast<milliseconds>(end).count())
      time = Timestamp(milliseconds(*number));
  }
  if (!time)
    refuse_value(variable, "invalid_format",
                 "must be a time with its zone, such as 2026-11-21T02:14:20Z, or milliseconds since 1970");
  return *time;
}

MoneyValue money_value(const boost::json::object& values, const MessageVariable& variable, std::string_view currency) {
  const auto& value = given(values, variable);
  MoneyValue money{0, currency};
  auto units = whole(value);
  if (const auto* object = value.if_object()) {
    const auto* amount = object->if_contains("minor_units");
    const auto* own = object->if_contains("currency");
    if (amount != nullptr) units = whole(*amount);
    if (own != nullptr) money.currency = own->is_string() ? std::string_view(own->get_string()) : std::string_view("?");
  }
  if (!units || !is_currency(money.currency))
    refuse_value(variable, "wrong_type", "must be minor units with an ISO 4217 currency");
  money.minor_units = *units;
  return money;
}

bool is_web_address(std::string_view text) {
  const auto rest = text.starts_with("https://")  ? text.substr(8)
                    : text.starts_with("http://") ? text.substr(7)
                                                  : std::string_view();
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  // A name before an @ would be taken for the host by whoever reads the address.
  return !host.empty() && host.front() != ':' && host.find('@') == host.npos && stands_in_address(rest);
}

bool is_base_address(std::string_view text) { return is_web_address(text) && text.find_first_of("?#") == text.npos; }

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/') && !text.starts_with("//") && stands_in_address(text);
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace clinic
