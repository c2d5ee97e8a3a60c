/// \file
/// The master key belongs to the database: another one is refused when it is opened, not when something cannot be read.

#include "old_key.hpp"

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "base/ids.hpp"
#include "crypto/sealer.hpp"

#include <boost/algorithm/hex.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <numeric>

using namespace clinic;
using namespace clinic::test;

namespace {

MasterKey bytes_of(const std::string& key) {
  MasterKey bytes{};
  boost::algorithm::unhex(key, bytes.begin());
  return bytes;
}

Clinic open_with(const TestDatabase& database, char digit) {
  auto configuration = test_configuration(database);
  configuration.master_key = test_key(digit);
  return Clinic::open(configuration);
}

Error refusal_to_open(const std::function<void()>& opening) {
  try {
    opening();
  } catch (const Error& error) {
    return error;
  }
  FAIL("the key was accepted");
  throw std::logic_error("not reached");
}

ErrorCode refusal_with(const TestDatabase& database, char digit) {
  return refusal_to_open([&] { open_with(database, digit); }).code();
}

std::vector<std::string> paths_of(const Error& error) {
  std::vector<std::string> paths;
  for (const auto& field : error.fields()) {
    CHECK(field.code == "wrong_key");
    paths.push_back(field.path);
  }
  return paths;
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
    const Sealer of_before({bytes_of(test_key('a'))}, random_bytes);
    database.rows(
        "DELETE FROM audit_entries; DELETE FROM events; DELETE FROM data_keys; UPDATE patients SET sealed_fields = "
        "NULL; UPDATE "
        "idempotency_records SET sealed_response = '" +
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

TEST_CASE("a refused master key is named by where it came from", "[CONF-3]") {
  const TestDatabase database;
  open_with(database, 'a');
  auto configuration = test_configuration(database);
  Environment environment;
  const auto refused = [&] { return refusal_to_open([&] { Clinic::open(configuration, environment); }); };
  SECTION("the configuration, and the keys of before") {
    configuration.master_key = test_key('b');
    configuration.previous_master_keys = {test_key('c')};
    const auto error = refused();
    CHECK(error.code() == ErrorCode::key_wrong);
    CHECK(paths_of(error) == std::vector<std::string>{"master_key", "previous_master_keys[0]"});
    CHECK(error.detail() == "The master key in the configuration is not the one with which the database was written.");
    CHECK(error.to_json().find(test_key('b')) == std::string::npos);
  }
  SECTION("the host") {
    configuration.master_key.reset();
    environment.master_key = [] { return test_key('b'); };
    const auto error = refused();
    CHECK(paths_of(error) == std::vector<std::string>{"master_key"});
    CHECK(error.detail().find("the host's callback") != std::string::npos);
  }
  SECTION("a file") {
    configuration.master_key.reset();
    configuration.master_key_file = database.folder().write("other.key", test_key('b') + "\n");
    const auto error = refused();
    CHECK(paths_of(error) == std::vector<std::string>{"master_key_file"});
    CHECK(error.detail().find(*configuration.master_key_file) != std::string::npos);
  }
}

TEST_CASE("no key is made of random numbers that are none", "[CONF-3][sqlite]") {
  const TestDatabase database;
  Environment environment;
  environment.random = [](std::span<std::byte> bytes) { std::fill(bytes.begin(), bytes.end(), std::byte{0x5a}); };
  for (const auto& storage : {database.url(), std::string("sqlite::memory:")}) {
    const auto error = refusal_to_open([&] { Clinic::open(test_configuration(storage), environment); });
    CHECK(error.code() == ErrorCode::key_wrong);
    CHECK(error.fields().at(0).code == "weak_key");
  }
  CHECK_FALSE(std::filesystem::exists(database.file() + ".key"));
  CHECK_NOTHROW(Clinic::open(test_configuration(database)));
}

TEST_CASE("a database in memory takes the key of its process", "[CONF-3][sqlite]") {
  for (int i = 0; i < 2; ++i)
    CHECK(Clinic::open(test_configuration("sqlite::memory:")).act_as(Actor::system("desk")).system().health().healthy);
}

TEST_CASE("a master key that is not random is refused, and may be left behind", "[CONF-3]") {
  const TestDatabase database;
  open_with(database, 'a');
  auto configuration = test_configuration(database);
  MasterKey counting{};
  std::iota(counting.begin(), counting.end(), static_cast<unsigned char>(7));
  const auto hex = [](const auto& bytes) {
    std::string text;
    boost::algorithm::hex_lower(bytes, std::back_inserter(text));
    return text;
  };
  const auto ascending = hex(counting);
  std::reverse(counting.begin(), counting.end());
  const auto descending = hex(counting);
  const std::string digits = "0123456789abcdef", doubled = "00112233445566778899aabbccddeeff";
  for (const auto& weak : {std::string(64, '0'), std::string(64, 'a'), digits + digits + digits + digits,
                           doubled + doubled, ascending, descending, std::string(60, '0') + "0123"}) {
    INFO(weak);
    configuration.master_key = weak;
    const auto error = refusal_to_open([&] { Clinic::open(configuration); });
    CHECK(error.code() == ErrorCode::key_wrong);
    REQUIRE(error.fields().size() == 1);
    CHECK(error.fields()[0].path == "master_key");
    CHECK(error.fields()[0].code == "weak_key");
    CHECK(error.to_json().find(weak) == std::string::npos);
  }

  // As a version wrote it that took any key.
  const std::string zeros(64, '0');
  const auto row = database.rows("SELECT sealed_key FROM data_keys").at(0).at("sealed_key");
  const auto data_key = Sealer({bytes_of(test_key('a'))}, random_bytes).unseal("data key", row.as_string());
  database.rows("UPDATE data_keys SET sealed_key = '" +
                Sealer({bytes_of(zeros)}, random_bytes).seal("data key", data_key) + "'");
  configuration.master_key = test_key('b');
  configuration.previous_master_keys = {zeros};
  CHECK(Clinic::open(configuration).act_as(Actor::system("desk")).system().reencrypt().data_key_resealed);
  CHECK_NOTHROW(open_with(database, 'b'));
}

TEST_CASE("a database whose own key was taken out gets no new one", "[CONF-3][AUDIT-3]") {
  const TestDatabase database;
  open_with(database, 'a')
      .act_as(Actor::system("desk"))
      .patients()
      .register_patient({.first_name = "A", .last_name = "B"});
  database.rows("DELETE FROM data_keys");
  const auto refused = [&] { return refusal_to_open([&] { open_with(database, 'a'); }); };
  SECTION("and nothing else was touched") {}
  SECTION("and the MACs with it, as if there had never been one") {
    database.rows("UPDATE audit_entries SET mac = NULL, actor_name = 'innocent'");
  }
  const auto error = refused();
  CHECK(error.code() == ErrorCode::key_missing);
  CHECK(error.detail().find("data_keys") != std::string::npos);
  CHECK(database.number("SELECT COUNT(*) FROM data_keys") == 0);
}

TEST_CASE("a key of clinic 0.1 gets the start of signing once, and stays sealed with the master key that it has",
          "[CONF-3][AUDIT-3]") {
  const TestDatabase database;
  const auto verified = [](const Clinic& clinic) { return clinic.act_as(Actor::system("desk")).audit().verify(); };
  open_with(database, 'a')
      .act_as(Actor::system("desk"))
      .patients()
      .register_patient({.first_name = "A", .last_name = "B"});
  forget_signing_start(database, test_key('a'));
  auto configuration = test_configuration(database);
  configuration.master_key = test_key('b');
  configuration.previous_master_keys = {test_key('a')};
  std::vector<std::future<AuditVerified>> opening;
  for (int i = 0; i < 4; ++i)
    opening.push_back(std::async(std::launch::async, [&] { return verified(Clinic::open(configuration)); }));
  for (auto& opened : opening)
    CHECK(opened.get().valid);
  CHECK(database.number("SELECT COUNT(*) FROM audit_entries WHERE action = 'SIGNING_BEGAN'") == 1);
  CHECK(refusal_with(database, 'b') == ErrorCode::key_wrong);
  CHECK(verified(open_with(database, 'a')).valid);
}
