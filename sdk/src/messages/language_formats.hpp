#pragma once

/// \file
/// Dates, times, numbers, money and plurals in one language, by ICU.

#include <clinic/types.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// The plural categories of CLDR.
enum class PluralForm : std::uint8_t { zero, one, two, few, many, other };
inline constexpr std::array<std::string_view, 6> plural_form_words{"zero", "one", "two", "few", "many", "other"};

/// A BCP 47 tag in its canonical form, or nothing if it is none: `id-id` is `id-ID`.
std::optional<std::string> canonical_language_tag(std::string_view tag);
/// The tag without its last part; empty if it has only one: `zh-Hant-TW` becomes `zh-Hant`.
std::string_view shorter_language_tag(std::string_view tag);

/// The decimal places of a currency's minor unit (ISO 4217).
int minor_unit_digits(std::string_view currency);

/// Thread-safe. The calendar is the Gregorian one in every language. All blanks are plain ones, since a no-break space
/// would cost an SMS its 7-bit alphabet.
class LanguageFormats {
 public:
  /// `tag` is canonical. A language that ICU does not know gets ICU's root formats.
  explicit LanguageFormats(const std::string& tag);
  ~LanguageFormats();
  LanguageFormats(LanguageFormats&&) noexcept;

  const std::string& tag() const { return tag_; }
  bool right_to_left() const;
  /// `wall` is the time that the clinic's clock shows.
  std::string date(std::chrono::sys_time<std::chrono::milliseconds> wall) const;
  std::string time(std::chrono::sys_time<std::chrono::milliseconds> wall) const;
  std::string datetime(std::chrono::sys_time<std::chrono::milliseconds> wall) const;
  std::string number(std::int64_t number) const;
  /// `currency` is an ISO 4217 code in capitals.
  std::string money(std::int64_t minor_units, std::string_view currency) const;
  PluralForm plural_form(std::int64_t number) const;
  bool has_plural_form(PluralForm form) const;
  /// The forms that the whole numbers from 0 to 200 take.
  std::vector<PluralForm> plural_forms() const;

 private:
  struct Icu;
  std::string tag_;
  std::unique_ptr<const Icu> icu_;
};

}  // namespace clinic
