/// \file
/// What a stranger can learn from logins and resets: nothing, neither from answers nor from work done (AUTH-6).

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <thread>

using namespace clinic;
using namespace clinic::test;

namespace {

/// What a call costs: password hashes, statements, and those of them about counted attempts, from the log.
struct LoginCost {
  std::ptrdiff_t hashes, statements, counters;
  std::string answer;
  friend bool operator==(const LoginCost&, const LoginCost&) = default;
};

class Watched {
 public:
  Watched() : clinic_({.log_level = LogLevel::trace}) {
    clinic_.call("patients.register", {{"first_name", "Known"},
                                       {"last_name", "One"},
                                       {"number", "K-1"},
                                       {"email", "known@example.org"},
                                       {"phone", "+254712345678"},
                                       {"create_portal_account", true},
                                       {"password", "a long enough passphrase"}});
    clinic_.call("users.create", {{"username", "invited"}, {"email", "invited@example.org"}, {"role", "nurse"}});
    clinic_.call("users.create", {{"username", "called"}, {"phone", "+254712345677"}, {"role", "nurse"}});
    const auto left = clinic_.call("users.create", {{"username", "left"},
                                                    {"email", "left@example.org"},
                                                    {"role", "nurse"},
                                                    {"password", "a long enough passphrase"}});
    clinic_.call("users.update", {{"user", left.at("user").at("id")}, {"active", false}});
  }

  LoginCost cost(const std::string& operation, const boost::json::object& request) {
    clinic_.log().clear();
    LoginCost cost{0, 0, 0, {}};
    const auto session = clinic_.clinic().act_as(Actor::anonymous());
    try {
      cost.answer = session.call(operation, boost::json::serialize(request));
    } catch (const Error& error) {
      cost.answer = error.to_json();
    }
    const auto lines = clinic_.log().all();
    const auto with = [&](std::string_view text) {
      return std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.find(text) != line.npos; });
    };
    cost.hashes = clinic_.log().hashes();
    cost.counters = with("attempt_counters");
    cost.statements = clinic_.log().statements();
    return cost;
  }

 private:
  TempClinic clinic_;
};

}  // namespace

TEST_CASE("a login of somebody unknown costs what one with a wrong password costs", "[AUTH-6]") {
  Watched watched;
  const auto wrong = [&](const std::string& login) {
    return watched.cost("auth.login", {{"login", login}, {"password", "not the passphrase"}});
  };
  const auto known = wrong("known@example.org");
  CHECK(known.hashes == 1);
  CHECK(known.statements > 4);
  CHECK(wrong("unknown@example.org") == known);
  CHECK(wrong("+254799999999") == known);
  CHECK(wrong("K-2") == known);
  CHECK(wrong("invited") == known);              // an account without a password
  CHECK(wrong("left") == known);                 // one that is closed
  CHECK(wrong("invited@example.org") == known);  // contacts of staff that nobody has proven
  CHECK(wrong("+254712345677") == known);
  CHECK(wrong("K-1").answer == known.answer);
}

TEST_CASE("a request for a reset answers and costs the same, whoever asks for whom", "[AUTH-4][AUTH-6]") {
  Watched watched;
  const auto known = watched.cost("auth.request_password_reset", {{"login", "known@example.org"}});
  CHECK(known.statements > 6);
  for (const auto* login : {"unknown@example.org", "unknown", "+254799999999", "K-2", "left", "called", "invited",
                            "invited@example.org", "+254712345677"}) {
    CAPTURE(login);
    CHECK(watched.cost("auth.request_password_reset", {{"login", login}}) == known);
  }
}

TEST_CASE("a right login looks for each counter once, and once for those to forget", "[AUTH-6]") {
  Watched watched;
  // Count: look, write. Let in: look, and look for the account's, and erase the one that is there.
  CHECK(watched.cost("auth.login", {{"login", "K-1"}, {"password", "a long enough passphrase"}}).counters == 5);
}

