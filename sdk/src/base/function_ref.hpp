#pragma once

/// \file
/// A reference to a callable for the duration of a call: two pointers, no allocation. std::function would allocate on
/// hot paths, and std::function_ref is C++26.

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace clinic {

template <class Signature>
class FunctionRef;

/// Does not own the callable, and is valid as long as the callable is. A lambda written as an argument lives until the
/// call returns.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, FunctionRef> &&
           std::is_object_v<std::remove_reference_t<Callable>> &&
           std::is_invocable_r_v<Result, Callable&, Arguments...>) FunctionRef(Callable&& callable)
  noexcept  // NOLINT(google-explicit-constructor): accepts a lambda
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, Arguments... arguments) -> Result {
          return std::invoke(*static_cast<std::remove_reference_t<Callable>*>(object),
                             std::forward<Arguments>(arguments)...);
        }) {}

  Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

 private:
  void* object_;
  Result (*call_)(void*, Arguments...);
};

}  // namespace clinic
