/// \file
/// How often one caller may call what (ACCESS-4).

#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/plugins.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const Timestamp start{std::chrono::milliseconds(1790000000000)};

/// A clinic with these limits, whose clock stands still.
class LimitedClinic : public TempClinic {
 public:
  explicit LimitedClinic(const std::string& limits, LogLevel level = LogLevel::info)
      : TempClinic({.policy = R"({"rate_limits":)" + limits + "}", .log_level = level}) {
    set_now(start);
  }
  Session user(const std::string& id, Role role = Role::nurse) { return clinic().act_as(Actor::user(id, role)); }
};

/// What a call ends with: nothing, or an error.
std::optional<Error> refusal_or_none(const Session& session, const std::string& operation,
                                     const std::string& origin = {}, const std::string& request = "{}") {
  try {
    session.call(operation, request, {.origin = origin});
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

bool limited(const std::optional<Error>& error) { return error && error->code() == ErrorCode::rate_limited; }

Error refused(const Configuration& configuration) {
  try {
    Clinic::open(configuration);
  } catch (const Error& error) {
    return error;
  }
  FAIL("it was opened");
  throw std::logic_error("not reached");
}

}  // namespace

TEST_CASE("a caller has so many calls at once, which grow back evenly", "[ACCESS-4][sqlite]") {
  LimitedClinic clinic(R"([{"operation":"patients.list","calls":3,"seconds":60}])");
  const auto nina = clinic.user("nina"), otto = clinic.user("otto");
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(refusal_or_none(nina, "patients.list"));
  const auto refusal = refusal_or_none(nina, "patients.list");
  REQUIRE(limited(refusal));
  CHECK(refusal->http_status() == 429);
  CHECK(refusal->retryable());
  CHECK(refusal->retry_after_seconds() == 20);
  CHECK(refusal->detail() == "Try again in 20 seconds.");
  CHECK_THAT(refusal->to_json(), Contains(R"("retry_after_seconds":20)"));

  SECTION("nobody else is") {
    CHECK_FALSE(refusal_or_none(otto, "patients.list"));
    CHECK_FALSE(refusal_or_none(nina, "patients.search", {}, R"({"q":"smith"})"));
  }
  SECTION("until then, and not longer") {
    clinic.set_now(start + 19s - 1ms);
    CHECK(refusal_or_none(nina, "patients.list")->retry_after_seconds() == 2);  // rounded up: sooner is in vain
    clinic.set_now(start + 20s - 1ms);
    CHECK(limited(refusal_or_none(nina, "patients.list")));
    clinic.set_now(start + 20s);
    CHECK_FALSE(refusal_or_none(nina, "patients.list"));
    CHECK(limited(refusal_or_none(nina, "patients.list")));
  }
  SECTION("nor after a long time more than so many") {
    clinic.set_now(start + 24h);
    for (int i = 0; i < 3; ++i)
      CHECK_FALSE(refusal_or_none(nina, "patients.list"));
    CHECK(limited(refusal_or_none(nina, "patients.list")));
  }
  SECTION("in the last year that there is, too") {
    clinic.set_now(Timestamp(std::chrono::sys_days(std::chrono::year(9999) / 12 / 30)));
    CHECK_FALSE(refusal_or_none(otto, "patients.list"));
  }
  SECTION("nor longer than the time where the clock is set back") {
    clinic.set_now(start - 24h);
    CHECK(limited(refusal_or_none(nina, "patients.list")));
    clinic.set_now(start - 24h + 60s);
    CHECK_FALSE(refusal_or_none(nina, "patients.list"));
  }
}

TEST_CASE("callers without a user are told apart by their address, the host itself is not counted",
          "[ACCESS-4][sqlite]") {
  LimitedClinic clinic(R"([{"operation":"system.health","calls":1,"seconds":60}])");
  const auto anonymous = clinic.clinic().act_as(Actor::anonymous());
  CHECK_FALSE(refusal_or_none(anonymous, "system.health", "192.0.2.1"));
  CHECK(limited(refusal_or_none(anonymous, "system.health", "192.0.2.1")));
  CHECK_FALSE(refusal_or_none(anonymous, "system.health", "192.0.2.2"));
  // A user is one caller wherever he is.
  CHECK_FALSE(refusal_or_none(clinic.user("192.0.2.1"), "system.health", "192.0.2.1"));
  CHECK(limited(refusal_or_none(clinic.user("192.0.2.1"), "system.health", "192.0.2.3")));
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(refusal_or_none(anonymous, "system.health"));
    CHECK_FALSE(refusal_or_none(clinic.as(), "system.health", "192.0.2.1"));
    CHECK_FALSE(refusal_or_none(clinic.as(Role::receptionist), "system.health", "192.0.2.1"));
  }
}

