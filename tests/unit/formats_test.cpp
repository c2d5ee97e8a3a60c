#include "base/formats.hpp"
#include "base/unicode.hpp"
#include "meta/json.hpp"
#include "support/catch.hpp"

#include <string>

using namespace clinic;
using namespace std::string_literals;

namespace {

std::string time(std::string_view text) {
  const auto parsed = parse_timestamp(text);
  return parsed ? format_timestamp(*parsed) : "none";
}

std::string date(std::string_view text) {
  const auto parsed = parse_date(text);
  return parsed ? format_date(*parsed) : "none";
}

std::string phone(std::string_view text, std::string_view region) { return phone_key(text, region).value_or("none"); }

}  // namespace

TEST_CASE("UTF-8", "[MODEL-7][core]") {
  for (const auto& text :
       {""s, "plain"s, "فاطمة الزهراء"s, "Siti Nurhaliza é"s, "😀\U0010FFFF"s, "\u200Frtl"s, "eight by8é"s, "\0"s})
    CHECK(valid_utf8(text));
  for (const auto& text :
       {"\x80"s, "\xC3"s, "\xC3("s, "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\xAF"s, "\xE2\x82"s, "\xED\xA0\x80"s,
        "\xED\xBF\xBF"s, "\xF0\x80\x80\xAF"s, "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xFE"s, "\xFF"s,
        "12345678\xFF"s, "1234567\xC3"s, "12345678901234567\x80"s})
    CHECK_FALSE(valid_utf8(text));
  CHECK(code_points("") == 0);
  CHECK(code_points("aé語😀") == 4);
}

