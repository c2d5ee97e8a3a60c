#pragma once

/// \file
/// Run-time descriptions of described structs.
///
/// Records, requests and responses are plain structs, described once with Boost.Describe. `describe<T>()` turns that
/// description into constant tables. JSON, validation, schemas, storage, the command line and the documentation all
/// read these tables. So each of them is written once and compiled once, whatever the number of structs.
///
/// This file declares the tables. `clinic/make_description.hpp` makes them. The source that holds the operations of a
/// domain includes that header, so that each description is compiled once.

#include <clinic/field_rule.hpp>
#include <clinic/types.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace clinic {

struct TypeDescription;

/// One member of a described struct.
struct FieldDescription {
  std::string_view name;        ///< the same word in C++, JSON, SQL, Python and on the command line
  const TypeDescription* type;  ///< never null
  const FieldRule* rule;        ///< its entry in the data dictionary; never null
  void* (*address)(void* object);

  const void* address_in(const void* object) const { return address(const_cast<void*>(object)); }
};

enum class TypeKind : std::uint8_t {
  text,       ///< std::string
  integer,    ///< std::int64_t
  boolean,    ///< bool
  timestamp,  ///< clinic::Timestamp
  date,       ///< clinic::Date
  word,       ///< a described enum; its enumerators are the words
  json,       ///< clinic::Json, any JSON value
  object,     ///< a described struct
  optional,   ///< std::optional<T>
  patch,      ///< clinic::Patch<T>
  list        ///< std::vector<T>
};

/// A type that a described struct may contain. Functions that do not fit the kind are null.
struct TypeDescription {
  TypeKind kind;
  std::string_view name;                     ///< struct or enum: its name
  std::span<const FieldDescription> fields;  ///< object: in the order of declaration, inherited ones first
  std::span<const std::string_view> words;   ///< word
  const TypeDescription* element = nullptr;  ///< optional, patch, list

  int (*get_word)(const void*) = nullptr;                 ///< word: index into words, or -1
  void (*set_word)(void*, int index) = nullptr;           ///< word
  const void* (*held)(const void*) = nullptr;             ///< optional, patch: the value, or null if there is none
  bool (*absent)(const void*) = nullptr;                  ///< patch: neither a value nor null was given
  void* (*emplace)(void*) = nullptr;                      ///< optional, patch: makes it hold a value; list: appends one
  void (*reset)(void*) = nullptr;                         ///< optional: no value; patch: null; list: empty
  std::size_t (*size)(const void*) = nullptr;             ///< list
  const void* (*at)(const void*, std::size_t) = nullptr;  ///< list
  void* (*create)() = nullptr;                            ///< object: a default-constructed one, freed by destroy
  void (*destroy)(void*) = nullptr;                       ///< object
  bool holds_secret = false;                              ///< whether it contains a secret field at any depth

  /// The field of that name, or null.
  const FieldDescription* field(std::string_view field_name) const {
    for (const auto& candidate : fields)
      if (candidate.name == field_name) return &candidate;
    return nullptr;
  }
  /// The kind beneath optional and patch.
  const TypeDescription& bare() const {
    return kind == TypeKind::optional || kind == TypeKind::patch ? element->bare() : *this;
  }
};

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
struct Described {
  static const TypeDescription value;  // defined in clinic/make_description.hpp
};

template <class T>
struct Words {
  template <class... Descriptor>
  static constexpr auto make_names(boost::mp11::mp_list<Descriptor...>) {
    return std::array<std::string_view, sizeof...(Descriptor)>{std::string_view(Descriptor::name)...};
  }
  template <class... Descriptor>
  static constexpr auto make_values(boost::mp11::mp_list<Descriptor...>) {
    return std::array<T, sizeof...(Descriptor)>{Descriptor::value...};
  }
  using List = boost::mp11::mp_rename<boost::describe::describe_enumerators<T>, boost::mp11::mp_list>;
  static constexpr auto names = make_names(List{});
  static constexpr auto values = make_values(List{});
};

}  // namespace detail

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
/// The description of T, which is a described struct or any type that a described struct may contain. The description
/// is constant and lives as long as the program. Linking fails for a struct that no source describes.
template <class T>
constexpr const TypeDescription& describe() {
  return detail::Described<T>::value;
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

/// The word for an enumerator, `Role::nurse` → "nurse".
template <class Enum>
requires std::is_enum_v<Enum>
constexpr std::string_view word(Enum value) {
  for (std::size_t i = 0; i < detail::Words<Enum>::values.size(); ++i)
    if (detail::Words<Enum>::values[i] == value) return detail::Words<Enum>::names[i];
  return {};
}

/// The enumerator for a word, or nothing when the word is unknown.
template <class Enum>
requires std::is_enum_v<Enum>
constexpr std::optional<Enum> from_word(std::string_view text) {
  for (std::size_t i = 0; i < detail::Words<Enum>::values.size(); ++i)
    if (detail::Words<Enum>::names[i] == text) return detail::Words<Enum>::values[i];
  return std::nullopt;
}

}  // namespace clinic
