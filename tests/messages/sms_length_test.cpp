#include "messages/sms_length.hpp"
#include "support/catch.hpp"

#include <clinic/plugin/notifier.h>

#include <random>
#include <string>
#include <vector>

using namespace clinic;

namespace {

std::string utf8_of(char32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  if (c >= 0x10000) {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else if (c >= 0x800) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else {
    out += static_cast<char>(0xC0 | (c >> 6));
  }
  return out += static_cast<char>(0x80 | (c & 0x3F));
}

std::string repeated_text(std::size_t times, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += text;
  return out;
}

/// TS 23.038, 6.2.1, by septet; 0 at the escape.
constexpr char32_t default_alphabet[128] = {
    U'@', U'£', U'$', U'¥', U'è', U'é', U'ù', U'ì',  U'ò', U'Ç', U'\n', U'Ø', U'ø', U'\r', U'Å', U'å',  //
    U'Δ', U'_', U'Φ', U'Γ', U'Λ', U'Ω', U'Π', U'Ψ',  U'Σ', U'Θ', U'Ξ',  0,    U'Æ', U'æ',  U'ß', U'É',  //
    U' ', U'!', U'"', U'#', U'¤', U'%', U'&', U'\'', U'(', U')', U'*',  U'+', U',', U'-',  U'.', U'/',  //
    U'0', U'1', U'2', U'3', U'4', U'5', U'6', U'7',  U'8', U'9', U':',  U';', U'<', U'=',  U'>', U'?',  //
    U'¡', U'A', U'B', U'C', U'D', U'E', U'F', U'G',  U'H', U'I', U'J',  U'K', U'L', U'M',  U'N', U'O',  //
    U'P', U'Q', U'R', U'S', U'T', U'U', U'V', U'W',  U'X', U'Y', U'Z',  U'Ä', U'Ö', U'Ñ',  U'Ü', U'§',  //
    U'¿', U'a', U'b', U'c', U'd', U'e', U'f', U'g',  U'h', U'i', U'j',  U'k', U'l', U'm',  U'n', U'o',  //
    U'p', U'q', U'r', U's', U't', U'u', U'v', U'w',  U'x', U'y', U'z',  U'ä', U'ö', U'ñ',  U'ü', U'à'};
/// 6.2.1.1
constexpr char32_t extension_table[] = {U'\f', U'^', U'{', U'}', U'\\', U'[', U'~', U']', U'|', U'€'};

/// The parts as a telephone would get them: lists of units, of which a pair is marked by its second half.
std::size_t parts_by_cutting(const std::vector<unsigned>& characters, unsigned alone, unsigned joined) {
  std::vector<bool> second_half;
  for (const auto units : characters)
    for (unsigned i = 0; i < units; ++i)
      second_half.push_back(i > 0);
  if (second_half.size() <= alone) return 1;
  std::size_t parts = 0;
  for (std::size_t at = 0; at < second_half.size(); ++parts) {
    auto end = at + joined;
    if (end < second_half.size() && second_half[end]) --end;
    at = end;
  }
  return parts;
}

}  // namespace

TEST_CASE("The characters of an SMS are those of TS 23.038", "[NOTE-3][core]") {
  std::vector<unsigned> expected(0x110000, 0);
  for (const auto c : default_alphabet)
    if (c != 0) expected[c] = 1;
  for (const auto c : extension_table)
    expected[c] = 2;
  std::size_t wrong = 0;
  for (char32_t c = 0; c < 0x110000; ++c)
    if (gsm7_septets(c) != expected[c]) ++wrong;
  CHECK(wrong == 0);
}

TEST_CASE("The limits of an SMS and of its parts", "[NOTE-3][core]") {
  const auto check = [](const std::string& text, SmsEncoding encoding, std::uint32_t units, std::uint32_t parts) {
    const auto length = sms_length(text);
    CAPTURE(text.substr(0, 40), units);
    CHECK(length.encoding == encoding);
    CHECK(length.units == units);
    CHECK(length.parts == parts);
  };
  using enum SmsEncoding;
  CHECK(static_cast<int>(gsm7) == CLINIC_SMS_GSM7);
  CHECK(static_cast<int>(ucs2) == CLINIC_SMS_UCS2);
  check("", gsm7, 0, 1);
  check(repeated_text(160, "a"), gsm7, 160, 1);
  check(repeated_text(161, "a"), gsm7, 161, 2);
  check(repeated_text(306, "a"), gsm7, 306, 2);
  check(repeated_text(307, "a"), gsm7, 307, 3);
  check(repeated_text(80, "€"), gsm7, 160, 1);
  // The escape of the 77th € would be the last septet of the first part: it goes to the second with its character.
  check(repeated_text(81, "€"), gsm7, 162, 2);
  check(repeated_text(152, "€"), gsm7, 304, 2);
  check(repeated_text(153, "€"), gsm7, 306, 3);
  check(repeated_text(70, "م"), ucs2, 70, 1);
  check(repeated_text(71, "م"), ucs2, 71, 2);
  check(repeated_text(134, "م"), ucs2, 134, 2);
  check(repeated_text(135, "م"), ucs2, 135, 3);
  check(repeated_text(35, "😀"), ucs2, 70, 1);
  check(repeated_text(36, "😀"), ucs2, 72, 2);
  check(repeated_text(66, "😀"), ucs2, 132, 2);
  check(repeated_text(67, "😀"), ucs2, 134, 3);  // 67 is odd: a pair more does not fit
  check("10:30\u202FAM", ucs2, 8, 1);           // why the formats have plain blanks
  check("\xFF", ucs2, 1, 1);
}

TEST_CASE("The parts of an SMS against cutting one", "[NOTE-3][core]") {
  std::mt19937 random(20261129);
  const std::vector<std::pair<char32_t, unsigned>> gsm{{U'a', 1}, {U'é', 1}, {U'€', 2}, {U'[', 2}};
  const std::vector<std::pair<char32_t, unsigned>> ucs{{U'a', 1}, {U'م', 1}, {U'😀', 2}};
  for (int round = 0; round < 4000; ++round) {
    const bool is_gsm = round % 2 == 0;
    const auto& alphabet = is_gsm ? gsm : ucs;
    std::string text = is_gsm ? "" : "م";
    std::vector<unsigned> units;
    if (!is_gsm) units.push_back(1);
    const auto size = random() % (is_gsm ? 500 : 220);
    for (std::size_t i = 0; i < size; ++i) {
      const auto& [character, cost] = alphabet[random() % alphabet.size()];
      text += utf8_of(character);
      units.push_back(cost);
    }
    const auto length = sms_length(text);
    CAPTURE(round, size);
    REQUIRE(length.encoding == (is_gsm ? SmsEncoding::gsm7 : SmsEncoding::ucs2));
    REQUIRE(length.parts == (is_gsm ? parts_by_cutting(units, 160, 153) : parts_by_cutting(units, 70, 67)));
  }
}