TEST_CASE("Timestamps", "[MODEL-10][core]") {
  CHECK(time("2026-11-21T02:14:20.123Z") == "2026-11-21T02:14:20.123Z");
  CHECK(time("2026-11-21T02:14:20Z") == "2026-11-21T02:14:20.000Z");
  CHECK(time("2026-11-21t02:14:20.1z") == "2026-11-21T02:14:20.100Z");
  CHECK(time("2026-11-21T02:14:20.123999999999Z") == "2026-11-21T02:14:20.123Z");
  CHECK(time("2026-11-21T02:14:20+03:00") == "2026-11-20T23:14:20.000Z");
  CHECK(time("2026-11-21T23:14:20-05:30") == "2026-11-22T04:44:20.000Z");
  CHECK(time("1969-12-31T23:59:59.999Z") == "1969-12-31T23:59:59.999Z");
  CHECK(time("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00.000Z");
  CHECK(time("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z");
  CHECK(time("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z");
  CHECK(time("2017-01-01T00:59:60+01:00") == "2017-01-01T00:00:00.000Z");
  CHECK(parse_timestamp("1970-01-01T00:00:01Z")->time_since_epoch().count() == 1000);
  for (const auto* text : {"",
                           "2026-11-21",
                           "2026-11-21T02:14:20",
                           "2026-11-21T02:14Z",
                           "2026-11-21 02:14:20Z",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T02:60:00Z",
                           "2026-11-21T02:14:61Z",
                           "2026-11-21T02:14:60Z",
                           "2026-02-30T00:00:00Z",
                           "2026-11-21T02:14:20.Z",
                           "2026-11-21T02:14:20,5Z",
                           "2026-11-21T02:14:20+0300",
                           "2026-11-21T02:14:20+24:00",
                           "2026-11-21T02:14:20+03:60",
                           "2026-11-21T02:14:20+03:0",
                           "2026-11-21T02:14:20+03",
                           "2026-11-21T02:14:20Zx",
                           "2026-11-21T02:14:20.5",
                           " 2026-11-21T02:14:20Z",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "0000-01-01T00:00:00Z",
                           "2026-11-21T02:14:2aZ"}) {
    CAPTURE(text);
    CHECK(time(text) == "none");
  }
}

TEST_CASE("Dates", "[MODEL-10][core]") {
  for (const auto* text : {"2026-11-21", "1980-02-29", "0001-01-01", "9999-12-31", "2000-02-29"})
    CHECK(date(text) == text);
  for (const auto* text :
       {"", "2023-02-30", "2023-02-29", "1900-02-29", "2023-13-01", "2023-00-01", "2023-01-00", "0000-01-01",
        "2023-1-01", "23-01-01", "2023/01/01", "20230101", "2023-01-01 ", "10000-01-01", "-001-01-01"}) {
    CAPTURE(text);
    CHECK(date(text) == "none");
  }
}

TEST_CASE("Emails", "[MODEL-8][core]") {
  for (const auto& text :
       {"jane@example.com"s, "Jane.Smith+tag@sub.example.co.ke"s, "a@b.cd"s, "o'brien@example.org"s,
        "{x}|!#$%&*/=?^_`~@example.com"s, "jürgen@müller.de"s, "用户@例子.广告"s, "فاطمة@مثال.إختبار"s,
        "x@xn--mller-kva.de"s, "x@1.example2.c0m"s, "a-b@a-b.org"s, std::string(64, 'a') + "@example.com"})
    CHECK(valid_email(text));
  for (const auto& text : {""s,
                           "jane"s,
                           "@example.com"s,
                           "jane@"s,
                           "jane@example"s,
                           "jane@.com"s,
                           "jane@example."s,
                           "jane@exa..mple.com"s,
                           ".jane@example.com"s,
                           "jane.@example.com"s,
                           "ja..ne@example.com"s,
                           "ja ne@example.com"s,
                           " jane@example.com"s,
                           "jane@example.com "s,
                           "jane@exam ple.com"s,
                           "jane@@example.com"s,
                           "a@b@example.com"s,
                           "jane@-example.com"s,
                           "jane@example-.com"s,
                           "jane@exa_mple.com"s,
                           "jane@[127.0.0.1]"s,
                           "jane@127.0.0.1"s,
                           "\"ja ne\"@example.com"s,
                           "jane\n@example.com"s,
                           "jane@example.com\r\nBcc: x@y.org"s,
                           "jane\0@example.com"s,
                           "jane\u00A0@example.com"s,
                           "jane\u200B@example.com"s,
                           "jane\u202E@example.com"s,
                           "jane@example\u3002com"s,
                           "jane\x7F@example.com"s,
                           "jane\x85@example.com"s,
                           "\xFF@example.com"s,
                           "Jane <jane@example.com>"s,
                           "a,b@example.com"s,
                           std::string(65, 'a') + "@example.com",
                           "a@" + std::string(64, 'b') + ".com",
                           "a@" + std::string(63, 'b') + "." + std::string(63, 'b') + "." + std::string(63, 'b') + "." +
                               std::string(63, 'b') + ".com"}) {
    CAPTURE(text);
    CHECK_FALSE(valid_email(text));
  }
  CHECK(email_key("  Jane.SMITH@Example.COM\t") == "jane.smith@example.com");
  CHECK(email_key("JÜRGEN@MÜLLER.de") == "jürgen@müller.de");
  CHECK(email_key("") == "");
  CHECK(email_key(" \u00A0") == "");
}

TEST_CASE("Phones", "[MODEL-8][core]") {
  CHECK(phone("0712345678", "KE") == "+254712345678");
  CHECK(phone("0712 345-678", "KE") == "+254712345678");
  CHECK(phone("+254 712 345 678", "KE") == "+254712345678");
  CHECK(phone("+254712345678", "") == "+254712345678");
  CHECK(phone("00254712345678", "KE") == "none");  // Kenya dials 000 abroad
  CHECK(phone("0812-3456-7890", "ID") == "+6281234567890");
  CHECK(phone("٠٧١٢٣٤٥٦٧٨", "KE") == "+254712345678");
  CHECK(phone("0712345678", "") == "none");
  CHECK(phone("0712345678", "XX") == "none");
  for (const auto& text : {""s, " "s, "12"s, "hello"s, "+999123456789"s, "071234567"s,
                           "\xFF"
                           "0712345678"s,
                           std::string(300, '1')}) {
    CAPTURE(text);
    CHECK(phone(text, "KE") == "none");
  }
  CHECK(phone("0712345678 ext. 12", "KE") == "none");
}

TEST_CASE("Names and usernames", "[MODEL-8][core]") {
  CHECK(fold("  Jane \t\u00A0 SMITH \n") == "jane smith");
  CHECK(fold("ÅSA ÉMILE") == "åsa émile");
  CHECK(fold("فاطمة  الزهراء") == "فاطمة الزهراء");
  CHECK(fold("ΣΟΦΊΑ 😀") == "σοφία 😀");
  CHECK(fold("") == "");
  CHECK(fold(" \u3000") == "");
  CHECK(valid_utf8(fold("a\xFFz")));
  CHECK(fold("ΣΟΦΊΑΣ").starts_with(fold("ΣΟΦΊΑ")));
  CHECK(is_blank(""));
  CHECK(is_blank(" \t\v\f\u0085\u00A0\u2003\u2028\u3000"));
  CHECK_FALSE(is_blank(" .\t"));
}

// The beginning of a form is looked for as the form of a beginning; and what is stored is never changed by a second
// look.
TEST_CASE("Names and usernames have one form, however they were typed", "[MODEL-8][AUTH-1][core]") {
  CHECK(fold("Zoe\u0308") == "zo\u00EB");
  CHECK(fold("ZOE\u0308") == fold("zo\u00EB"));
  CHECK(fold("I\u0307") == fold("\u0130"));
  CHECK(email_key("Zoe\u0308@Example.org") == "zo\u00EB@example.org");
  CHECK(fold("Ｊａｎｅ\u3000ＤＯＥ") == "jane doe");
  CHECK(fold("ｶﾞ") == fold("ガ"));
  CHECK(fold("ad\u200Bmi\u2060n\uFEFF") == "admin");
  CHECK(fold("عبد\u200Cالله") == fold("عبدالله"));
  CHECK(national_id_key("e\u0301 1") == "\u00C91");
  CHECK_FALSE(valid_email("ｊａｎｅ@example.org"));
  CHECK_FALSE(valid_email("ja\u200Bne@example.org"));
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    unicode::append(c, text);
    const auto once = fold(text);
    if (fold(once) != once) FAIL_CHECK("U+" << std::hex << static_cast<unsigned>(c));
    if (fold(unicode::composed(text)) != once) FAIL_CHECK("composed: U+" << std::hex << static_cast<unsigned>(c));
  }
}

TEST_CASE("An email that would be taken for another one's is none", "[MODEL-8][core]") {
  CHECK(valid_email("kim@clinic.com"));
  CHECK(valid_email("zo\u00EB@clinic.com"));
  CHECK(valid_email("zoe\u0308@clinic.com"));
  for (const auto& text :
       {"kim@cl\u0130nic.com"s, "kim@clI\u0307nic.com"s, "\u212Aim@clinic.com"s, "k\u0130m@clinic.com"s})
    CHECK_FALSE(valid_email(text));
}

TEST_CASE("Passwords have one form, in which letters stay as large as they are", "[AUTH-3][core]") {
  CHECK(password_form("Zoe\u0308\u00A0\u3000x") == "Zo\u00EB  x");
  CHECK(password_form("Ｐass") == "Ｐass");
  CHECK(password_form("plain\ttext") == "plain\ttext");
}

namespace {
bool accepted_as_name(const std::string& text) {
  std::vector<FieldError> errors;
  validate_name("name", text, 100, errors);
  return errors.empty();
}
}  // namespace

TEST_CASE("Names show something, and change nothing around them", "[MODEL-7][core]") {
  for (const auto& text : {"\u200B"s, "\u2060"s, "\uFEFF"s, "\u3164"s, "\u115F\u1160"s, "\uFFA0"s, "\u2800"s, "\u200E"s,
                           "\u200C\u200D"s, "\u00AD"s, "\U000E0061"s, "\uFE0F"s, " \u00A0"s}) {
    CAPTURE(text);
    CHECK(is_blank(text));
    CHECK_FALSE(accepted_as_name(text));
  }
  for (const auto& text : {"\x1B[31mJane"s, "Jane\x7F"s, "Jane\x07"s, "a\tb"s, "Jane\u009B1m"s, "Jane\u202Eenaj"s,
                           "\u202AJane\u202C"s, "\u2066Jane\u2069"s, "a\u2028b"s, "a\u0085b"s, "a\nb"s}) {
    CAPTURE(text);
    CHECK_FALSE(accepted_as_name(text));
  }
  for (const auto& text : {"می\u200Cخواهم"s, "ක්\u200Dෂ"s, "مُحَمَّد"s, "محمـــد"s, "Jane \u200Eابو\u200F"s,
                           "👩\u200D⚕️"s, "O’Brien"s, "张伟"s}) {
    CAPTURE(text);
    CHECK(accepted_as_name(text));
  }
}

TEST_CASE("National ids", "[MODEL-2][core]") {
  CHECK(national_id_key(" 12-34.56/ab ") == "123456AB");
  CHECK(national_id_key("é 1") == "É1");
  CHECK(national_id_key("٢٩٨٠١ ۱۲") == "2980112");
  CHECK(national_id_key("-- ") == "");
}
