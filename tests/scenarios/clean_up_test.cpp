/// \file
/// What system.clean_up removes, and that nobody notices but by the room.

#include "support/catch.hpp"
#include "support/known_random.hpp"
#include "support/temp_clinic.hpp"

#include <boost/algorithm/hex.hpp>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *passphrase = "a long enough passphrase", *new_passphrase = "quite another passphrase";

using Code = std::optional<ErrorCode>;

class House {
 public:
  explicit House(const std::string& policy = "{}")
      : clinic({.policy = policy, .random = [this](std::span<std::byte> bytes) { random.fill(bytes); }}) {
    clinic.set_now(noon);
    for (const auto* name : {"nina", "otto", "pia"})
      add(name);
  }
  UserView add(const std::string& name, std::optional<std::string> password = passphrase) {
    return clinic.as()
        .users()
        .create({.username = name, .email = name + "@example.org", .password = password, .role = Role::nurse})
        .user;
  }
  AuthService anonymous() { return clinic.clinic().act_as(Actor::anonymous()).auth(); }
  Tokens log_in(const std::string& name) { return anonymous().log_in({name, passphrase}); }
  /// The token of the link that was sent last.
  std::string link_token() { return boost::algorithm::hex_lower(random.draws_of(32).back()); }
  std::string reset_token(const std::string& name) {
    anonymous().request_password_reset({name});
    return link_token();
  }
  std::string registered(const std::string& key) {
    return clinic.as()
        .patients()
        .register_patient({.first_name = "Mona", .last_name = "Fahmy"}, {.idempotency_key = key})
        .patient.number;
  }
  CleanedUp clean_up() { return clinic.as().system().clean_up(); }

  template <class Call>
  static Code end_of(Call call) {
    try {
      call();
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }
  Code login_ends(const std::string& name, const std::string& password = passphrase) {
    return end_of([&] { anonymous().log_in({name, password}); });
  }
  Code reset_ends(const std::string& token) {
    return end_of([&] { anonymous().reset_password({token, new_passphrase}); });
  }
  Code refresh_ends(const Tokens& tokens) {
    return end_of([&] { anonymous().refresh({tokens.refresh_token}); });
  }

  KnownRandom random;
  TempClinic clinic;
};

}  // namespace

TEST_CASE("what has ended goes and is refused as before, what is still needed stays",
          "[AUTH-2][AUTH-4][AUTH-5][AUTH-6][HTTP-5]") {
  House house;
  const auto old_number = house.registered("old key");
  const auto old_login = house.log_in("pia");
  const auto used_link = house.reset_token("otto"), late_link = house.reset_token("nina");
  CHECK(house.reset_ends(used_link) == Code());
  CHECK(house.login_ends("somebody", "wrong") == ErrorCode::login_failed);

  house.clinic.set_now(noon + 24h * 31);
  const auto new_number = house.registered("new key");
  const auto new_login = house.log_in("nina");
  house.clinic.as().users().invite({house.add("ivy", std::nullopt).id});
  const auto new_link = house.link_token();
  for (int i = 0; i < 5; ++i)
    CHECK(house.login_ends("locked", "wrong") == ErrorCode::login_failed);

  const auto check_ended = [&] {
    CHECK(house.refresh_ends(old_login) == ErrorCode::token_invalid);
    CHECK(house.reset_ends(used_link) == ErrorCode::token_invalid);
    CHECK(house.reset_ends(late_link) == ErrorCode::token_invalid);
  };
  check_ended();
  const auto removed = house.clean_up();
  CHECK(removed.attempts_removed == 3);  // somebody's, and two of requests for resets
  CHECK(removed.logins_removed == 1);
  CHECK(removed.tokens_removed == 2);
  CHECK(removed.idempotency_keys_removed == 1);
  const auto rows = house.clinic.rows("SELECT metadata FROM audit_entries WHERE action = 'CLEANED_UP'");
  REQUIRE(rows.size() == 1);
  CHECK(boost::json::parse(rows[0].at("metadata").as_string()) == boost::json::value{{"attempts_removed", 3},
                                                                                     {"logins_removed", 1},
                                                                                     {"tokens_removed", 2},
                                                                                     {"idempotency_keys_removed", 1},
                                                                                     {"messages_given_up", 2},
                                                                                     {"messages_removed", 0},
                                                                                     {"events_removed", 0}});
  check_ended();

  CHECK(house.clinic.clinic().act_with_token(new_login.access_token).auth().me().user.username == "nina");
  CHECK(house.refresh_ends(new_login) == Code());
  CHECK(house.end_of([&] { house.anonymous().accept_invitation({new_link, passphrase}); }) == Code());
  CHECK(house.login_ends("locked") == ErrorCode::too_many_attempts);
  CHECK(house.registered("new key") == new_number);
  CHECK(house.registered("old key") != old_number);  // it is nobody's key now
}

