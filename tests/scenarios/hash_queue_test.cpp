/// \file
/// Many log in at once: the desk goes on working, and who would wait too long is told so (AUTH-6).

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace clinic;
using namespace clinic::test;

TEST_CASE("two hundred logins at once do not keep the desk waiting, and those sent away were not counted",
          "[AUTH-6][PORTAL-1]") {
  const int turns = std::max<int>(2, static_cast<int>(std::thread::hardware_concurrency())) - 1;
  const int logins = std::max(200, 30 * turns);  // of whom some ten for each turn are let in
  TempClinic clinic({.policy = R"({"password_hash_cost":12,"hash_wait_seconds":2})", .log_level = LogLevel::trace});
  std::atomic<int> wrong = 0, sent_away = 0, other = 0;
  std::ptrdiff_t before = 0, after = 0;
  {
    std::vector<std::jthread> strangers;
    for (int i = 0; i < logins; ++i)
      strangers.emplace_back([&, i] {
        try {
          clinic.clinic().act_as(Actor::anonymous()).auth().log_in({"name" + std::to_string(i), "a password"});
          ++other;
        } catch (const Error& error) {
          if (error.code() == ErrorCode::busy && error.retryable() && error.retry_after_seconds() >= 1)
            ++sent_away;
          else
            ++(error.code() == ErrorCode::login_failed ? wrong : other);
        }
      });
    while (clinic.log().hashes() < 2)  // they have come
      std::this_thread::yield();
    before = clinic.log().hashes();
    clinic.call("users.create", {{"username", "nurse"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
    after = clinic.log().hashes();
  }
  // Those who had their turn already, one of the door's, its own, and some who came while it was on its way.
  CHECK(after - before <= 4 * turns);
  CHECK(other == 0);
  CHECK(sent_away > 0);
  CHECK(wrong + sent_away == logins);
  CHECK(clinic.database().number("SELECT COUNT(*) FROM attempt_counters") == wrong);
}
