#pragma once

/// \file
/// Errors in the languages of the people who get them, from `<language>/errors.json` of the templates. English has no
/// such file: its words are those of the errors themselves.

#include "messages/template_file.hpp"

#include <clinic/error.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// The codes of field errors that every language has words for.
inline constexpr std::array<std::string_view, 31> field_error_codes{"required",
                                                                    "null_not_allowed",
                                                                    "blank",
                                                                    "unknown_field",
                                                                    "duplicate_field",
                                                                    "wrong_type",
                                                                    "invalid_format",
                                                                    "unknown_word",
                                                                    "too_long",
                                                                    "too_short",
                                                                    "too_common",
                                                                    "wrong",
                                                                    "out_of_range",
                                                                    "invalid_utf8",
                                                                    "contains_nul",
                                                                    "control_character",
                                                                    "direction_changed",
                                                                    "line_break_not_allowed",
                                                                    "unchanged",
                                                                    "exists",
                                                                    "other_key",
                                                                    "duplicate",
                                                                    "not_found",
                                                                    "not_allowed",
                                                                    "not_applicable",
                                                                    "not_supported",
                                                                    "not_writable",
                                                                    "match_found",
                                                                    "wrong_key",
                                                                    "weak_key",
                                                                    "fields_damaged"};

/// The words for errors in all languages. Thread-safe.
class ErrorTexts {
 public:
  /// With the files of a folder of the clinic's on top, if it is given. Throws Error(configuration_invalid) that names
  /// each mistake: a code that is missing, one that there is not, or no JSON.
  explicit ErrorTexts(const std::optional<std::string>& folder = std::nullopt);

  /// The error with its message, the messages of its fields, and its detail where that is the first field's message, in
  /// the language, or the same with fewer parts (`id` for `id-ID`). Without such a language, and where there are no
  /// words for a field's code, it stays as it is. Code, status and paths stay in any case.
  Error localized(const Error& error, std::string_view locale) const;

 private:
  struct Language {
    std::map<std::string, std::string, std::less<>> codes;
    std::map<std::string, std::vector<std::string>, std::less<>> fields;  ///< the first that can be filled is taken
  };
  void read(const TemplateText& file, std::vector<FieldError>& errors);
  const Language* find(std::string_view locale) const;

  std::map<std::string, Language, std::less<>> languages_;
};

/// The same by the SDK's own languages.
Error localized(const Error& error, std::string_view locale);

}  // namespace clinic
