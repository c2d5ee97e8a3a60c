#pragma once

/// \file
/// What holds for a field: its meaning, limits, format, and who may see it.

#include <array>
#include <cstdint>
#include <string_view>

namespace clinic {

/// What a text must look like. Everything is valid UTF-8 without NUL; all but `multiline` is one line.
enum class Format : std::uint8_t {
  none,       ///< not a text
  line,       ///< free text without control characters, and without those that turn the direction of writing
  multiline,  ///< free text, with no control characters but white space
  name,       ///< a line of which something is seen
  typed,      ///< what is looked for and not kept: as `name`, but with the marks of direction that copied texts have
  email,      ///< RFC 5321 mailbox, at most 254 characters
  phone,      ///< as typed, and as `typed`; valid ones get an E.164 normal form
  password,   ///< at most 72 bytes in normal form (bcrypt), never shown
  id,         ///< letters, digits, `-` and `_`: UUIDs of ours, ids that a clinic brings along
  actor,      ///< who did something: a user's id, or the name of a system actor, which is a line
  token       ///< a word or a code of ours: letters, digits and `._:-`
};

/// Who may see a field.
enum class Exposure : std::uint8_t {
  open,      ///< may stand in logs and audit
  personal,  ///< about a person: in answers, never in logs, errors or audit
  medical,   ///< as personal, and encrypted at rest where the profile says so
  secret,    ///< in a request or an answer, where that is its point; never in logs, errors or audit
  internal   ///< bookkeeping: never leaves the SDK
};

struct FieldRule {
  std::string_view name;
  std::string_view help;
  Format format = Format::none;
  std::uint32_t max_length = 0;  ///< in Unicode code points; texts only
  Exposure exposure = Exposure::open;
  std::int64_t minimum = -9007199254740991;  ///< integers only; ±(2^53−1), what every JSON reader keeps exactly
  std::int64_t maximum = 9007199254740991;
  std::string_view invalid = {};  ///< the whole sentence where the format is wrong, if a document has its own
};

/// Overrides for one struct, where a name means something narrower there: `rules` holds entries as above.
template <class Object>
struct FieldRules {
  static constexpr std::array<FieldRule, 0> rules{};
};

}  // namespace clinic
