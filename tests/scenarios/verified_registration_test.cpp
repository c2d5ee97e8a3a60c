/// \file
/// Registration by a proven contact (OTP-1 to OTP-4): guesses, proofs that are used at once, and what strangers learn.

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/recording_notifier.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <set>
#include <thread>

using namespace clinic;
using namespace clinic::test;
namespace json = boost::json;

namespace {

constexpr auto strong_password = "a long enough passphrase";

/// A clinic that keeps the messages that it sends.
class Registering {
 public:
  explicit Registering(const std::string& policy = "{}", LogLevel log_level = LogLevel::info)
      : clinic_({.policy = with_portal(policy),
                 .log_level = log_level,
                 .notifiers = {gateway_.serving(MessageChannel::email), gateway_.serving(MessageChannel::sms)}}) {}

  TempClinic& clinic() { return clinic_; }
  AuthService auth() { return clinic_.clinic().act_as(Actor::anonymous()).auth(); }

  std::string start(const std::string& email) { return auth().start_registration({.email = email}).verification_token; }
  /// The code that was sent last to that email.
  std::string code(const std::string& email) {
    clinic_.as().notifications().dispatch();
    const auto sent = gateway_.sent();
    const auto found = std::find_if(sent.rbegin(), sent.rend(), [&](const SentMessage& message) {
      return message.recipient == email && message.message_template == "email_code";
    });
    REQUIRE(found != sent.rend());
    return std::string(json::parse(found->data).at("code").as_string());
  }
  std::string prove(const std::string& email) {
    const auto token = start(email);
    return auth().verify_contact({.email = email, .code = code(email), .verification_token = token}).verified_token;
  }
  ErrorCode outcome(const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;  // which no call here answers
  }
  std::vector<std::string> templates() {
    clinic_.as().notifications().dispatch();
    std::vector<std::string> names;
    for (const auto& message : gateway_.sent())
      names.push_back(message.message_template);
    return names;
  }

 private:
  static std::string with_portal(const std::string& policy) {
    auto keys = json::parse(policy).as_object();
    keys["portal_address"] = "https://portal.example";
    keys["rate_limits"] = json::array();
    return json::serialize(keys);
  }

  RecordingNotifier gateway_;
  TempClinic clinic_;
};

std::string wrong(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

}  // namespace

TEST_CASE("wrong codes are counted for the contact, across resends and new starts, and at once", "[OTP-2]") {
  Registering place(R"({"code_resend_seconds":0,"attempts_per_account":100})");
  const auto first = place.start("mona@example.org");
  const auto bad = wrong(place.code("mona@example.org"));
  const auto guess = [&](const std::string& token, const std::string& code) {
    return place.outcome(
        [&] { place.auth().verify_contact({.email = "mona@example.org", .code = code, .verification_token = token}); });
  };
  CHECK(guess(first, bad) == ErrorCode::code_wrong);
  place.auth().resend_code({.verification_token = first});
  CHECK(guess(first, bad) == ErrorCode::code_wrong);
  const auto second = place.start("mona@example.org");

  constexpr int threads = 16;
  std::atomic<int> told = 0, locked = 0;
  {
    std::vector<std::jthread> strangers;
    for (int i = 0; i < threads; ++i)
      strangers.emplace_back([&, i] {
        const auto answered = guess(i % 2 ? first : second, bad);
        told += answered == ErrorCode::code_wrong;
        locked += answered == ErrorCode::too_many_attempts;
      });
  }
  CHECK(told == 3);
  CHECK(locked == threads - 3);
  CHECK(guess(second, place.code("mona@example.org")) == ErrorCode::too_many_attempts);  // though it is right
}

TEST_CASE("a proof that is used by many at once makes one account", "[OTP-2][OTP-3][SYNC-9]") {
  Registering place;
  const auto proof = place.prove("mona@example.org");
  constexpr int threads = 16;
  std::atomic<int> done = 0, refused = 0;
  std::barrier together(threads);
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < threads; ++i)
      callers.emplace_back([&, i] {
        together.arrive_and_wait();
        try {
          place.auth().set_password({.email = "mona@example.org",
                                     .verified_token = proof,
                                     .password = strong_password + std::to_string(i),
                                     .first_name = "Mona",
                                     .last_name = "Fahmy"});
          ++done;
        } catch (const Error& error) {
          refused += error.code() == ErrorCode::token_invalid;
        }
      });
  }
  CHECK(done == 1);
  CHECK(refused == threads - 1);
  CHECK(place.clinic().rows("SELECT id FROM users").size() == 1);
  CHECK(broken_invariants(place.clinic().database()).empty());
}

