/// \file
/// Patient numbers: patterns, years, growth, numbers of the clinic's own.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "engine/numbers.hpp"

using namespace clinic;
using namespace clinic::test;

namespace {

std::string registered(TempClinic& clinic, boost::json::object more = {}) {
  more.emplace("first_name", "A");
  more.emplace("last_name", "B");
  return std::string(clinic.call("patients.register", more).at("patient").at("number").as_string());
}

std::string with_pattern(const std::string& pattern) { return R"({"number_pattern":")" + pattern + R"("})"; }

Timestamp at(int year, unsigned month, unsigned day, int hour) {
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) + hours(hour);
}

/// Luhn mod 36 as its definition has it, over all characters but the last.
bool luhn_valid(std::string_view number) {
  int factor = 1, sum = 0;
  for (auto c = number.rbegin(); c != number.rend(); ++c) {
    const int value = *c >= '0' && *c <= '9' ? *c - '0' : *c >= 'A' && *c <= 'Z' ? *c - 'A' + 10 : -1;
    if (value < 0) continue;
    const int addend = factor * value;
    factor = 3 - factor;
    sum += addend / 36 + addend % 36;
  }
  return sum % 36 == 0;
}

}  // namespace

TEST_CASE("numbers look as the pattern says", "[NUM-1]") {
  const auto [pattern, first, second] = GENERATE(table<std::string, std::string, std::string>({
      {"LMC{seq:6}", "LMC000001", "LMC000002"},
      {"{seq}", "1", "2"},
      {"A-{seq:2}.x", "A-01.x", "A-02.x"},
      {"P{year}{seq:3}", "P2025001", "P2025002"},
  }));
  TempClinic clinic({.policy = with_pattern(pattern)});
  clinic.set_now(at(2025, 6, 1, 0));
  CHECK(registered(clinic) == first);
  CHECK(registered(clinic) == second);
}

TEST_CASE("a check character catches each wrong character and each swap but one", "[NUM-1]") {
  TempClinic clinic({.policy = with_pattern("C{seq:5}{check}")});
  for (int i = 0; i < 40; ++i) {
    const auto number = registered(clinic);
    INFO(number);
    REQUIRE(number.size() == 7);
    CHECK(luhn_valid(number));
    for (std::size_t place = 0; place < number.size(); ++place) {
      for (char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        auto wrong = number;
        if (c == number[place]) continue;
        wrong[place] = c;
        CHECK_FALSE(luhn_valid(wrong));
      }
    }
  }
}

TEST_CASE("the sequence restarts with the year in the clinic's time zone", "[NUM-1]") {
  TempClinic clinic({.policy = R"({"time_zone":"Asia/Jakarta"})"});  // UTC+7
  clinic.set_now(at(2025, 12, 31, 16));
  CHECK(registered(clinic) == "P2025001");
  CHECK(registered(clinic) == "P2025002");
  clinic.set_now(at(2025, 12, 31, 17));  // midnight there
  CHECK(registered(clinic) == "P2026001");
  clinic.set_now(at(2025, 12, 31, 16));  // a clock that was put back
  CHECK(registered(clinic) == "P2025003");
}

TEST_CASE("numbers grow past their padding", "[NUM-1][NUM-2]") {
  TempClinic clinic;
  clinic.set_now(at(2025, 6, 1, 0));
  CHECK(registered(clinic) == "P2025001");
  clinic.close();
  clinic.rows("UPDATE number_blocks SET next_value = 999");
  clinic.reopen();
  CHECK(registered(clinic) == "P2025999");
  CHECK(registered(clinic) == "P20251000");
}

TEST_CASE("the clinic's own numbers are kept, and lie in nobody's way", "[NUM-1]") {
  TempClinic clinic;
  clinic.set_now(at(2025, 6, 1, 0));
  for (const auto* own : {"P2025001", "P2025003", "P2025004", "MRN.7-b"})
    CHECK(registered(clinic, {{"number", own}}) == own);
  CHECK(registered(clinic) == "P2025002");
  CHECK(registered(clinic) == "P2025005");
  CHECK(clinic.refusal("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"number", "P2025005"}}).code() ==
        ErrorCode::duplicate_number);
  CHECK(registered(clinic) == "P2025006");
}

TEST_CASE("a registration that is refused gives its number back", "[NUM-1]") {
  TempClinic clinic;
  clinic.set_now(at(2025, 6, 1, 0));
  registered(clinic, {{"email", "a@example.org"}});
  for (int i = 0; i < 5; ++i)
    clinic.refusal("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"email", "a@example.org"}});
  CHECK(registered(clinic) == "P2025002");
}

TEST_CASE("a pattern that makes no usable numbers is refused on opening", "[NUM-1][CONF-1]") {
  for (const auto* pattern :
       {"P{year}", "{seq}{seq}", "P{seq:0}", "P{seq:99}", "P{seq:x}", "P{month}{seq}", "P{seq", "P/{seq}", "P {seq}"}) {
    INFO(pattern);
    try {
      TempClinic clinic({.policy = with_pattern(pattern)});
      FAIL_CHECK("not refused");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::configuration_invalid);
      REQUIRE(error.fields().size() == 1);
      CHECK(error.fields()[0].path == "policy.number_pattern");
    }
  }
}

TEST_CASE("what could be a number of the pattern is told from what could not", "[NUM-1][AUTH-1]") {
  const NumberPattern yearly("P{year}{seq:3}"), checked("A.{seq:2}-{check}");
  for (const auto* number : {"P2026001", "p2026001", "P20261000", "P1999123456"})
    CHECK(yearly.fits(number));
  for (const auto* other : {"P202601", "P2026O01", " P2026001", "P2026001x", "xP2026001", ""})
    CHECK_FALSE(yearly.fits(other));
  CHECK(checked.fits(checked.render(2026, 7)));
  CHECK(checked.fits("a.12345-z"));
  CHECK_FALSE(checked.fits("Ax12-Z"));
}

TEST_CASE("an age is as stated on the day in the clinic's time zone", "[MODEL-2]") {
  TempClinic clinic({.policy = R"({"time_zone":"America/New_York"})"});
  clinic.set_now(at(2025, 6, 15, 2));  // still the 14th there
  const auto patient =
      clinic.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"age_years", 30}}).at("patient");
  CHECK(patient.at("age").as_int64() == 30);
  CHECK(patient.at("age_stated_on").as_string() == "2025-06-14");
  clinic.set_now(at(2027, 6, 20, 12));
  CHECK(clinic.call("patients.get", {{"patient", patient.at("id")}}).at("age").as_int64() == 32);
  // Said again, it is true of today.
  CHECK(clinic.call("patients.update", {{"patient", patient.at("id")}, {"age_years", 30}}).at("age").as_int64() == 30);
}
