#pragma once

/// \file
/// A described struct, seen at run time.
///
/// Records, requests and responses are plain structs, described once with Boost.Describe. `describe<T>()` turns that
/// description into constant tables that JSON, validation, schemas, storage, the command line and the documentation all
/// read, so each of them is written once and compiled once, whatever the number of structs.

#include <clinic/data_dictionary.hpp>
#include <clinic/types.hpp>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

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

/// A type that may stand in a described struct. The functions that do not fit the kind are null.
struct TypeDescription {
  TypeKind kind;
  std::string_view name;                     ///< of a struct or an enum
  std::span<const FieldDescription> fields;  ///< object: in the order of declaration, inherited ones first
  std::span<const std::string_view> words;   ///< word
  const TypeDescription* element = nullptr;  ///< optional, patch, list

  int (*get_word)(const void*) = nullptr;                 ///< word: index into words, or -1
  void (*set_word)(void*, int index) = nullptr;           ///< word
  const void* (*held)(const void*) = nullptr;             ///< optional, patch: the value, or null when there is none
  bool (*absent)(const void*) = nullptr;                  ///< patch: neither a value nor null was given
  void* (*emplace)(void*) = nullptr;                      ///< optional, patch: now holds a value; list: appends one
  void (*reset)(void*) = nullptr;                         ///< optional: no value; patch: null; list: empty
  std::size_t (*size)(const void*) = nullptr;             ///< list
  const void* (*at)(const void*, std::size_t) = nullptr;  ///< list
  void* (*create)() = nullptr;                            ///< object: a default-constructed one, freed by destroy
  void (*destroy)(void*) = nullptr;                       ///< object

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

template <class T>
constexpr const TypeDescription& describe();

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_patch = false;
template <class T>
inline constexpr bool is_patch<Patch<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class Pointer>
struct MemberPointer;
template <class Object, class Member>
struct MemberPointer<Member Object::*> {
  using type = Member;
};
template <class Descriptor>
using MemberType = typename MemberPointer<std::remove_cv_t<decltype(Descriptor::pointer)>>::type;

/// A bare name of type T, from the compiler's own words for this function.
template <class T>
consteval std::string_view type_name() {
  std::string_view signature = __PRETTY_FUNCTION__;
  auto begin = signature.find("T = ") + 4;
  auto end = signature.find_first_of(";]", begin);
  auto name = signature.substr(begin, end - begin);
  return name.substr(name.rfind(':') == name.npos ? 0 : name.rfind(':') + 1);
}

template <class Object, class Descriptor>
constexpr FieldDescription describe_field() {
  return {Descriptor::name, &describe<MemberType<Descriptor>>(), &dictionary_entry<Object>(Descriptor::name),
          [](void* object) -> void* { return &(static_cast<Object*>(object)->*Descriptor::pointer); }};
}

template <class T>
struct Fields {
  template <class... Descriptor>
  static constexpr auto make(boost::mp11::mp_list<Descriptor...>) {
    return std::array<FieldDescription, sizeof...(Descriptor)>{describe_field<T, Descriptor>()...};
  }
  static constexpr auto value = make(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});
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

template <class T>
constexpr TypeDescription make_description() {
  TypeDescription d{};
  if constexpr (std::is_same_v<T, std::string>) {
    d.kind = TypeKind::text;
  } else if constexpr (std::is_same_v<T, bool>) {
    d.kind = TypeKind::boolean;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    d.kind = TypeKind::integer;
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    d.kind = TypeKind::timestamp;
  } else if constexpr (std::is_same_v<T, Date>) {
    d.kind = TypeKind::date;
  } else if constexpr (std::is_same_v<T, Json>) {
    d.kind = TypeKind::json;
  } else if constexpr (std::is_enum_v<T>) {
    d.kind = TypeKind::word;
    d.name = type_name<T>();
    d.words = Words<T>::names;
    d.get_word = [](const void* p) -> int {
      for (std::size_t i = 0; i < Words<T>::values.size(); ++i)
        if (Words<T>::values[i] == *static_cast<const T*>(p)) return static_cast<int>(i);
      return -1;
    };
    d.set_word = [](void* p, int index) { *static_cast<T*>(p) = Words<T>::values[static_cast<std::size_t>(index)]; };
  } else if constexpr (is_optional<T>) {
    d.kind = TypeKind::optional;
    d.element = &describe<typename T::value_type>();
    d.held = [](const void* p) -> const void* {
      const auto& value = *static_cast<const T*>(p);
      return value ? &*value : nullptr;
    };
    d.emplace = [](void* p) -> void* { return &static_cast<T*>(p)->emplace(); };
    d.reset = [](void* p) { static_cast<T*>(p)->reset(); };
  } else if constexpr (is_patch<T>) {
    d.kind = TypeKind::patch;
    d.element = &describe<typename T::value_type>();
    d.held = [](const void* p) -> const void* { return static_cast<const T*>(p)->value_or_null(); };
    d.absent = [](const void* p) { return static_cast<const T*>(p)->absent(); };
    d.emplace = [](void* p) -> void* { return &static_cast<T*>(p)->emplace(); };
    d.reset = [](void* p) { static_cast<T*>(p)->clear(); };
  } else if constexpr (is_list<T>) {
    d.kind = TypeKind::list;
    d.element = &describe<typename T::value_type>();
    d.emplace = [](void* p) -> void* { return &static_cast<T*>(p)->emplace_back(); };
    d.reset = [](void* p) { static_cast<T*>(p)->clear(); };
    d.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
    d.at = [](const void* p, std::size_t i) -> const void* { return &(*static_cast<const T*>(p))[i]; };
  } else {
    static_assert(boost::describe::has_describe_members<T>::value, "this type cannot stand in a described struct");
    d.kind = TypeKind::object;
    d.name = type_name<T>();
    d.fields = Fields<T>::value;
    d.create = []() -> void* { return new T(); };
    d.destroy = [](void* p) { delete static_cast<T*>(p); };
  }
  return d;
}

template <class T>
inline constexpr TypeDescription description = make_description<T>();

}  // namespace detail

/// The description of T: of a described struct, or of any type that may stand in one. Constant; may be kept for ever.
template <class T>
constexpr const TypeDescription& describe() {
  return detail::description<T>;
}

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