TEST_CASE("a limit is for an operation, a group, or all", "[ACCESS-4][sqlite]") {
  LimitedClinic clinic(
      R"([{"operation":"*","calls":5,"seconds":60},{"operation":"patients.*","calls":2,"seconds":60}])");
  const auto nina = clinic.user("nina");
  CHECK_FALSE(refusal_or_none(nina, "patients.list"));
  CHECK_FALSE(refusal_or_none(nina, "patients.search", {}, R"({"q":"smith"})"));
  CHECK(limited(refusal_or_none(nina, "patients.list")));
  CHECK_FALSE(refusal_or_none(nina, "system.health"));
  CHECK_FALSE(refusal_or_none(nina, "system.version"));
  CHECK(limited(refusal_or_none(nina, "system.health")));
}

TEST_CASE("a call is told what is left of the limit that is nearest to its end", "[ACCESS-4][sqlite]") {
  LimitedClinic clinic(
      R"([{"operation":"*","calls":5,"seconds":10},{"operation":"patients.*","calls":3,"seconds":60}])");
  std::vector<RateLimitLeft> told;
  const auto call = [&](const Session& session, const std::string& operation) {
    const auto before = told.size();
    try {
      session.call(operation, "{}",
                   {.origin = "192.0.2.1", .rate_limit = [&](const RateLimitLeft& left) { told.push_back(left); }});
    } catch (const Error& error) {
      CHECK(limited(error));
    }
    return told.size() - before;
  };
  const auto left = [&] {
    const auto& last = told.back();
    return std::array{last.calls, last.remaining, static_cast<std::int64_t>(last.resets_after.count())};
  };
  using Left = std::array<std::int64_t, 3>;
  const auto nina = clinic.user("nina");
  CHECK(call(nina, "system.version") == 1);
  CHECK(left() == Left{5, 4, 2});
  CHECK(call(nina, "patients.list") == 1);
  CHECK(left() == Left{3, 2, 20});
  CHECK(call(nina, "patients.list") == 1);
  CHECK(left() == Left{3, 1, 40});
  CHECK(call(nina, "system.version") == 1);
  CHECK(left() == Left{5, 1, 8});
  CHECK(call(nina, "patients.list") == 1);  // nothing is left of either: the longer wait is told
  CHECK(left() == Left{3, 0, 60});
  CHECK(call(nina, "system.version") == 1);  // refused
  CHECK(left() == Left{5, 0, 2});
  CHECK(call(clinic.user("otto"), "system.version") == 1);
  CHECK(left() == Left{5, 4, 2});
  CHECK(call(clinic.as(), "system.version") == 0);  // the host itself is not counted
}

TEST_CASE("who may not call is counted, too, and a call beyond the limit costs the database nothing",
          "[ACCESS-4][sqlite]") {
  LimitedClinic clinic(R"([{"operation":"users.create","calls":1,"seconds":60}])", LogLevel::trace);
  const auto nina = clinic.user("nina");
  const auto first = refusal_or_none(nina, "users.create", {}, R"({"username":"x","role":"nurse"})");
  REQUIRE(first);
  CHECK(first->code() == ErrorCode::forbidden);
  const auto entries = clinic.rows("SELECT id FROM audit_entries").size();
  clinic.log().clear();
  CHECK(limited(refusal_or_none(nina, "users.create", {}, R"({"username":"x","role":"nurse"})")));
  CHECK(clinic.log().all().empty());
  CHECK(clinic.rows("SELECT id FROM audit_entries").size() == entries);
}

TEST_CASE("a token whose login has ended spends nobody's calls", "[ACCESS-4][AUTH-7][sqlite]") {
  LimitedClinic clinic(R"([{"operation":"auth.me","calls":2,"seconds":3600}])");
  const std::string password = "a long enough passphrase";
  clinic.call("users.create", {{"username", "nina"}, {"role", "nurse"}, {"password", password}});
  const auto ended = clinic.clinic().log_in({"nina", password}), nina = clinic.clinic().log_in({"nina", password});
  ended.call("auth.logout", "{}");
  for (int i = 0; i < 5; ++i) {
    const auto refusal = refusal_or_none(ended, "auth.me");
    REQUIRE(refusal);
    CHECK(refusal->code() == ErrorCode::token_invalid);
  }
  CHECK_FALSE(refusal_or_none(nina, "auth.me"));
  CHECK_FALSE(refusal_or_none(nina, "auth.me"));
  CHECK(limited(refusal_or_none(nina, "auth.me")));
}

TEST_CASE("of many calls at once no more than the limit are let through", "[ACCESS-4][sqlite][concurrent]") {
  LimitedClinic clinic(R"([{"operation":"system.version","calls":100,"seconds":3600}])");
  std::atomic<int> through = 0, refusals = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&] {
      const auto nina = clinic.user("nina");
      for (int i = 0; i < 25; ++i)
        ++(limited(refusal_or_none(nina, "system.version")) ? refusals : through);
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(through == 100);
  CHECK(refusals == 100);
}

