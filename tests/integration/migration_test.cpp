/// \file
/// Databases of older schema versions, with data in them, brought forward; on every backend.

#include "base/ids.hpp"
#include "crypto/sealer.hpp"
#include "records/record_model.hpp"
#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_folder.hpp"
#include "support/test_database.hpp"

#include <clinic/clinic.hpp>
#include <clinic/error.hpp>
#include <clinic/schema.hpp>

#include <boost/algorithm/hex.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

using namespace clinic;
using test::Backend;
using test::TestDatabase;

namespace {

Configuration on(const TestDatabase& database) {
  Configuration configuration;
  configuration.storage = database.url();
  configuration.master_key = database.master_key();
  configuration.plugin_directories = {test::plugin_folder()};
  if (!configuration.master_key) configuration.master_key = test::test_key('1');
  return configuration;
}

/// The changes of one step of the plugin, made with the bare client.
void run_step(const TestDatabase& database, std::uint32_t step) {
  const auto script = test::contents(test::plugin_sources() + "/" + std::string(word(database.backend())) +
                                     "/schema/000" + std::to_string(step) + ".sql");
  REQUIRE_FALSE(script.empty());
  database.rows(script);
}

/// As the SDK of that time left it.
void make_version(const TestDatabase& database, std::uint32_t version) {
  if (database.backend() == Backend::sqlite) std::ofstream(database.file()).flush();
  database.rows("CREATE TABLE clinic_schema (version INTEGER NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)");
  for (std::uint32_t step = 1; step <= version; ++step) {
    run_step(database, step);
    database.rows("INSERT INTO clinic_schema VALUES (" + std::to_string(step) + ", 1700000000000)");
  }
}

void add_jane(const TestDatabase& database) {
  database.rows(
      R"(INSERT INTO "patients" ("id", "number", "first_name", "last_name", "name_key", "last_name_key", "email",
      "email_key", "allergies", "kind", "status", "account_id", "visit_count", "balance_minor", "created_by", "created_at",
      "updated_at", "lock_count", "version")
    VALUES ('jane', 'P2025001', 'Jané', 'Smith', 'jane smith', 'smith', 'Jane@example.org', 'jane@example.org',
      'penicillin', 'walk_in', 'active', 'jane', 3, 1250, 'desk', 1700000000000, 1700000000000, 4, 7))");
  database.rows(
      R"(INSERT INTO "users" ("id", "username", "username_key", "email", "email_key", "first_name", "last_name",
      "name_key", "role", "user_type", "active", "password_change_required", "superadmin", "failed_logins", "patient_id", "created_at",
      "updated_at", "lock_count", "version")
    VALUES ('jane', 'Jane@example.org', 'jane@example.org', 'Jane@example.org', 'jane@example.org', 'Jané', 'Smith',
      'jane smith', 'patient', 'patient', 1, 0, 0, 0, 'jane', 1700000000000, 1700000000000, 0, 2))");
}

/// An entry of the audit as versions before schema 4 wrote it.
void add_entry(const TestDatabase& database, int number) {
  database.rows(
      "INSERT INTO audit_entries (id, created_at, actor_name, actor_role, action, resource_type, outcome, "
      "metadata) VALUES ('018bcfe5-6800-7000-8000-00000000000" +
      std::to_string(number) + "', 1700000000000, 'desk', 'system', 'PATIENT_CREATED', 'patient', 'done', '{}')");
}

/// Everything in the database but its rows.
boost::json::array shape_of(const TestDatabase& database) {
  switch (database.backend()) {
    case Backend::sqlite:
      return database.rows(
          "SELECT name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name");
    case Backend::postgresql:
      return database.rows(
          "SELECT table_name AS t, column_name AS c, data_type || COALESCE(character_maximum_length::text, '') || "
          "is_nullable || COALESCE(collation_name, '') AS d FROM information_schema.columns WHERE table_schema = "
          "'public' "
          "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2");
    case Backend::mysql:
      return database.rows(
          "SELECT table_name AS t, column_name AS c, CONCAT(column_type, is_nullable, COALESCE(collation_name, '')) AS "
          "d "
          "FROM information_schema.columns WHERE table_schema = DATABASE() "
          "UNION ALL SELECT table_name, CONCAT(index_name, seq_in_index), CONCAT(column_name, non_unique) "
          "FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1, 2");
  }
  return {};
}

