#pragma once

/// \file
/// The values of a message, read from JSON by their types.

#include "messages/catalog.hpp"
#include "messages/template_program.hpp"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <optional>
#include <string_view>

namespace clinic {

/// Whether a section of the variable is left out: the value is missing, null, false, an empty text, or the number 0.
bool is_empty_value(const boost::json::object& values, const MessageVariable& variable);

/// The value, or Error(validation_failed) which says that it is missing or what it has to be. Never the value itself.
std::string_view text_value(const boost::json::object& values, const MessageVariable& variable);
std::int64_t count_value(const boost::json::object& values, const MessageVariable& variable);
Date date_value(const boost::json::object& values, const MessageVariable& variable);
Timestamp datetime_value(const boost::json::object& values, const MessageVariable& variable);
struct MoneyValue {
  std::int64_t minor_units;
  std::string_view currency;
};
MoneyValue money_value(const boost::json::object& values, const MessageVariable& variable, std::string_view currency);

/// Whether the text is an address of http or https without anything that could end it in a text or an attribute.
bool is_web_address(std::string_view text);
/// The same without a query or a fragment, so that paths can be added.
bool is_base_address(std::string_view text);
/// Whether the text is a path of one's own host: `/login`, and not `//elsewhere.example`.
bool is_absolute_path(std::string_view text);
bool is_currency(std::string_view text);

}  // namespace clinic
