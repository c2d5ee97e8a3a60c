#include "described.hpp"
#include "support/catch.hpp"

using namespace clinic;
using namespace clinic::test;

namespace {

/// The errors of a Sample after one change to a good one.
template <class Change>
std::string after(Change change) {
  Sample sample;
  sample.first_name = "Jane";
  change(sample);
  return brief(check(sample));
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0)
    out += text;
  return out;
}

}  // namespace

TEST_CASE("Empty texts", "[MODEL-2][core]") {
  CHECK(after([](Sample& s) { s.first_name = ""; }) == "first_name required");
  CHECK(after([](Sample& s) { s.errors = {"x", ""}; }) == "errors[1] required");
  CHECK(after([](Sample& s) { s.data = Part{"s", "", 1}; }) == "data.value required");

  Sample sample;
  sample.first_name = "J";
  sample.email = "";
  sample.phone = std::string();
  CHECK(check(sample).empty());
  CHECK(!sample.email);        // '' is NULL
  CHECK(sample.phone.null());  // in a patch: clear it
}

TEST_CASE("Texts that databases and readers cannot hold", "[MODEL-7][core]") {
  CHECK(after([](Sample& s) { s.first_name = "a\xC0\xAF"; }) == "first_name invalid_utf8");
  CHECK(after([](Sample& s) { s.address = "\xED\xA0\x80"; }) == "address invalid_utf8");
  CHECK(after([](Sample& s) { s.phone = std::string("\xF4\x90\x80\x80"); }) == "phone invalid_utf8");
  CHECK(after([](Sample& s) {
          s.identifiers = {{"a", "b"}, {"a", std::string("b\0", 2)}};
        }) == "identifiers[1].value contains_nul");
  CHECK(after([](Sample& s) { s.name_key = "\xFF"; }) == "name_key invalid_utf8");
  CHECK(after([](Sample& s) { s.metadata.text = "{\"a\":\"\xFF\"}"; }) == "metadata invalid_utf8");
  CHECK(after([](Sample& s) { s.metadata.text = R"({"a":["\u0000"]})"; }) == "metadata contains_nul");
  CHECK(after([](Sample& s) { s.metadata.text = R"({"a":)"; }) == "metadata invalid_format");
  CHECK(after([](Sample& s) { s.metadata.text = "{} x"; }) == "metadata invalid_format");
  CHECK(after([](Sample& s) { s.metadata.text = ""; }) == "metadata invalid_format");
  CHECK(after([](Sample& s) { s.metadata.text = " [1, \"x\"] "; }).empty());
}

TEST_CASE("Limits count code points", "[MODEL-7][core]") {
  CHECK(after([](Sample& s) { s.first_name = repeat("😀", 100); }).empty());
  CHECK(after([](Sample& s) { s.first_name = repeat("😀", 101); }) == "first_name too_long");
  CHECK(after([](Sample& s) { s.first_name = repeat("é", 100); }).empty());
  CHECK(after([](Sample& s) { s.address = repeat("a", 500); }).empty());
  CHECK(after([](Sample& s) { s.address = repeat("a", 501); }) == "address too_long");
  CHECK(after([](Sample& s) { s.password = repeat("é", 36); }).empty());
  CHECK(after([](Sample& s) { s.password = repeat("é", 37); }) == "password too_long");  // 74 bytes
  Sample sample;
  sample.first_name = repeat("a", 120);
  CHECK(check(sample).at(0).message == "`first_name` has 120 characters; at most 100 are allowed.");
}