TEST_CASE("a proof ends with its time, and with its contact", "[OTP-2][SYNC-9]") {
  Registering place(R"({"proof_minutes":30})");
  place.clinic().set_now(noon);
  const auto proof = place.prove("mona@example.org");
  const auto use = [&](const std::string& email) {
    return place.outcome(
        [&] { place.auth().set_password({.email = email, .verified_token = proof, .password = strong_password}); });
  };
  CHECK(use("other@example.org") == ErrorCode::token_invalid);
  place.clinic().set_now(noon + std::chrono::minutes(31));
  CHECK(use("mona@example.org") == ErrorCode::token_invalid);
}

TEST_CASE("the owner's proof opens the record that the desk made, and a stranger's account with that email ends",
          "[OTP-3][SYNC-9]") {
  Registering place(R"({"self_registration":true})");
  const auto& clinic = place.clinic();
  const auto squatter = place.auth().register_account(
      {.first_name = "Eve", .last_name = "Il", .email = "mona@example.org", .password = "the stranger's passphrase"});
  const auto stolen = place.auth().log_in({.login = "mona@example.org", .password = "the stranger's passphrase"});
  const auto person = place.auth().set_password({.email = "mona@example.org",
                                                 .verified_token = place.prove("mona@example.org"),
                                                 .password = strong_password,
                                                 .first_name = "Mona",
                                                 .last_name = "Fahmy"});
  CHECK(person.patient->first_name == "Mona");
  CHECK(place.outcome([&] {
    place.auth().log_in({.login = "mona@example.org", .password = "the stranger's passphrase"});
  }) == ErrorCode::login_failed);
  CHECK_THROWS_AS(place.clinic().clinic().act_with_token(stolen.access_token).profile().get(), Error);
  CHECK(place.auth().log_in({.login = "mona@example.org", .password = strong_password}).user.id == person.user.id);
  CHECK(clinic.rows("SELECT id FROM patients").size() == 1);
  CHECK(squatter.user.id == person.user.id);
}

TEST_CASE("strangers are told the same of a contact that is known and of one that is not, at the same cost",
          "[OTP-4][AUTH-9]") {
  Registering place(R"({"code_resend_seconds":0,"attempts_per_account":100,"attempts_per_address":10000})",
                    LogLevel::trace);
  auto& clinic = place.clinic();
  clinic.call("patients.register", {{"first_name", "With"},
                                    {"last_name", "Account"},
                                    {"email", "known@example.org"},
                                    {"create_portal_account", true},
                                    {"password", strong_password}});
  clinic.call("patients.confirm_account", {{"patient", clinic.rows("SELECT id FROM patients").at(0).at("id")}});
  clinic.rows("UPDATE users SET email_verified_at = 1");
  clinic.call("patients.register", {{"first_name", "Walk"}, {"last_name", "In"}, {"email", "patient@example.org"}});

  const auto cost = [&](const std::function<std::string()>& call) {
    clinic.log().clear();
    const auto told = call();
    return std::tuple(told, clinic.log().statements(), clinic.log().hashes());
  };
  using Cost = decltype(cost({}));
  std::set<Cost> starts, resends, guesses;
  for (const auto* email : {"known@example.org", "patient@example.org", "nobody@example.org"}) {
    std::string token;
    starts.insert(cost([&] {
      const auto started = place.auth().start_registration({.email = email});
      token = started.verification_token;
      return started.message;
    }));
    resends.insert(cost([&] { return place.auth().resend_code({.verification_token = token}).message; }));
    guesses.insert(cost([&] {
      return std::string(info(place.outcome([&] {
                           place.auth().verify_contact({.email = email, .code = "x", .verification_token = token});
                         })).word);
    }));
  }
  CHECK(starts.size() == 1);
  CHECK(resends.size() == 1);
  CHECK(guesses.size() == 1);
  const auto sent = place.templates();
  CHECK(std::count(sent.begin(), sent.end(), "already_registered") == 2);  // its owner is told
  CHECK(std::count(sent.begin(), sent.end(), "email_code") == 4);
}

TEST_CASE("nobody registers by a contact that the policy does not name, nor finds out whether it is known", "[OTP-1]") {
  Registering place(R"({"registration_channels":["email"]})");
  CHECK(place.outcome([&] { place.auth().start_registration({.phone = "+254712345678"}); }) == ErrorCode::forbidden);
  CHECK(place.outcome([&] { place.auth().start_registration({}); }) == ErrorCode::validation_failed);
  CHECK(place.outcome([&] { place.auth().start_registration({.email = "a@example.org", .phone = "+254712345678"}); }) ==
        ErrorCode::validation_failed);
}