ErrorCode refusal_of(const Configuration& configuration) {
  try {
    Clinic::open(configuration);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("a database of an older version comes forward with its data", "[STORE-2]") {
  const auto version = GENERATE(range<std::uint32_t>(1, schema_version));
  CAPTURE(version);
  const TestDatabase old, fresh;
  make_version(old, version);
  add_jane(old);
  CHECK(schema_status(on(old)).present == version);

  auto waiting = on(old);
  waiting.migrate = false;
  CHECK(refusal_of(waiting) == ErrorCode::schema_older);
  CHECK(schema_status(on(old)).present == version);

  const auto clinic = Clinic::open(on(old));
  CHECK(schema_status(on(old)).current());
  CHECK(old.number("SELECT COUNT(*) FROM clinic_schema") == schema_version);
  auto desk = clinic.act_as(Actor::system("desk"));
  auto jane = desk.patients().get({"P2025001"});
  CHECK(jane.first_name == "Jané");
  CHECK(jane.allergies == "penicillin");
  CHECK(jane.visit_count == 3);
  CHECK(jane.balance_minor == 1250);
  CHECK(jane.version == 7);
  CHECK(desk.sync().user_for_patient({"jane"}).user->username == "Jane@example.org");
  UpdatePatient change;
  change.patient = "jane";
  change.address = std::string("12 Long Street");
  CHECK(desk.patients().update(change).version == 8);
  CHECK(old.number("SELECT COUNT(*) FROM \"people\" WHERE \"own_patient\" = 1") == 1);

  CHECK(migrate_schema(on(fresh)).present == 0);
  CHECK(shape_of(old) == shape_of(fresh));
}

TEST_CASE("a migration that broke off is taken up again", "[STORE-2]") {
  const auto step = GENERATE(range<std::uint32_t>(2, schema_version + 1));
  CAPTURE(step);
  const TestDatabase database, fresh;
  make_version(database, step - 1);
  add_jane(database);
  // Where the server commits each change by itself, all of a step may be there without the row that says so.
  if (database.backend() == Backend::mysql) run_step(database, step);
  migrate_schema(on(database));
  migrate_schema(on(fresh));
  CHECK(shape_of(database) == shape_of(fresh));
  CHECK(database.number("SELECT COUNT(*) FROM \"patients\"") == 1);
}

TEST_CASE("several that migrate at once", "[STORE-2]") {
  const TestDatabase database, fresh;
  make_version(database, 1);
  add_jane(database);
  add_entry(database, 1);
  std::vector<std::future<Clinic>> opening;
  for (int i = 0; i < 6; ++i)
    opening.push_back(std::async(std::launch::async, [&] { return Clinic::open(on(database)); }));
  for (auto& opened : opening)
    CHECK(opened.get().act_as(Actor::system("desk")).patients().get({"jane"}).number == "P2025001");
  migrate_schema(on(fresh));
  CHECK(shape_of(database) == shape_of(fresh));
  CHECK(database.number("SELECT COUNT(*) FROM clinic_schema") == schema_version);
}

TEST_CASE("what was audited before entries were signed is kept as it was then", "[STORE-2][AUDIT-3]") {
  const TestDatabase database;
  make_version(database, 3);
  add_entry(database, 2);
  const auto verified = [&] { return Clinic::open(on(database)).act_as(Actor::system("desk")).audit().verify(); };
  // Or with the first opening.
  if (GENERATE(false, true)) {
    auto without_key = on(database);
    without_key.master_key.reset();
    CHECK_THROWS_AS(migrate_schema(without_key), Error);
    CHECK(schema_status(on(database)).present == 3);
    Environment environment;
    environment.master_key = [&] { return *on(database).master_key; };
    migrate_schema(without_key, environment);
    CHECK(database.number("SELECT COUNT(*) FROM data_keys") == 1);
  }
  const auto before = verified();
  CHECK(before.valid);
  CHECK(before.entries_unsigned == 1);
  CHECK(before.entries_checked == 1);  // that says since when
  CHECK(before.signed_since.has_value());
  CHECK(database.number("SELECT COUNT(*) FROM audit_entries WHERE action = 'SIGNING_BEGAN'") == 1);
  SECTION("put in") { add_entry(database, 1); }
  SECTION("taken out") { database.rows("DELETE FROM audit_entries WHERE mac IS NULL"); }
  SECTION("changed") { database.rows("UPDATE audit_entries SET actor_name = 'innocent' WHERE mac IS NULL"); }
  const auto after = verified();
  REQUIRE(after.problems.size() == 1);
  CHECK(after.problems[0].code == AuditFault::unsigned_changed);
}

TEST_CASE("another master key or a breaking off on the way forward does no harm", "[STORE-2][CONF-3]") {
  const TestDatabase database;
  make_version(database, 3);
  add_entry(database, 1);
  const auto right = on(database);
  const bool migrates = GENERATE(false, true);
  const auto forward = [&](const Configuration& configuration, const Environment& environment = {}) {
    if (migrates)
      migrate_schema(configuration, environment);
    else
      Clinic::open(configuration, environment);
  };
  SECTION("another master key") {
    MasterKey key{};
    boost::algorithm::unhex(*right.master_key, key.begin());
    database.rows("INSERT INTO idempotency_records VALUES ('1', 'patients.register', '1', '" +
                  Sealer({key}, random_bytes).seal("idempotency response", "{}") + "', 1700000000000)");
    auto other = right;
    other.master_key = test::test_key('2');
    CHECK_THROWS_MATCHES(forward(other), Error, Catch::Matchers::Predicate<Error>([](const Error& error) {
                           return error.code() == ErrorCode::key_wrong;
                         }));
    CHECK(schema_status(right).present == 3);
  }
  SECTION("a breaking off when the schema is there and the key is not") {
    Environment failing;
    failing.random = [&](std::span<std::byte> bytes) {
      if (schema_status(right).current()) throw std::runtime_error("broken off");
      random_bytes(bytes);
    };
    CHECK_THROWS(forward(right, failing));
    CHECK(schema_status(right).current());
    CHECK(database.number("SELECT COUNT(*) FROM data_keys") == 0);
  }
  forward(right);
  const auto verified = Clinic::open(right).act_as(Actor::system("desk")).audit().verify();
  CHECK(verified.valid);
  CHECK(verified.entries_unsigned == 1);
  CHECK(database.number("SELECT COUNT(*) FROM idempotency_records WHERE id <> '1'") == 0);
}

TEST_CASE("a newer database is refused, and stays as it is", "[STORE-2]") {
  const TestDatabase database;
  migrate_schema(on(database));
  database.rows("INSERT INTO clinic_schema VALUES (" + std::to_string(schema_version + 1) + ", 1700000000000)");
  const auto status = schema_status(on(database));
  CHECK(status.newer());
  CHECK(status.present == schema_version + 1);
  CHECK(refusal_of(on(database)) == ErrorCode::schema_newer);
  CHECK_THROWS_AS(migrate_schema(on(database)), Error);
  CHECK(database.number("SELECT MAX(version) FROM clinic_schema") == schema_version + 1);
}

TEST_CASE("looking at the schema makes nothing", "[STORE-2]") {
  const TestDatabase database;
  CHECK(schema_status(on(database)).present == 0);
  if (database.backend() == Backend::sqlite)
    CHECK_FALSE(std::filesystem::exists(database.file()));
  else
    CHECK(database.tables().empty());
}
