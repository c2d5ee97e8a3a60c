/// \file
/// The limiter plugin on a Redis server, CLINIC_TEST_REDIS.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <atomic>
#include <cstdlib>
#include <optional>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using Catch::Matchers::Contains;

namespace {

std::string redis_url() {
  const char* url = std::getenv("CLINIC_TEST_REDIS");
  if (!url) FAIL("CLINIC_TEST_REDIS is not set; see docs/development.md");
  return url;
}

/// A Redis server shared by tests has counters of others, and of runs before: each database has keys of its own.
Configuration limited(const TestDatabase& database, const std::string& url) {
  auto configuration =
      test_configuration(database, "standard", R"({"rate_limits":[{"operation":"*","calls":50,"seconds":3600}]})");
  configuration.limiter = url;
  return configuration;
}

bool through(const Clinic& clinic, const std::string& user) {
  try {
    clinic.act_as(Actor::user(user, Role::nurse)).system().version();
    return true;
  } catch (const Error& error) {
    REQUIRE(error.code() == ErrorCode::rate_limited);
    return false;
  }
}

std::string refusal(const TestDatabase& database, const std::string& url) {
  try {
    Clinic::open(limited(database, url));
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::plugin_refused);
    return error.detail();
  }
  FAIL("opened with " + url);
  return {};
}

}  // namespace

TEST_CASE("what is counted in Redis is counted for all", "[ACCESS-4]") {
  const TestDatabase database, another;
  const auto one = Clinic::open(limited(database, redis_url())), two = Clinic::open(limited(database, redis_url()));
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i)
        if (through(thread % 2 ? one : two, "nina")) ++passed;
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(passed == 50);
  CHECK(through(one, "otto"));
  CHECK(through(Clinic::open(limited(another, redis_url())), "nina"));
}

TEST_CASE("Redis tells the call what is left, in the answer that it gives anyway", "[ACCESS-4]") {
  const TestDatabase database;
  const auto clinic = Clinic::open(limited(database, redis_url()));
  const auto nina = clinic.act_as(Actor::user("nina", Role::nurse));
  for (std::int64_t left = 50; left-- > 47;) {
    std::optional<RateLimitLeft> told;
    nina.call("system.version", "{}", {.rate_limit = [&](const RateLimitLeft& given) { told = given; }});
    REQUIRE(told);
    CHECK(told->calls == 50);
    CHECK(told->remaining == left);
    const auto grown_back = std::chrono::seconds(72 * (50 - left));  // a call of fifty in an hour each 72 seconds
    CHECK(told->resets_after <= grown_back);
    CHECK(told->resets_after > grown_back - std::chrono::seconds(20));
  }
}

TEST_CASE("a URL of Redis that is wrong is refused, and the password is not shown", "[ACCESS-4][PLUG-1][AUDIT-4]") {
  const TestDatabase database;
  const auto url = redis_url();
  CHECK_THAT(refusal(database, url + "?timeuot=1"), Contains("timeuot"));
  CHECK_THAT(refusal(database, url + "?timeout=soon"), Contains("timeout"));
  CHECK_THAT(refusal(database, url + "?timeout=0"), Contains("timeout"));
  CHECK_THAT(refusal(database, "redis:127.0.0.1"), Contains("redis://"));
  CHECK_THAT(refusal(database, "redis://canary@127.0.0.1"), Contains("without a password"));
  const auto host = url.substr(url.find('@'));
  CHECK_THAT(refusal(database, "redis://:canary-password" + host),
             Contains("WRONGPASS") && Contains("user or password is wrong") && !Contains("canary"));
  CHECK_THAT(refusal(database, "redis://" + host.substr(1)), Contains("NOAUTH") && Contains("wants a password"));
  CHECK_THAT(refusal(database, url.substr(0, url.rfind('/')) + "/9999"),
             Contains("ERR") && Contains("no database of the URL's number"));
  CHECK_THAT(refusal(database, url.substr(0, url.rfind('/')) + "/x"), Contains("database"));
}
