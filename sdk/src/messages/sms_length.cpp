#include "messages/sms_length.hpp"

#include "base/unicode.hpp"

#include <algorithm>
#include <array>

namespace clinic {
namespace {

/// The default alphabet of TS 23.038, 6.2.1, beyond the characters that stand where ASCII has them.
constexpr std::u32string_view gsm7_beyond_ascii = U"£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// ASCII that the default alphabet lacks (6.2.1), or that its extension table has (6.2.1.1).
constexpr std::u32string_view gsm7_not_ascii = U"`[]\\^{|}~";
constexpr std::u32string_view gsm7_extension = U"\f^{}\\[~]|€";

struct PartLimits {
  std::uint32_t alone, joined;
};

/// Counts units, and parts as if there were several.
class PartCount {
 public:
  explicit PartCount(PartLimits limits) : limits_(limits) {}

  void add(std::uint32_t units) {
    units_ += units;
    if (in_part_ + units > limits_.joined) {
      ++joined_parts_;
      in_part_ = 0;
    }
    in_part_ += units;
  }
  std::uint32_t units() const { return units_; }
  std::uint32_t parts() const { return units_ <= limits_.alone ? 1 : joined_parts_; }

 private:
  PartLimits limits_;
  std::uint32_t units_ = 0, in_part_ = 0, joined_parts_ = 1;
};

}  // namespace

unsigned gsm7_septets(char32_t character) {
  if (gsm7_extension.find(character) != gsm7_extension.npos) return 2;
  if (character < 0x80)
    return character == '\n' || character == '\r' ||
           (character >= ' ' && character != 0x7F && gsm7_not_ascii.find(character) == gsm7_not_ascii.npos);
  return gsm7_beyond_ascii.find(character) != gsm7_beyond_ascii.npos;
}

SmsLength sms_length(std::string_view text) {
  PartCount septets({160, 153}), units({70, 67});
  bool gsm7 = true;
  for (const char *at = text.data(), *const end = at + text.size(); at != end;) {
    const auto character = unicode::next(at, end);
    const auto needed = gsm7_septets(character);
    gsm7 = gsm7 && needed > 0;
    septets.add(needed);
    units.add(character > 0xFFFF ? 2 : 1);
  }
  if (gsm7) return {SmsEncoding::gsm7, septets.units(), septets.parts()};
  return {SmsEncoding::ucs2, units.units(), units.parts()};
}

}  // namespace clinic
