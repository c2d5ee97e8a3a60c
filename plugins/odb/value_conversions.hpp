#pragma once

/// \file
/// The database forms of our own value types, shared by the value traits of every database.

#include <clinic/description.hpp>
#include <clinic/types.hpp>

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace clinic::mapping {

/// A described enum: it is kept as its word.
template <class T>
concept Word = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

inline std::int64_t to_integer(Timestamp time) { return time.time_since_epoch().count(); }
inline std::int64_t to_integer(Date date) {
  return static_cast<int>(date.year()) * 10000LL + static_cast<unsigned>(date.month()) * 100LL +
         static_cast<unsigned>(date.day());
}
inline void from_integer(std::int64_t integer, Timestamp& time) {
  time = Timestamp(std::chrono::milliseconds(integer));
}
inline void from_integer(std::int64_t integer, Date& date) {
  date = Date(std::chrono::year(static_cast<int>(integer / 10000)),
              std::chrono::month(static_cast<unsigned>(integer / 100 % 100)),
              std::chrono::day(static_cast<unsigned>(integer % 100)));
}

inline std::string_view to_text(const Json& json) { return json.text; }
template <Word Enum>
std::string_view to_text(Enum value) {
  auto text = word(value);
  if (text.empty()) throw std::invalid_argument("an enum value without a word");
  return text;
}
inline void from_text(std::string_view text, Json& json) { json.text.assign(text); }
/// A word that the model does not know is an error: the row was written by a newer version.
template <Word Enum>
void from_text(std::string_view text, Enum& value) {
  auto known = from_word<Enum>(text);
  if (!known) throw std::invalid_argument("an unknown word in the database");
  value = *known;
}

}  // namespace clinic::mapping
