#pragma once

/// \file
/// Tells ODB about std::optional: an empty one is NULL.

#include "odb_shim.hpp"

#include <odb/wrapper-traits.hxx>

#include <optional>
#include <type_traits>

namespace odb {

template <class T>
class wrapper_traits<std::optional<T>> {
 public:
  using wrapped_type = T;
  using wrapper_type = std::optional<T>;
  using unrestricted_wrapped_type = std::remove_const_t<T>;

  static const bool null_handler = true;
  static const bool null_default = true;  // the column may be NULL without a pragma that says so

  static bool get_null(const wrapper_type& optional) { return !optional; }
  static void set_null(wrapper_type& optional) { optional.reset(); }
  static const wrapped_type& get_ref(const wrapper_type& optional) { return *optional; }
  static unrestricted_wrapped_type& set_ref(wrapper_type& optional) {
    return optional ? *optional : optional.emplace();
  }
};

}  // namespace odb
