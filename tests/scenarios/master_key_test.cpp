/// \file
/// The master key belongs to the database: another one is refused when it is opened, not when something cannot be read.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "core/ids.hpp"
#include "core/sealer.hpp"

using namespace clinic;
using namespace clinic::test;

namespace {

std::string key_of(char digit) { return std::string(64, digit); }

Clinic open_with(const TestDatabase& database, char digit) {
  auto configuration = test_configuration(database);
  configuration.master_key = key_of(digit);
  return Clinic::open(configuration);
}

ErrorCode refusal_with(const TestDatabase& database, char digit) {
  try {
    open_with(database, digit);
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("the key was accepted");
  throw std::logic_error("not reached");
}

}  // namespace

TEST_CASE("another master key than the database's is refused at the opening", "[CONF-3][HTTP-5]") {
  const TestDatabase database;
  const RegisterPatient jane{.first_name = "Jane", .last_name = "Smith"};
  const auto register_jane = [&](const Clinic& clinic) {
    return clinic.act_as(Actor::system("desk")).patients().register_patient(jane, {.idempotency_key = "once"});
  };
  const auto first = register_jane(open_with(database, 'a'));
  CHECK(refusal_with(database, 'b') == ErrorCode::key_wrong);
  CHECK(register_jane(open_with(database, 'a')).patient.id == first.patient.id);
  CHECK(database.number("SELECT COUNT(*) FROM patients") == 1);

  SECTION("a database of an older version has its key noted at the next opening") {
    const Sealer of_before(
        {MasterKey{0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
                   0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}},
        random_bytes);
    database.rows("DELETE FROM data_keys; UPDATE idempotency_records SET sealed_response = '" +
                  of_before.seal("idempotency response", "{}") + "'");
    SECTION("if it is the key of what is sealed there") {
      CHECK(refusal_with(database, 'b') == ErrorCode::key_wrong);
      CHECK(database.number("SELECT COUNT(*) FROM data_keys") == 0);
    }
    open_with(database, 'a');
    CHECK(database.number("SELECT COUNT(*) FROM data_keys WHERE key_use = 'data'") == 1);
    CHECK(refusal_with(database, 'b') == ErrorCode::key_wrong);
  }
}

TEST_CASE("a database in memory takes the key of its process", "[CONF-3][sqlite]") {
  for (int i = 0; i < 2; ++i)
    CHECK(Clinic::open(test_configuration("sqlite::memory:")).act_as(Actor::system("desk")).system().health().healthy);
}
