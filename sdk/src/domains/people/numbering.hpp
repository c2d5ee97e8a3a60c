#pragma once

#include "domains/people/people.hpp"
#include "engine/engine.hpp"
#include "store/storage_errors.hpp"

namespace clinic {

/// Runs `body` with the next patient number. A number that the clinic supplied itself may lie in the sequence's way:
/// then the next one is taken. A number that the result does not carry (`number_in`) is free again: the call was
/// refused, found an existing patient, or repeated an answer under its idempotency key.
template <class Body, class NumberIn>
auto with_number(Call& call, Body body, NumberIn number_in) {
  for (int collisions = 0;; ++collisions) {
    auto number = call.engine().numbers().reserve(call.now());
    try {
      auto result = body(number.text());
      if (number_in(result) == number.text()) number.keep();
      return result;
    } catch (const StorageError& failure) {
      if (!violates(failure, "Patient", "number") || collisions == 1000) throw;
      number.keep();
    }
  }
}

}  // namespace clinic
