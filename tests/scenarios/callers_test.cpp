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

TEST_CASE("callers have names and ids", "[AUDIT-1]") {
  TempClinic clinic;
  for (const auto& nobody :
       {Actor::system(""), Actor::system(" \t"), Actor::system("\u3000"), Actor::system("", Role::admin),
        Actor::user("", Role::admin), Actor::user(" ", Role::admin)}) {
    try {
      register_as(clinic, nobody);
      FAIL("a caller without a name was heard");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::validation_failed);
    }
  }
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
