#pragma once

#include <cstdint>
#include <string>

namespace clinic::test {

/// The length of an id of a message.
inline constexpr std::int64_t message_id_size = 36;

/// The id of a copy.
std::string message_id(std::int64_t number);

/// SQL, for all databases, that copies the cancelled message of an outbox so many times, 10,000 at the most: the copies
/// wait to be sent, and have the numbers from `first` on.
std::string copies_of_message(std::int64_t count, std::int64_t first = 0);

}  // namespace clinic::test
