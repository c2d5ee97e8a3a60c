#pragma once

/// \file
/// The rule of a field: its meaning, limits, format, and who may see it.

#include <array>
#include <cstdint>
#include <string_view>

namespace clinic {

/// The format of a text. Every text is valid UTF-8 without NUL. Every format except `multiline` is one line.
enum class Format : std::uint8_t {
  none,       ///< not a text
  line,       ///< free text without control characters, and without those that turn the direction of writing
  multiline,  ///< free text, with no control characters but white space
  name,       ///< a line with at least one visible character
  typed,      ///< a text to search for: as `name`, and marks of direction around a copied text are allowed
  email,      ///< RFC 5321 mailbox, at most 254 characters
  phone,      ///< kept as typed, format as `typed`; valid phones get an E.164 normal form
  password,   ///< at most 72 bytes in normal form (bcrypt), never shown
  id,         ///< letters, digits, `-` and `_`: our UUIDs, and ids that a clinic imports
  actor,      ///< who did something: a user's id, or the name of a system actor, which is a line
  token       ///< a word or a code of the SDK: letters, digits and `._:-`
};

/// Who may see a field.
enum class Exposure : std::uint8_t {
  open,      ///< may appear in logs and audit
  personal,  ///< about a person: in answers, never in logs, errors or audit
  medical,   ///< as personal, and encrypted at rest where the profile says so
  secret,    ///< in a request or an answer only where that is its purpose; never in logs, errors or audit
  internal   ///< bookkeeping: never leaves the SDK
};

struct FieldRule {
  std::string_view name;
  std::string_view help;
  Format format = Format::none;
  std::uint32_t max_length = 0;  ///< texts only: in Unicode code points
  Exposure exposure = Exposure::open;
  std::int64_t minimum =
      -9007199254740991;  ///< integers only; default ±(2^53−1), which every JSON reader keeps exactly
  std::int64_t maximum = 9007199254740991;
  std::string_view invalid = {};  ///< the message for a wrong format, if a document has its own words
};

/// Rules of one struct that override the data dictionary, where a name has a narrower meaning in that struct.
template <class Object>
struct FieldRules {
  static constexpr std::array<FieldRule, 0> rules{};
};

}  // namespace clinic
