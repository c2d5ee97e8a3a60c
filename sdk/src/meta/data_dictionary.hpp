#pragma once

/// \file
/// The data dictionary: what each field name means, its limits and its format, wherever the name appears. Each domain
/// has its own part in `meta/dictionary`. A field that means something else in one struct has its rule there, see
/// `FieldRules`.
///
/// A described struct whose member has no entry does not compile, so no field is ever without a limit or a help line.
/// Only what makes descriptions includes this file: a new entry does not compile everything anew.

#include "meta/dictionary/access.hpp"
#include "meta/dictionary/audit.hpp"
#include "meta/dictionary/messages.hpp"
#include "meta/dictionary/people.hpp"
#include "meta/dictionary/shared.hpp"
#include "meta/dictionary/sync.hpp"
#include "meta/dictionary/system.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace clinic {

namespace detail {

template <std::size_t... size>
consteval auto joined(const std::array<FieldRule, size>&... parts) {
  std::array<FieldRule, (size + ...)> all{};
  auto end = all.begin();
  ((end = std::copy(parts.begin(), parts.end(), end)), ...);
  return all;
}

}  // namespace detail

inline constexpr auto data_dictionary =
    detail::joined(dictionary::shared, dictionary::people, dictionary::access, dictionary::audit, dictionary::messages,
                   dictionary::sync, dictionary::system);

namespace detail {

/// The positions of the dictionary's entries in the order of their names.
inline constexpr auto dictionary_order = [] {
  std::array<std::uint16_t, data_dictionary.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = static_cast<std::uint16_t>(i);
  std::sort(order.begin(), order.end(),
            [](auto a, auto b) { return data_dictionary[a].name < data_dictionary[b].name; });
  return order;
}();

consteval bool every_name_is_there_once() {
  return std::adjacent_find(dictionary_order.begin(), dictionary_order.end(), [](auto a, auto b) {
           return data_dictionary[a].name == data_dictionary[b].name;
         }) == dictionary_order.end();
}
static_assert(
    every_name_is_there_once(),
    "a field name is in two parts of the data dictionary: where it means two things, FieldRules<Struct> says so");

}  // namespace detail

/// The entry for a field of Object. A name without an entry does not compile.
template <class Object>
consteval const FieldRule& dictionary_entry(std::string_view name) {
  for (const auto& rule : FieldRules<Object>::rules)
    if (rule.name == name) return rule;
  const auto& order = detail::dictionary_order;
  const auto found = std::lower_bound(order.begin(), order.end(), name, [](auto entry, std::string_view wanted) {
    return data_dictionary[entry].name < wanted;
  });
  if (found == order.end() || data_dictionary[*found].name != name)
    throw "a member of a described struct has no entry in the data dictionary (sdk/src/meta/dictionary, or FieldRules)";
  return data_dictionary[*found];
}

}  // namespace clinic
