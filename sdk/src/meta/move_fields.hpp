#pragma once

/// \file
/// From a record to what is answered of it.

#include "meta/make_description.hpp"

#include <optional>
#include <string_view>
#include <type_traits>

namespace clinic {

/// Moves those fields of `from` that `to` has, too, by their names. A view may hold as optional what the record always
/// has; any other difference of types does not compile.
template <class To, class From>
void move_fields(From& from, To& to) {
  const auto move_to = [&]<class Target, class... Source>(Target target, boost::mp11::mp_list<Source...>) {
    (
        [&] {
          if constexpr (std::string_view(Source::name) == std::string_view(Target::name)) {
            using Is = detail::MemberType<Source>;
            using Becomes = detail::MemberType<Target>;
            static_assert(std::is_same_v<Is, Becomes> || std::is_same_v<std::optional<Is>, Becomes>);
            to.*target.pointer = std::move(from.*Source::pointer);
          }
        }(),
        ...);
  };
  [&]<class... Target>(boost::mp11::mp_list<Target...>) {
    (move_to(Target{}, boost::mp11::mp_rename<detail::Members<From>, boost::mp11::mp_list>{}), ...);
  }(boost::mp11::mp_rename<detail::Members<To>, boost::mp11::mp_list>{});
}

}  // namespace clinic