TEST_CASE("standard has limits for strangers", "[ACCESS-4][sqlite]") {
  TempClinic clinic;
  clinic.set_now(start);
  const auto anonymous = clinic.clinic().act_as(Actor::anonymous());
  const auto reset = [&](int i) {
    return refusal_or_none(anonymous, "auth.request_password_reset", "192.0.2.1",
                           R"({"login":"name)" + std::to_string(i) + R"("})");
  };
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(reset(i));
  CHECK(limited(reset(20)));
}

TEST_CASE("limits that make no sense are refused with their path", "[ACCESS-4][CONF-1][sqlite]") {
  const TestDatabase database;
  const auto field = [&](const std::string& limit) {
    const auto error = refused(test_configuration(database, "standard", R"({"rate_limits":[)" + limit + "]}"));
    CHECK(error.code() == ErrorCode::configuration_invalid);
    REQUIRE(error.fields().size() == 1);
    return error.fields().front().path + " " + error.fields().front().message;
  };
  CHECK_THAT(field(R"({"operation":"auth.logn","calls":1,"seconds":1})"),
             Contains("policy.rate_limits[0].operation") && Contains("auth.login"));
  CHECK_THAT(field(R"({"operation":"auth*","calls":1,"seconds":1})"), Contains("policy.rate_limits[0].operation"));
  CHECK_THAT(field(R"({"operation":"*","calls":0,"seconds":1})"), Contains("policy.rate_limits[0].calls"));
  CHECK_THAT(field(R"({"operation":"*","calls":1,"seconds":100000})"), Contains("policy.rate_limits[0].seconds"));
  CHECK_THAT(field(R"({"operation":"*","call":1})"), Contains("policy.rate_limits[0].call "));
}

TEST_CASE("the limiter is memory or a plugin, and a wrong one is refused with a word", "[ACCESS-4][PLUG-1][sqlite]") {
  const TestDatabase database;
  auto configuration =
      test_configuration(database, "standard", R"({"rate_limits":[{"operation":"*","calls":2,"seconds":3600}]})");
  configuration.plugin_directories.push_back(test::test_plugin_folder());

  SECTION("a plugin that is found by the URL's scheme") {
    configuration.limiter = "counter:";
    const auto clinic = Clinic::open(configuration);
    const auto nina = clinic.act_as(Actor::user("nina", Role::nurse));
    CHECK_FALSE(refusal_or_none(nina, "system.version"));
    CHECK_FALSE(refusal_or_none(nina, "system.version"));
    const auto refusal = refusal_or_none(nina, "system.version");
    REQUIRE(limited(refusal));
    CHECK(refusal->retry_after_seconds() > 3500);
  }
  SECTION("what it tells of the rest is told to the call") {
    configuration.limiter = "counter:";
    std::optional<RateLimitLeft> left;
    Clinic::open(configuration)
        .act_as(Actor::user("nina", Role::nurse))
        .call("system.version", "{}", {.rate_limit = [&](const RateLimitLeft& told) { left = told; }});
    REQUIRE(left);
    CHECK(left->calls == 2);
    CHECK(left->remaining == 1);
    CHECK(left->resets_after == 3600s);  // its windows end as a whole
  }
  SECTION("one that is named") {
    configuration.plugin_directories.pop_back();
    configuration.limiter = "counter:";
    CHECK(refused(configuration).code() == ErrorCode::plugin_not_found);
    configuration.limiter_plugin = test::test_plugin_folder() + "/clinic_counter.so";
    CHECK_NOTHROW(Clinic::open(configuration));
    const auto reports = list_plugins(configuration);
    CHECK(std::any_of(reports.begin(), reports.end(), [](const PluginReport& report) {
      return report.name == "counter" && report.kind == "limiter" && report.refusal.empty();
    }));
  }
  SECTION("one that does not know the URL") {
    configuration.limiter = "counter:elsewhere";
    const auto error = refused(configuration);
    CHECK(error.code() == ErrorCode::plugin_refused);
    CHECK_THAT(error.detail(), Contains("counter: and nothing more"));
  }
  SECTION("one that is of another kind") {
    configuration.limiter = "sqlite:clinic.db";
    const auto error = refused(configuration);
    CHECK(error.code() == ErrorCode::plugin_refused);
    CHECK_THAT(error.detail(), Contains("expected a plugin of kind `limiter`, found kind `storage`"));
  }
  SECTION("no URL at all") {
    for (const auto* text : {"redis", ":x", "memory:x"}) {
      configuration.limiter = text;
      const auto error = refused(configuration);
      CHECK(error.code() == ErrorCode::configuration_invalid);
      CHECK(error.fields().at(0).path == "limiter");
    }
  }
}