TEST_CASE("Formats", "[MODEL-7][MODEL-8][core]") {
  CHECK(after([](Sample& s) { s.first_name = " \u00A0\u3000"; }) == "first_name blank");
  CHECK(after([](Sample& s) { s.first_name = " Jane "; }).empty());
  CHECK(after([](Sample& s) { s.first_name = "a\nb"; }) == "first_name line_break_not_allowed");
  CHECK(after([](Sample& s) { s.phone = std::string("1\r2"); }) == "phone line_break_not_allowed");
  CHECK(after([](Sample& s) { s.first_name = "\u200B"; }) == "first_name blank");
  CHECK(after([](Sample& s) { s.first_name = "\x1B[2J"; }) == "first_name control_character");
  CHECK(after([](Sample& s) { s.first_name = "a\tb"; }) == "first_name control_character");
  CHECK(after([](Sample& s) { s.first_name = "\u202EenaJ"; }) == "first_name direction_changed");
  CHECK(after([](Sample& s) { s.first_name = "a\u2028b"; }) == "first_name line_break_not_allowed");
  CHECK(after([](Sample& s) { s.first_name = "می\u200Cخواهم\u200F"; }).empty());
  CHECK(after([](Sample& s) { s.first_name = repeat("\uFB2C", 40); }) == "first_name too_long");  // three each in NFC
  CHECK(after([](Sample& s) { s.phone = "\u202A+254 712 345678\u202C"; }).empty());  // as telephones copy it
  CHECK(after([](Sample& s) { s.phone = "\u202A\u202C"; }) == "phone blank");
  CHECK(after([](Sample& s) { s.phone = "1\x1B"; }) == "phone control_character");
  CHECK(after([](Sample& s) { s.address = "a\r\nb\n\tc\v\f"; }).empty());
  CHECK(after([](Sample& s) { s.address = "a\x1B[2J"; }) == "address control_character");
  CHECK(after([](Sample& s) { s.phone = std::string("not a number, but kept"); }).empty());
  CHECK(after([](Sample& s) { s.phone = repeat("1", 41); }) == "phone too_long");
  CHECK(after([](Sample& s) { s.email = "jane"; }) == "email invalid_format");
  CHECK(after([](Sample& s) { s.email = " jane@example.com"; }) == "email invalid_format");
  CHECK(after([](Sample& s) { s.email = "jane@example.com\n"; }) == "email line_break_not_allowed");
  CHECK(after([](Sample& s) { s.patient_id = "0199-a_B"; }).empty());
  CHECK(after([](Sample& s) { s.patient_id = "a'b"; }) == "patient_id invalid_format");
  CHECK(after([](Sample& s) { s.patient_id = "é"; }) == "patient_id invalid_format");
  CHECK(after([](Sample& s) { s.number = "P2026:001.x"; }).empty());
  CHECK(after([](Sample& s) { s.number = "P 1"; }) == "number invalid_format");
}

TEST_CASE("Values that are no text", "[MODEL-10][core]") {
  using namespace std::chrono;
  CHECK(after([](Sample& s) { s.limit = 0; }) == "limit out_of_range");
  CHECK(after([](Sample& s) { s.limit = 501; }) == "limit out_of_range");
  CHECK(after([](Sample& s) { s.age_years = 151; }) == "age_years out_of_range");
  CHECK(after([](Sample& s) { s.visit_count = std::int64_t{-1}; }) == "visit_count out_of_range");
  CHECK(after([](Sample& s) { s.visit_count = std::int64_t{9007199254740992}; }) == "visit_count out_of_range");
  CHECK(after([](Sample& s) { s.role = static_cast<Role>(77); }) == "role unknown_word");
  CHECK(after([](Sample& s) { s.roles = {Role::admin, static_cast<Role>(-1)}; }) == "roles[1] unknown_word");
  CHECK(after([](Sample& s) { s.birth_date = Date(year(2023), month(2), day(30)); }) == "birth_date invalid_format");
  CHECK(after([](Sample& s) { s.birth_date = Date(year(0), month(1), day(1)); }) == "birth_date invalid_format");
  CHECK(after([](Sample& s) { s.birth_date = Date(year(10000), month(1), day(1)); }) == "birth_date invalid_format");
  CHECK(after([](Sample& s) { s.from = Timestamp::max(); }) == "from out_of_range");
  CHECK(after([](Sample& s) { s.from = Timestamp(sys_days(year(1) / 1 / 1)); }).empty());
  CHECK(after([](Sample& s) { s.from = Timestamp(sys_days(year(10000) / 1 / 1)) - milliseconds(1); }).empty());
}

TEST_CASE("What the reader has complained about is not complained about twice", "[core]") {
  auto result = read<Sample>(R"({"limit":"x","data":{"system":1},"identifiers":[{}],"age_years":151})");
  validate(describe<Sample>(), &result.object, result.errors);
  CHECK(brief(result.errors) ==
        "limit wrong_type, data.system wrong_type, data.value required, identifiers[0].system required, "
        "identifiers[0].value required, first_name required, age_years out_of_range");
}

TEST_CASE("Messages hold no value", "[AUDIT-4][core]") {
  Sample sample;
  sample.first_name = repeat("s3cret", 50);
  sample.email = "s3cret";
  sample.patient_id = sample.number = "s3cret!";
  sample.metadata.text = "s3cret";
  const auto errors = check(sample);
  CHECK(errors.size() == 5);
  for (const auto& error : errors) {
    CHECK(error.message.find("s3cret") == std::string::npos);
    CHECK(error.message.starts_with("`" + error.path + "` "));
    CHECK(error.message.ends_with("."));
  }
}

// A text without a limit would reach the database unchecked.
TEMPLATE_LIST_TEST_CASE("Every text of a record has a format and a limit", "[MODEL-7][core]", Records) {
  for (const auto& field : describe<TestType>().fields) {
    CAPTURE(field.name);
    if (field.type->bare().kind != TypeKind::text) continue;
    CHECK(field.rule->format != Format::none);
    CHECK(field.rule->max_length > 0);
  }
}
