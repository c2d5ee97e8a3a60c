/// \file
/// Who calls: names and ids go into the audit and stand for the caller of an idempotency key.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

using namespace clinic;
using namespace clinic::test;

namespace {

RegisteredPatient register_as(TempClinic& clinic, const Actor& actor) {
  return clinic.clinic().act_as(actor).patients().register_patient({.first_name = "A", .last_name = "B"},
                                                                   {.idempotency_key = "key"});
}

}  // namespace

TEST_CASE("callers have names and ids, and who has none is refused before any call", "[AUDIT-1]") {
  const auto refusal = [](const auto& make) {
    try {
      make();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::validation_failed);
      REQUIRE(error.fields().size() == 1);
      CHECK(error.detail() == error.fields()[0].message);
      return error.fields()[0].path + " " + error.fields()[0].code;
    }
    return std::string("none");
  };
  const std::vector<std::pair<std::string, std::string>> cases = {{"", "required"},
                                                                  {"  ", "blank"},
                                                                  {" \t", "control_character"},
                                                                  {"\u3000", "blank"},
                                                                  {"two\nlines", "line_break_not_allowed"},
                                                                  {"\xff", "invalid_utf8"},
                                                                  {std::string("a\0b", 3), "contains_nul"},
                                                                  {std::string(101, 'x'), "too_long"}};
  for (const auto& [text, code] : cases) {
    INFO(code);
    CHECK(refusal([&] { Actor::system(text); }) == "name " + code);
    CHECK(refusal([&] { Actor::system(text, Role::admin); }) == "name " + code);
    CHECK(refusal([&] { Actor::user(text, Role::admin); }) == "id " + code);
  }
  std::string hundred;  // characters, not bytes
  for (int i = 0; i < 100; ++i)
    hundred += "\u0639";
  CHECK(Actor::system(hundred).name() == hundred);
  CHECK(refusal([] { Actor::user(std::string(65, 'x'), Role::admin); }) == "id too_long");
}

TEST_CASE("what is said beside a request has its limits, each refused under its own name", "[BIND-5]") {
  TempClinic clinic;
  const auto refused = [&](const CallOptions& options) {
    std::vector<std::string> fields;
    const auto error = clinic.refusal("patients.register", {{"first_name", "A"}, {"last_name", "B"}}, options);
    for (const auto& field : error.fields())
      fields.push_back(field.path + " " + field.code);
    return fields;
  };
  using Fields = std::vector<std::string>;
  CHECK(refused({.idempotency_key = std::string(256, 'x')}) == Fields{"idempotency_key too_long"});
  CHECK(refused({.origin = "a\nb"}) == Fields{"origin line_break_not_allowed"});
  CHECK(refused({.challenge = std::string(4097, 'x')}) == Fields{"challenge too_long"});
  CHECK(refused({.idempotency_key = "\xff", .origin = std::string(201, 'x'), .challenge = "\r"}) ==
        Fields{"idempotency_key invalid_utf8", "origin too_long", "challenge line_break_not_allowed"});
  CHECK(clinic.database().number("SELECT COUNT(*) FROM patients") == 0);
}

TEST_CASE("a system actor and a user of one name have keys of their own", "[HTTP-5]") {
  TempClinic clinic;
  const auto of_desk = register_as(clinic, Actor::system("desk"));
  const auto of_user = register_as(clinic, Actor::user("desk", Role::admin));
  CHECK(of_desk.patient.id != of_user.patient.id);
  CHECK(register_as(clinic, Actor::system("desk")).patient.id == of_desk.patient.id);
  CHECK(register_as(clinic, Actor::user("desk", Role::admin)).patient.id == of_user.patient.id);
}

TEST_CASE("a birth is of today at the latest, as the clinic's calendar has it", "[MODEL-2][NUM-1]") {
  TempClinic clinic({.policy = R"({"time_zone":"Pacific/Kiritimati"})"});  // fourteen hours before UTC's
  using namespace std::chrono;
  clinic.set_now(sys_days(year(2026) / 3 / 1) + hours(12));
  clinic.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"birth_date", "2026-03-02"}});
  const auto error =
      clinic.refusal("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"birth_date", "2026-03-03"}});
  REQUIRE(error.fields().size() == 1);
  CHECK(error.fields()[0].path == "birth_date");
  CHECK(error.fields()[0].code == "out_of_range");
}

TEST_CASE("a host's clock outside of the years 1 to 9999 is taken for their ends", "[BIND-5]") {
  TempClinic clinic;
  for (const auto time : {Timestamp::min(), Timestamp::max()}) {
    clinic.set_now(time);
    clinic.call("patients.register",
                {{"first_name", "A"},
                 {"last_name", "B"},
                 {"age_years", 3},
                 {"create_portal_account", true},
                 {"email", "a" + std::to_string(time.time_since_epoch().count()) + "@example.org"}});
  }
  const auto patients = clinic.call("patients.list").at("items").as_array();
  REQUIRE(patients.size() == 2);
  CHECK(
      clinic.rows("SELECT created_at FROM patients WHERE created_at < -62135596800000 OR created_at > 253402300799999")
          .empty());
}
