#pragma once

/// \file
/// Makes the descriptions that `clinic/description.hpp` declares. A source that holds the operations of described
/// structs, or that reads and writes such structs, includes this file.

#include "meta/data_dictionary.hpp"

#include <clinic/description.hpp>

#include <boost/describe/members.hpp>
#include <boost/mp11.hpp>

namespace clinic {
namespace detail {

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

/// The unqualified name of type T, taken from the compiler's name of this function.
template <class T>
consteval std::string_view type_name() {
  std::string_view signature = __PRETTY_FUNCTION__;
  auto begin = signature.find("T = ") + 4;
  auto end = signature.find_first_of(";]", begin);
  auto name = signature.substr(begin, end - begin);
  return name.substr(name.rfind(':') == name.npos ? 0 : name.rfind(':') + 1);
}

/// Whether there is a field of that exposure in such a type, however deep.
template <class T, Exposure exposure>
consteval bool holds() {
  if constexpr (is_optional<T> || is_patch<T> || is_list<T>) {
    return holds<typename T::value_type, exposure>();
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    return []<class... Descriptor>(boost::mp11::mp_list<Descriptor...>) {
      return (
          false || ... ||
          (dictionary_entry<T>(Descriptor::name).exposure == exposure || holds<MemberType<Descriptor>, exposure>()));
    }(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});
  } else {
    return false;
  }
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
    d.holds_secret = holds<T, Exposure::secret>();
  }
  return d;
}

template <class T>
constinit const TypeDescription Described<T>::value = make_description<T>();

}  // namespace detail

}  // namespace clinic