TEST_CASE("attempts are counted before they are made: many at once are many", "[AUTH-6][concurrent]") {
  TempClinic clinic({.policy = R"({"attempts_per_account":5})"});
  clinic.set_now(Timestamp(std::chrono::milliseconds(1790000000000)));
  clinic.call("users.create", {{"username", "target"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
  std::atomic<int> tried = 0, locked = 0, other = 0;
  std::vector<std::thread> guessers;
  for (int i = 0; i < 24; ++i)
    guessers.emplace_back([&] {
      try {
        clinic.clinic().act_as(Actor::anonymous()).auth().log_in({"target", "a guess"});
        ++other;
      } catch (const Error& error) {
        ++(error.code() == ErrorCode::login_failed        ? tried
           : error.code() == ErrorCode::too_many_attempts ? locked
                                                          : other);
      }
    });
  for (auto& guesser : guessers)
    guesser.join();
  CHECK(tried == 5);
  CHECK(locked == 19);
  CHECK(other == 0);
  try {
    clinic.clinic().act_as(Actor::anonymous()).auth().log_in({"target", "a long enough passphrase"});
    FAIL("the lock does not hold");
  } catch (const Error& error) {
    CHECK(error.retry_after_seconds() == 900);
  }
}

TEST_CASE("right logins at once keep one another waiting for a second at the most", "[AUTH-6][concurrent]") {
  TempClinic clinic({.policy = R"({"attempts_per_account":3,"attempts_per_address":3})"});
  clinic.set_now(Timestamp(std::chrono::milliseconds(1790000000000)));
  clinic.call("users.create", {{"username", "busy"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
  std::atomic<int> let_in = 0, waiting = 0, other = 0;
  std::vector<std::thread> tabs;
  for (int i = 0; i < 24; ++i)
    tabs.emplace_back([&] {
      try {
        clinic.clinic()
            .act_as(Actor::anonymous())
            .auth()
            .log_in({"busy", "a long enough passphrase"}, {.origin = "192.0.2.1"});
        ++let_in;
      } catch (const Error& error) {
        ++(error.code() == ErrorCode::too_many_attempts && error.retry_after_seconds() == 1 ? waiting : other);
      }
    });
  for (auto& tab : tabs)
    tab.join();
  CHECK(let_in >= 3);
  CHECK(let_in + waiting == 24);
  CHECK(other == 0);
  CHECK_NOTHROW(clinic.clinic()
                    .act_as(Actor::anonymous())
                    .auth()
                    .log_in({"busy", "a long enough passphrase"}, {.origin = "192.0.2.1"}));
}

TEST_CASE("locks grow, end, and are forgotten", "[AUTH-6]") {
  using namespace std::chrono_literals;
  TempClinic clinic({.policy = R"({"attempts_per_account":3,"attempt_lock_minutes":10})"});
  const Timestamp start{std::chrono::milliseconds(1790000000000)};
  clinic.set_now(start);
  clinic.call("users.create", {{"username", "target"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
  const auto attempt = [&](const char* password) -> std::int64_t {
    try {
      clinic.clinic().act_as(Actor::anonymous()).auth().log_in({"target", password}, {.origin = "192.0.2.1"});
      return 0;
    } catch (const Error& error) {
      return error.code() == ErrorCode::login_failed ? -1 : error.retry_after_seconds();
    }
  };
  for (int i = 0; i < 3; ++i)
    CHECK(attempt("wrong one") == -1);
  CHECK(attempt("a long enough passphrase") == 600);
  clinic.set_now(start + 9min + 59s);
  CHECK(attempt("a long enough passphrase") == 1);
  clinic.set_now(start + 10min);
  CHECK(attempt("wrong one") == -1);
  CHECK(attempt("wrong one") == 1200);  // twice as long
  clinic.set_now(start + 30min);
  CHECK(attempt("a long enough passphrase") == 0);
  CHECK(attempt("wrong one") == -1);  // and from the start again
  CHECK(attempt("wrong one") == -1);
  CHECK(attempt("a long enough passphrase") == 0);
}

TEST_CASE("an address that tries many names is locked out, one with right passwords is not", "[AUTH-6]") {
  TempClinic clinic({.policy = R"({"attempts_per_address":4})"});
  clinic.call("users.create", {{"username", "honest"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
  const auto attempt = [&](const std::string& login, const std::string& password, const std::string& origin) {
    try {
      clinic.clinic().act_as(Actor::anonymous()).auth().log_in({login, password}, {.origin = origin});
      return ErrorCode::closed;  // none
    } catch (const Error& error) {
      return error.code();
    }
  };
  for (int i = 0; i < 10; ++i)
    CHECK(attempt("honest", "a long enough passphrase", "192.0.2.1") == ErrorCode::closed);
  for (int i = 0; i < 4; ++i)
    CHECK(attempt("name" + std::to_string(i), "a guess", "192.0.2.2") == ErrorCode::login_failed);
  CHECK(attempt("honest", "a long enough passphrase", "192.0.2.2") == ErrorCode::too_many_attempts);
  CHECK(attempt("honest", "a long enough passphrase", "192.0.2.1") == ErrorCode::closed);
}
