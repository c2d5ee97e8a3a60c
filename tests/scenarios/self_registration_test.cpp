/// \file
/// Registration by the person itself (AUTH-9): where the policy has it, what a stranger learns by it, many at once. Its
/// story is in tests/data/scenarios/registration.json.

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <barrier>
#include <thread>

using namespace clinic;
using namespace clinic::test;

namespace {

RegisterAccount person(const std::string& email) {
  return {.first_name = "Mona", .last_name = "Fahmy", .email = email, .password = "a long enough passphrase"};
}

/// Registers as nobody in particular; the error as JSON, empty where there is none.
std::string outcome(TempClinic& clinic, const RegisterAccount& request) {
  try {
    clinic.clinic().act_as(Actor::anonymous()).auth().register_account(request);
    return {};
  } catch (const Error& error) {
    return error.to_json();
  }
}

std::int64_t count(const TempClinic& clinic, const std::string& table) {
  return clinic.rows("SELECT count(*) AS n FROM " + table)[0].at("n").as_int64();
}

}  // namespace

TEST_CASE("nobody registers where the policy does not say so", "[AUTH-9]") {
  TempClinic clinic;
  for (const auto& session : {clinic.clinic().act_as(Actor::anonymous()), clinic.as(Role::admin), clinic.as()}) {
    try {
      session.auth().register_account(person("mona@example.org"));
      FAIL_CHECK("not refused");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::forbidden);
      CHECK(error.detail().find("self_registration") != std::string::npos);
    }
  }
  CHECK(count(clinic, "users") == 0);
  CHECK(count(clinic, "patients") == 0);
}

TEST_CASE("a policy that links matches does not link whoever registers", "[AUTH-9][SYNC-9]") {
  const auto* on_match = GENERATE("link", "offer", "reject");
  INFO(on_match);
  TempClinic clinic({.policy = std::string(R"({"self_registration":true,"match_keys":["email","phone"],"on_match":")") +
                               on_match + "\"}"});
  const auto walk_in = clinic.call(
      "patients.register",
      {{"first_name", "Walk"}, {"last_name", "In"}, {"email", "walkin@example.org"}, {"phone", "+254712345678"}});
  clinic.call("patients.register", {{"first_name", "With"},
                                    {"last_name", "Account"},
                                    {"email", "own@example.org"},
                                    {"phone", "+254712345679"},
                                    {"create_portal_account", true},
                                    {"portal_email", "portal@example.org"}});
  clinic.call("users.create", {{"email", "nurse@example.org"}, {"phone", "+254712345670"}, {"role", "nurse"}});

  // Whoever has it, whichever record it stands in: one answer.
  const auto by_email = outcome(clinic, person("walkin@example.org"));
  CHECK(by_email.find("\"duplicate_email\"") != by_email.npos);
  for (const auto* email : {"own@example.org", "PORTAL@example.org", "nurse@example.org"})
    CHECK(outcome(clinic, person(email)) == by_email);
  // A phone that nobody has proven reserves nothing, opens nothing, and tells nobody who has it.
  auto request = person("new@example.org");
  request.phone = "+254 712 345 678";
  CHECK(outcome(clinic, request).empty());
  CHECK(clinic.rows("SELECT id FROM users WHERE phone_login_key = '+254712345678'").empty());
  const auto patient = clinic.call("patients.get", {{"patient", walk_in.at("patient").at("id")}});
  CHECK(patient == walk_in.at("patient"));
  CHECK(count(clinic, "users") == 3);
  CHECK(count(clinic, "patients") == 3);
  CHECK(broken_invariants(clinic.database()).empty());
}

TEST_CASE("where households share a phone, whoever registers may have one that is known", "[AUTH-9][SYNC-7]") {
  TempClinic clinic({.policy = R"({"self_registration":true,"match_keys":["email"]})"});
  auto request = person("one@example.org");
  request.phone = "+254712345678";
  CHECK(outcome(clinic, request).empty());
  request.email = "two@example.org";
  CHECK(outcome(clinic, request).empty());
  CHECK(count(clinic, "patients") == 2);
}

TEST_CASE("who was merged into another is nobody who registered", "[AUTH-9]") {
  TempClinic clinic({.policy = R"({"self_registration":true,"match_keys":["email","phone"]})"});
  clinic.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"phone", "+254712345678"}});
  clinic.rows("UPDATE patients SET status = 'merged'");
  auto request = person("one@example.org");
  request.phone = "+254712345678";
  CHECK(outcome(clinic, request).empty());
}

TEST_CASE("a registration that is refused as a duplicate costs a password hash as one that is not", "[AUTH-9]") {
  TempClinic clinic({.policy = R"({"self_registration":true})", .log_level = LogLevel::trace});
  const auto hashes = [&](const RegisterAccount& request) {
    clinic.log().clear();
    outcome(clinic, request);
    return clinic.log().hashes();
  };
  CHECK(hashes(person("mona@example.org")) == 1);
  CHECK(hashes(person("mona@example.org")) == 1);
  auto named = person("other@example.org");
  named.username = "mona@example.org";  // another's: refused by its form
  hashes(named);
  named.username = "mona";
  CHECK(hashes(named) == 1);
  named.email = "third@example.org";
  CHECK(hashes(named) == 1);
}

TEST_CASE("of many who register one email at once, one gets the account and its patient", "[AUTH-9][concurrent]") {
  // Several rounds: in the first one there are connections to be made and numbers to be fetched, one after the other.
  constexpr int threads = 32, rounds = 8;
  TempClinic clinic({.policy = R"({"self_registration":true,"match_keys":["email","phone"]})"});
  std::atomic<int> done = 0, duplicate = 0, other = 0;
  std::barrier together(threads);
  std::vector<std::thread> people;
  people.reserve(threads);
  for (int i = 0; i < threads; ++i)
    people.emplace_back([&, i] {
      for (int round = 0; round < rounds; ++round) {
        auto request = person((i % 2 ? "mona" : "MONA") + std::to_string(round) + "@example.org");
        request.phone = "+25471234567" + std::to_string(round);
        if (i % 3 == 0) request.username = "mona " + std::to_string(i) + " of " + std::to_string(round);
        together.arrive_and_wait();
        try {
          clinic.clinic().act_as(Actor::anonymous()).auth().register_account(request);
          ++done;
        } catch (const Error& error) {
          // Whether it was found by looking or by the database is not to be told.
          ++(error.detail().starts_with("Somebody is registered with this ") ? duplicate : other);
        }
      }
    });
  for (auto& each : people)
    each.join();
  CHECK(done == rounds);
  CHECK(duplicate == (threads - 1) * rounds);
  CHECK(other == 0);
  CHECK(count(clinic, "users") == rounds);
  CHECK(count(clinic, "patients") == rounds);
  for (const auto& line : broken_invariants(clinic.database()))
    FAIL_CHECK(line);
}
