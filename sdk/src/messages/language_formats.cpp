#include "messages/language_formats.hpp"

#include <unicode/currunit.h>
#include <unicode/dtptngen.h>
#include <unicode/locid.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <unicode/ucurr.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace clinic {
namespace {

void check_icu(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

std::string plain_blanks(icu::UnicodeString text) {
  for (const char16_t blank : {u'\u00A0', u'\u202F'})
    text.findAndReplace(icu::UnicodeString(blank), icu::UnicodeString(u' '));
  std::string out;
  return text.toUTF8String(out);
}

std::string formatted(const icu::SimpleDateFormat& format, std::chrono::sys_time<std::chrono::milliseconds> wall) {
  // A format changes its calendar while it formats.
  const std::unique_ptr<icu::SimpleDateFormat> own(format.clone());
  icu::UnicodeString text;
  own->format(static_cast<UDate>(wall.time_since_epoch().count()), text);
  return plain_blanks(std::move(text));
}

std::string decimal(std::int64_t minor_units, int digits) {
  const bool negative = minor_units < 0;
  // of the least number, too
  auto text =
      std::to_string(negative ? 0 - static_cast<std::uint64_t>(minor_units) : static_cast<std::uint64_t>(minor_units));
  const auto places = static_cast<std::size_t>(digits);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (places > 0) text.insert(text.size() - places, ".");
  return negative ? "-" + text : text;
}

}  // namespace

struct LanguageFormats::Icu {
  icu::Locale locale;
  std::unique_ptr<icu::PluralRules> plurals;
  icu::number::LocalizedNumberFormatter numbers;
  std::unique_ptr<icu::SimpleDateFormat> date, time, datetime;
};

std::optional<std::string> canonical_language_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > 35) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const auto locale =
      icu::Locale::forLanguageTag(icu::StringPiece(tag.data(), static_cast<std::int32_t>(tag.size())), status);
  if (U_FAILURE(status) || locale.isBogus() || locale.getLanguage()[0] == '\0') return std::nullopt;
  auto canonical = locale.toLanguageTag<std::string>(status);
  // Of a tag that is only partly well-formed, ICU keeps the part before.
  if (U_FAILURE(status) ||
      std::count(canonical.begin(), canonical.end(), '-') != std::count(tag.begin(), tag.end(), '-'))
    return std::nullopt;
  return canonical;
}

std::string_view shorter_language_tag(std::string_view tag) {
  const auto dash = tag.rfind('-');
  return dash == tag.npos ? std::string_view() : tag.substr(0, dash);
}

int minor_unit_digits(std::string_view currency) {
  // ICU's own digits are those that are shown, which differ for currencies whose minor units are out of use.
  static constexpr std::string_view none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                              "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
  static constexpr std::string_view three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  static constexpr std::string_view four[] = {"CLF", "UYW"};
  const auto in = [&](const auto& currencies) {
    return std::ranges::find(currencies, currency) != std::end(currencies);
  };
  return in(none) ? 0 : in(three) ? 3 : in(four) ? 4 : 2;
}

LanguageFormats::LanguageFormats(const std::string& tag) : tag_(tag) {
  UErrorCode status = U_ZERO_ERROR;
  auto icu = std::make_unique<Icu>();
  icu->locale = icu::Locale::forLanguageTag(tag, status);
  icu->locale.setKeywordValue("calendar", "gregorian", status);
  check_icu(status);
  icu->plurals.reset(icu::PluralRules::forLocale(icu->locale, status));
  check_icu(status);
  icu->numbers = icu::number::NumberFormatter::withLocale(icu->locale);
  const std::unique_ptr<icu::DateTimePatternGenerator> patterns(
      icu::DateTimePatternGenerator::createInstance(icu->locale, status));
  check_icu(status);
  const auto make = [&](const char16_t* skeleton) {
    auto format =
        std::make_unique<icu::SimpleDateFormat>(patterns->getBestPattern(skeleton, status), icu->locale, status);
    check_icu(status);
    format->setTimeZone(*icu::TimeZone::getGMT());  // what it is given is the time on the wall
    return format;
  };
  icu->date = make(u"yMMMMEEEEd");
  icu->time = make(u"jm");
  icu->datetime = make(u"yMMMMEEEEdjm");
  icu_ = std::move(icu);
}

LanguageFormats::~LanguageFormats() = default;
LanguageFormats::LanguageFormats(LanguageFormats&&) noexcept = default;

bool LanguageFormats::right_to_left() const { return icu_->locale.isRightToLeft(); }

std::string LanguageFormats::date(std::chrono::sys_time<std::chrono::milliseconds> wall) const {
  return formatted(*icu_->date, wall);
}
std::string LanguageFormats::time(std::chrono::sys_time<std::chrono::milliseconds> wall) const {
  return formatted(*icu_->time, wall);
}
std::string LanguageFormats::datetime(std::chrono::sys_time<std::chrono::milliseconds> wall) const {
  return formatted(*icu_->datetime, wall);
}

std::string LanguageFormats::number(std::int64_t number) const {
  UErrorCode status = U_ZERO_ERROR;
  auto text = icu_->numbers.formatInt(number, status).toString(status);
  check_icu(status);
  return plain_blanks(std::move(text));
}

std::string LanguageFormats::money(std::int64_t minor_units, std::string_view currency) const {
  UErrorCode status = U_ZERO_ERROR;
  const icu::CurrencyUnit unit(icu::StringPiece(currency.data(), static_cast<std::int32_t>(currency.size())), status);
  check_icu(status);
  const int exact = minor_unit_digits(currency);
  const int shown = ucurr_getDefaultFractionDigits(unit.getISOCurrency(), &status);
  check_icu(status);
  const auto number = decimal(minor_units, exact);
  // Nothing is rounded away.
  auto text = icu_->numbers.unit(unit)
                  .precision(icu::number::Precision::minMaxFraction(shown, std::max(shown, exact)))
                  .formatDecimal(number, status)
                  .toString(status);
  check_icu(status);
  return plain_blanks(std::move(text));
}

PluralForm LanguageFormats::plural_form(std::int64_t number) const {
  std::string word;
  icu_->plurals->select(static_cast<double>(number)).toUTF8String(word);
  const auto found = std::find(plural_form_words.begin(), plural_form_words.end(), word);
  return found == plural_form_words.end() ? PluralForm::other
                                          : static_cast<PluralForm>(found - plural_form_words.begin());
}

bool LanguageFormats::has_plural_form(PluralForm form) const {
  const auto word = plural_form_words[static_cast<std::size_t>(form)];
  return icu_->plurals->isKeyword(
      icu::UnicodeString::fromUTF8(icu::StringPiece(word.data(), static_cast<std::int32_t>(word.size()))));
}

std::vector<PluralForm> LanguageFormats::plural_forms() const {
  std::set<PluralForm> found;
  for (std::int64_t number = 0; number <= 200; ++number)
    found.insert(plural_form(number));
  return {found.begin(), found.end()};
}

}  // namespace clinic