TEST_CASE("nothing goes before its time by any host's clock", "[AUTH-2][AUTH-4][AUTH-6][HTTP-5]") {
  House house(R"({"idempotency_days":2,"password_reset_minutes":60,"refresh_token_days":3,"clock_skew_seconds":30})");
  house.registered("key");
  house.log_in("pia");
  house.reset_token("nina");
  house.clinic.rows("DELETE FROM attempt_counters");
  CHECK(house.login_ends("somebody", "wrong") == ErrorCode::login_failed);

  using Removed = std::array<std::int64_t, 4>;
  const auto removed_after = [&](std::chrono::milliseconds time) {
    house.clinic.set_now(noon + time + 30s);
    const auto removed = house.clean_up();
    return Removed{removed.attempts_removed, removed.logins_removed, removed.tokens_removed,
                   removed.idempotency_keys_removed};
  };
  CHECK(removed_after(1h - 1ms) == Removed{0, 0, 0, 0});
  CHECK(removed_after(1h) == Removed{0, 0, 1, 0});
  CHECK(removed_after(24h) == Removed{0, 0, 0, 0});
  CHECK(removed_after(24h + 1ms) == Removed{1, 0, 0, 0});
  CHECK(removed_after(48h - 1ms) == Removed{0, 0, 0, 0});
  CHECK(removed_after(48h) == Removed{0, 0, 0, 1});
  CHECK(removed_after(72h - 1ms) == Removed{0, 0, 0, 0});
  CHECK(removed_after(72h) == Removed{0, 1, 0, 0});
}

TEST_CASE("a counter that counts again while it is about to go stays", "[AUTH-6]") {
  const TestDatabase database;
  auto configuration = test_configuration(database);
  configuration.log_level = LogLevel::trace;
  bool looked = false, again = false;
  Environment environment;
  environment.now = [] { return noon + 24h * 31; };
  environment.log = [&](LogLevel, std::string_view line) {
    // The page of ids is read; the transaction that removes them begins.
    if (looked && line.find("BEGIN") != line.npos && !std::exchange(again, true))
      database.rows("UPDATE attempt_counters SET version = version + 1, last_attempt_at = " +
                    std::to_string((noon + 24h * 31).time_since_epoch().count()) + " WHERE id = 'again'");
    if (line.find("SELECT") != line.npos && line.find("attempt_counters") != line.npos) looked = true;
  };
  const auto clinic = Clinic::open(configuration, environment);
  for (const std::string id : {"again", "old"})
    database.rows("INSERT INTO attempt_counters (id, attempts, last_attempt_at, version) VALUES ('" + id + "', 3, " +
                  std::to_string(noon.time_since_epoch().count()) + ", 1)");
  CHECK(clinic.act_as(Actor::system("cron")).system().clean_up().attempts_removed == 1);
  CHECK(again);
  CHECK(database.number("SELECT COUNT(*) FROM attempt_counters WHERE id = 'again'") == 1);
}

TEST_CASE("events are removed in time, also where nobody follows them", "[BIND-3]") {
  House house(R"({"event_days":90})");
  const auto events = house.clinic.as().events();
  house.clinic.set_now(noon + 91 * 24h);
  house.registered("later");
  CHECK(house.clean_up().events_removed == 3);  // the three who were there from the beginning
  // A subscriber who was away for too long is told that something is missing; one who begins has missed nothing.
  try {
    events.list({.after = 1});
    FAIL("it goes on behind what is no longer kept");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::position_unknown);
  }
  const auto left = events.list().items;
  REQUIRE(left.size() == 1);
  CHECK(left[0].type == "patient.registered");
  CHECK(left[0].position == 4);
}
