/// \file
/// When a login is let in, what ends it, and how long guesses are remembered: at the very moments at which it changes.

#include "support/catch.hpp"
#include "support/known_random.hpp"
#include "support/temp_clinic.hpp"

#include "base/ids.hpp"
#include "crypto/password.hpp"

#include <boost/algorithm/hex.hpp>

#include <functional>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *right = "a long enough passphrase", *other = "quite another passphrase";

/// A clinic whose clock stands, and a nurse with an account.
class Ward {
 public:
  explicit Ward(const std::string& policy = "{}")
      : clinic({.policy = policy, .random = [this](std::span<std::byte> bytes) { random.fill(bytes); }}) {
    clinic.set_now(noon);
    nurse = clinic.as()
                .users()
                .create({.username = "nina", .email = "nina@example.org", .password = right, .role = Role::nurse})
                .user;
    contacts_proven();
  }
  /// Every contact of every user: staff is found by no other.
  void contacts_proven() { clinic.rows("UPDATE users SET email_verified_at = 1, phone_verified_at = 1"); }
  AuthService anonymous() { return clinic.clinic().act_as(Actor::anonymous()).auth(); }
  Tokens log_in(const std::string& password = right) { return anonymous().log_in({"nina", password}); }

  /// How a call ends: the code of its error, none where it is done.
  template <class Call>
  static std::optional<ErrorCode> end_of(Call call) {
    try {
      call();
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }
  std::optional<ErrorCode> login_ends(const std::string& password = right, const std::string& origin = {},
                                      const std::string& login = "nina") {
    return end_of([&] { anonymous().log_in({login, password}, {.origin = origin}); });
  }
  /// Seconds until the next attempt; none where there is no lock.
  std::int64_t locked_for(const std::string& password) {
    try {
      log_in(password);
    } catch (const Error& error) {
      return error.retry_after_seconds();
    }
    return 0;
  }
  Session with(const Tokens& tokens) { return clinic.clinic().act_with_token(tokens.access_token); }
  bool holds(const Tokens& tokens) {
    return end_of([&] { with(tokens).auth().me(); }) == std::nullopt;
  }
  /// The token of the link that was sent last.
  std::string link_token() { return boost::algorithm::hex_lower(random.draws_of(32).back()); }
  std::string reset_token(const std::string& login = "nina") {
    anonymous().request_password_reset({login});
    return link_token();
  }
  UserView user() { return clinic.as().users().get({nurse.id}); }
  std::int64_t number(const std::string& sql) { return clinic.database().number(sql); }

  KnownRandom random;
  TempClinic clinic;
  UserView nurse;
};

using Code = std::optional<ErrorCode>;

}  // namespace

TEST_CASE("a lock from a clock that was years ahead ends with it", "[AUTH-6][sqlite]") {
  TempClinic clinic({.policy = R"({"attempts_per_account":3})"});
  const Timestamp now{std::chrono::milliseconds(1790000000000)};
  clinic.call("users.create", {{"username", "nina"}, {"role", "nurse"}, {"password", "a long enough passphrase"}});
  clinic.set_now(now + std::chrono::hours(24 * 3650));
  for (int i = 0; i < 4; ++i)
    CHECK_THROWS_AS(clinic.clinic().log_in({"nina", "a guess"}), Error);
  clinic.set_now(now);
  CHECK_NOTHROW(clinic.clinic().log_in({"nina", "a long enough passphrase"}));
}

TEST_CASE("the longest lock is a day, and its rest is rounded up", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3,"attempt_lock_minutes":1440})");
  for (int i = 0; i < 3; ++i)
    CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
  CHECK(ward.locked_for(right) == 86400);
  ward.clinic.set_now(noon + 24h - 500ms);
  CHECK(ward.locked_for(right) == 1);
  ward.clinic.set_now(noon + 24h);
  CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
  CHECK(ward.locked_for(right) == 86400);  // twice as long would be two
}

TEST_CASE("attempts of the day before yesterday say nothing about one of today", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3})");
  const auto wrong_twice = [&] {
    CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
    CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
  };
  wrong_twice();
  ward.clinic.set_now(noon + 24h + 1ms);
  wrong_twice();
  CHECK(ward.login_ends() == Code());
}

TEST_CASE("a right password takes an address's lock back with its attempt", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_address":3})");
  const std::string home = "192.0.2.1";
  for (const auto* name : {"somebody", "somebody else"})
    CHECK(ward.login_ends("wrong", home, name) == ErrorCode::login_failed);
  CHECK(ward.login_ends(right, home) == Code());  // the third attempt, which reaches the limit
  CHECK(ward.login_ends(right, home) == Code());
  CHECK(ward.login_ends("wrong", home, "somebody") == ErrorCode::login_failed);
  CHECK(ward.login_ends(right, home) == ErrorCode::too_many_attempts);
}

TEST_CASE("an address that was locked is not locked anew by a right password", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_address":3})");
  const std::string home = "192.0.2.1";
  for (const auto* name : {"somebody", "somebody else", "nobody"})
    CHECK(ward.login_ends("wrong", home, name) == ErrorCode::login_failed);
  CHECK(ward.login_ends(right, home) == ErrorCode::too_many_attempts);
  ward.clinic.set_now(noon + 15min);
  CHECK(ward.login_ends(right, home) == Code());
  CHECK(ward.login_ends(right, home) == Code());
  CHECK(ward.login_ends("wrong", home, "somebody") == ErrorCode::login_failed);
  CHECK(ward.login_ends(right, home) == ErrorCode::too_many_attempts);
  ward.clinic.set_now(noon + 15min + 30min);
  CHECK(ward.login_ends(right, home) == Code());
}

TEST_CASE("attempts whose outcome nobody learns lock as wrong ones do", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3})");
  for (int i = 0; i < 3; ++i)
    CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
  CHECK(ward.locked_for(right) == 900);
  // As a process leaves it that dies while it looks at the password.
  ward.clinic.rows("UPDATE attempt_counters SET locked_until = NULL");
  CHECK(ward.locked_for(right) == 1);  // for all that is known, somebody is at it
  ward.clinic.set_now(noon + 10s - 1ms);
  CHECK(ward.locked_for(right) == 1);
  ward.clinic.set_now(noon + 10s);
  CHECK(ward.locked_for(right) == 890);
  ward.clinic.set_now(noon + 15min - 1ms);
  CHECK(ward.locked_for(right) == 1);
  ward.clinic.set_now(noon + 15min);
  CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);
  CHECK(ward.locked_for(right) == 1800);  // and the next one twice as long
}

TEST_CASE("an account that is locked or inactive lets nobody in", "[AUTH-6][AUTH-7]") {
  Ward ward;
  const auto until = [&](Timestamp time) {
    ward.clinic.rows("UPDATE users SET locked_until = " + std::to_string(time.time_since_epoch().count()));
  };
  until(noon + 1ms);
  CHECK(ward.login_ends() == ErrorCode::account_inactive);
  until(noon);
  CHECK(ward.login_ends() == Code());
  ward.clinic.as().users().update({.user = ward.nurse.id, .active = false});
  CHECK(ward.login_ends() == ErrorCode::account_inactive);
  CHECK(ward.login_ends("wrong") == ErrorCode::login_failed);  // that it is inactive, only the owner learns
}

TEST_CASE("a temporary password holds for its hours and must be changed first", "[PORTAL-5][AUTH-3]") {
  Ward ward(R"({"temporary_password_hours":2})");
  const auto made = ward.clinic.as().patients().register_patient(
      {.first_name = "A", .last_name = "B", .email = "a@example.org", .create_portal_account = true});
  const auto temporary = made.portal_credentials->temporary_password.value();
  const auto log_in = [&](const std::string& password) { return ward.anonymous().log_in({"a@example.org", password}); };
  ward.clinic.set_now(noon + 2h);
  CHECK(ward.end_of([&] { log_in(temporary); }) == ErrorCode::password_expired);
  ward.clinic.set_now(noon + 2h - 1ms);
  const auto tokens = log_in(temporary);
  CHECK(tokens.password_change_required);
  const auto patient = ward.clinic.clinic().act_with_token(tokens.access_token);
  CHECK(ward.end_of([&] { patient.patients().get({made.patient.id}); }) == ErrorCode::password_change_required);
  patient.auth().change_password({temporary, right});
  CHECK(patient.patients().get({made.patient.id}).id == made.patient.id);
  ward.clinic.set_now(noon + 3h);
  CHECK_FALSE(log_in(right).password_change_required);
}

TEST_CASE("requests for resets have counters of their own", "[AUTH-4][AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3,"attempts_per_address":3})");
  const std::string home = "192.0.2.1";
  const auto request = [&](const std::string& origin) {
    return ward.end_of([&] { ward.anonymous().request_password_reset({"nina"}, {.origin = origin}); });
  };
  for (int i = 0; i < 3; ++i)
    CHECK(request(home) == Code());
  CHECK(request("192.0.2.2") == ErrorCode::too_many_attempts);
  CHECK(ward.login_ends(right, home) == Code());
}

TEST_CASE("a login counts the wrong passwords since the last one, and says where it came from", "[AUTH-6][MODEL-1]") {
  Ward ward;
  CHECK_FALSE(ward.user().claimed_at);
  ward.login_ends("wrong");
  ward.login_ends("wrong");
  CHECK(ward.login_ends(right, "192.0.2.7") == Code());
  CHECK(ward.user().failed_logins == 2);
  CHECK(ward.user().last_login_at == noon);
  CHECK(ward.user().claimed_at == noon);
  CHECK(ward.number("SELECT COUNT(*) FROM login_sessions WHERE origin = '192.0.2.7'") == 1);
  CHECK(ward.login_ends() == Code());
  CHECK(ward.user().failed_logins == 0);
}

TEST_CASE("each exchange prolongs a login, and logins that have ended go with the next one", "[AUTH-2]") {
  Ward ward;
  auto tokens = ward.log_in();
  ward.log_in();
  ward.clinic.set_now(noon + 24h * 29);
  tokens = ward.anonymous().refresh({tokens.refresh_token});
  ward.clinic.set_now(noon + 24h * 58);
  tokens = ward.anonymous().refresh({tokens.refresh_token});
  CHECK(ward.number("SELECT COUNT(*) FROM login_sessions") == 2);
  ward.log_in();
  CHECK(ward.number("SELECT COUNT(*) FROM login_sessions") == 2);  // the second one, never exchanged, is gone
  CHECK(ward.holds(tokens));
  CHECK(ward.number("SELECT COUNT(*) FROM audit_entries WHERE action = 'TOKEN_REFRESHED' AND actor_id = '" +
                    ward.nurse.id + "'") == 2);
  ward.clinic.set_now(noon + 24h * 88);
  CHECK(ward.end_of([&] { ward.anonymous().refresh({tokens.refresh_token}); }) == ErrorCode::token_invalid);
}

TEST_CASE("an access token does not outlive its login, not even by the clocks' difference", "[AUTH-2]") {
  Ward ward(R"({"access_token_minutes":1440,"refresh_token_days":1,"clock_skew_seconds":30})");
  const auto tokens = ward.log_in();
  ward.clinic.set_now(noon + 24h - 1ms);
  CHECK(ward.holds(tokens));
  ward.clinic.set_now(noon + 24h);
  CHECK(ward.end_of([&] { ward.with(tokens).auth().me(); }) == ErrorCode::token_invalid);
}

TEST_CASE("any older refresh token ends the login, not just the last one", "[AUTH-2]") {
  Ward ward;
  const auto first = ward.log_in();
  const auto second = ward.anonymous().refresh({first.refresh_token});
  const auto third = ward.anonymous().refresh({second.refresh_token});
  CHECK(ward.holds(third));
  CHECK(ward.end_of([&] { ward.anonymous().refresh({first.refresh_token}); }) == ErrorCode::token_invalid);
  CHECK_FALSE(ward.holds(third));
}

TEST_CASE("a guessed refresh token logs nobody out", "[AUTH-2]") {
  Ward ward;
  const auto tokens = ward.log_in();
  const auto guess = tokens.refresh_token.substr(0, tokens.refresh_token.size() - 4) + "0000";
  CHECK(ward.anonymous().log_out({guess}).sessions_ended == 0);
  CHECK(ward.holds(tokens));
  CHECK(ward.anonymous().log_out({tokens.refresh_token}).sessions_ended == 1);
  CHECK_FALSE(ward.holds(tokens));
}

TEST_CASE("what ends a user's logins ends nobody else's", "[AUTH-2][AUTH-7]") {
  Ward ward;
  ward.clinic.as().users().create({.username = "omar", .password = right, .role = Role::doctor});
  const auto omar = ward.anonymous().log_in({"omar", right});
  const auto mine = ward.log_in(), elsewhere = ward.log_in();
  SECTION("a change of the password keeps the login that it is made with") {
    ward.with(mine).auth().change_password({right, other});
    CHECK(ward.holds(mine));
  }
  SECTION("logout everywhere") {
    CHECK(ward.with(mine).auth().log_out_everywhere().sessions_ended == 2);
    CHECK_FALSE(ward.holds(mine));
  }
  SECTION("a reset") {
    ward.anonymous().reset_password({ward.reset_token(), other});
    CHECK_FALSE(ward.holds(mine));
  }
  CHECK_FALSE(ward.holds(elsewhere));
  CHECK(ward.holds(omar));
}

TEST_CASE("the current password cannot be guessed at, and the new one is another", "[AUTH-4][AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3})");
  const auto session = ward.with(ward.log_in()).auth();
  const auto change = [&](const std::string& current, const std::string& wanted) {
    return ward.end_of([&] { session.change_password({current, wanted}); });
  };
  CHECK(change(right, right) == ErrorCode::validation_failed);
  CHECK(change("wrong", other) == ErrorCode::login_failed);
  CHECK(change(right, other) == Code());  // and the count starts anew
  CHECK(change("wrong", right) == ErrorCode::login_failed);
  CHECK(change("wrong", right) == ErrorCode::login_failed);
  CHECK(change(other, right) == Code());
  for (int i = 0; i < 3; ++i)
    CHECK(change("wrong", other) == ErrorCode::login_failed);
  CHECK(change(right, other) == ErrorCode::too_many_attempts);
  // A reset unlocks.
  ward.anonymous().reset_password({ward.reset_token(), other});
  CHECK(ward.login_ends(other) == Code());
}

TEST_CASE("a link is good once, for its purpose, for its time, and ends with the next one", "[AUTH-4][AUTH-5]") {
  Ward ward;
  const auto reset = [&](const std::string& token) {
    return ward.end_of([&] { ward.anonymous().reset_password({token, other}); });
  };
  const auto token = ward.reset_token();
  SECTION("once") {
    CHECK(reset(token) == Code());
    CHECK(reset(token) == ErrorCode::token_invalid);
  }
  SECTION("for its purpose") {
    CHECK(ward.end_of([&] { ward.anonymous().accept_invitation({token, other}); }) == ErrorCode::token_invalid);
    const auto ivy =
        ward.clinic.as().users().create({.username = "ivy", .email = "ivy@example.org", .role = Role::nurse});
    ward.clinic.as().users().invite({ivy.user.id});
    CHECK(reset(ward.link_token()) == ErrorCode::token_invalid);
  }
  SECTION("for an hour") {
    ward.clinic.set_now(noon + 1h);
    CHECK(reset(token) == ErrorCode::token_invalid);
    ward.clinic.set_now(noon + 1h - 1ms);
    CHECK(reset(token) == Code());
  }
  SECTION("until the next one") {
    const auto next = ward.reset_token();
    CHECK(reset(token) == ErrorCode::token_invalid);
    CHECK(reset(next) == Code());
  }
  SECTION("of somebody active whom a message can reach") {
    ward.clinic.as().users().update({.user = ward.nurse.id, .active = false});
    ward.clinic.as().users().create(
        {.username = "faraway", .phone = "extension 12", .password = right, .role = Role::nurse});
    ward.reset_token();
    ward.reset_token("faraway");
    CHECK(ward.number("SELECT COUNT(*) FROM outbox_messages") == 1);
  }
}

TEST_CASE("a link proves the contact that it was sent to, and the account is claimed", "[AUTH-5][MODEL-1]") {
  Ward ward;
  const auto accepted = [&](CreateUser request) {
    const auto user = ward.clinic.as().users().create(request).user;
    ward.clinic.as().users().invite({user.id});
    ward.anonymous().accept_invitation({ward.link_token(), right});
    return ward.clinic.as().users().get({user.id});
  };
  const auto both =
      accepted({.username = "both", .email = "both@example.org", .phone = "+254712345678", .role = Role::nurse});
  CHECK(both.claimed_at == noon);
  CHECK(both.email_verified_at == noon);
  CHECK_FALSE(both.phone_verified_at);
  const auto phone = accepted({.username = "phone", .phone = "+254712345679", .role = Role::nurse});
  CHECK_FALSE(phone.email_verified_at);
  CHECK(phone.phone_verified_at == noon);
}

TEST_CASE("a reset of a temporary password makes it the person's own", "[AUTH-4][PORTAL-5]") {
  Ward ward;
  ward.clinic.as().patients().register_patient(
      {.first_name = "A", .last_name = "B", .email = "a@example.org", .create_portal_account = true});
  ward.anonymous().reset_password({ward.reset_token("a@example.org"), right});
  ward.clinic.set_now(noon + 24h * 2);
  CHECK_FALSE(ward.anonymous().log_in({"a@example.org", right}).password_change_required);
}

TEST_CASE("a password that is changed while it is checked opens nothing", "[AUTH-4][AUTH-6]") {
  const TestDatabase database;
  auto configuration = test_configuration(database);
  configuration.log_level = LogLevel::trace;
  std::string changes;  // made when the next password has been looked at
  Environment environment;
  environment.log = [&](LogLevel, std::string_view line) {
    if (line.find("password hash: checked") != line.npos && !changes.empty()) database.rows(std::exchange(changes, {}));
  };
  const auto clinic = Clinic::open(configuration, environment);
  clinic.act_as(Actor::system("desk")).users().create({.username = "nina", .password = right, .role = Role::nurse});
  const auto auth = clinic.act_as(Actor::anonymous()).auth();
  const auto change =
      "UPDATE users SET version = version + 1, password_hash = '" + hash_password(other, 4, random_bytes) + "'";
  const auto session = clinic.act_with_token(auth.log_in({"nina", right}).access_token);
  SECTION("a login") {
    changes = change;
    CHECK(Ward::end_of([&] { auth.log_in({"nina", right}); }) == ErrorCode::login_failed);
  }
  SECTION("a login whose password is the same, with another hash") {  // as another login replaces an outdated one
    changes = "UPDATE users SET version = version + 1, password_hash = '" + hash_password(right, 5, random_bytes) + "'";
    CHECK(Ward::end_of([&] { auth.log_in({"nina", right}); }) == std::nullopt);
    CHECK(Ward::end_of([&] { auth.log_in({"nina", other}); }) == ErrorCode::login_failed);
    return;
  }
  SECTION("a change") {
    changes = change;
    CHECK(Ward::end_of([&] {
            session.auth().change_password({right, "yet another passphrase"});
          }) == ErrorCode::login_failed);
  }
  CHECK(Ward::end_of([&] { auth.log_in({"nina", other}); }) == std::nullopt);
}

TEST_CASE("who is meant by a login name", "[AUTH-1]") {
  Ward ward;
  const auto desk = ward.clinic.as();
  const auto add = [&](const std::string& name, const std::string& phone) {
    const auto added = desk.users().create({.username = name, .phone = phone, .password = right, .role = Role::nurse});
    ward.contacts_proven();
    return added.user.id;
  };
  const auto first = add("first", "+254712345678");
  const auto who = [&](const std::string& login) { return ward.anonymous().log_in({login, right}).user.id; };
  CHECK(who("+254 712 345 678") == first);
  add("second", "+254712345678");
  CHECK(ward.login_ends(right, {}, "+254712345678") == ErrorCode::login_failed);  // which of the two?
  const auto patient = desk.patients()
                           .register_patient({.first_name = "A",
                                              .last_name = "B",
                                              .number = "N-1",
                                              .email = "n1@example.org",
                                              .create_portal_account = true,
                                              .password = right})
                           .patient;
  CHECK(who(" N-1 ") == patient.id);
  // A username comes before what the same text is otherwise.
  ward.clinic.rows("UPDATE users SET username = '+254712345678', username_key = '+254712345678' WHERE id = '" + first +
                   "'");
  CHECK(who("+254712345678") == first);
}

TEST_CASE("nobody gets a username that is another's email, phone or patient number", "[AUTH-1]") {
  Ward ward(R"({"self_registration":true,"default_region":"DE"})");
  const auto desk = ward.clinic.as();
  const auto victim = ward.anonymous().register_account({.first_name = "V",
                                                         .last_name = "T",
                                                         .email = "victim@example.org",
                                                         .phone = "+49 30 123456",
                                                         .username = "vic",
                                                         .password = right});
  const auto number = victim.patient->number;
  const auto by = [&](const std::string& login) { return ward.login_ends(right, {}, login); };
  const auto mallory = [&](CreateUser request) {
    request.password = other;
    request.role = Role::nurse;
    return ward.end_of([&] { desk.users().create(request); });
  };
  SECTION("by following a contact") {
    const auto target = GENERATE_COPY(std::string("nina@example.org"), std::string("victim@example.org"), number);
    ward.anonymous().register_account(
        {.first_name = "M", .last_name = "T", .email = "m@example.org", .password = other});
    const auto session = ward.with(ward.anonymous().log_in({"m@example.org", other}));
    const auto now = session.profile().update({.email = std::nullopt, .phone = target}).user;
    CHECK(now.username != target);
    CHECK(now.username == session.auth().me().patient->number);
    CHECK(by(target) == Code());
  }
  SECTION("by white space around it") {
    for (const std::string name : {" victim@example.org", "victim@example.org ", "\u00a0victim@example.org",
                                   " 030 123456", "\u3000+4930123456"}) {
      CAPTURE(name);
      CHECK(mallory({.username = name, .email = "m@example.org"}) == ErrorCode::validation_failed);
    }
    CHECK(mallory({.username = number + "\u00a0", .email = "m@example.org"}) == ErrorCode::validation_failed);
    CHECK(mallory({.username = " spaced out ", .email = "m@example.org"}) == Code());
    CHECK(desk.users().list({.q = "spaced"}).items.at(0).username == "spaced out");
  }
  SECTION("by other letters of the own email, which goes") {
    CHECK(mallory({.username = "NEW@example.org", .email = "new@example.org"}) == Code());
    const auto id = desk.users().list({.q = "new@"}).items.at(0).id;
    CHECK(desk.users().update({.user = id, .email = "newer@example.org"}).username == "newer@example.org");
    CHECK(mallory({.username = "owner", .email = "new@example.org"}) == Code());
  }
  SECTION("by a phone in the number") { CHECK(mallory({.username = "mal", .phone = number.substr(1)}) == Code()); }
  SECTION("by a phone that nobody has proven") {
    CHECK(mallory({.username = "030 123456", .phone = "030123456"}) == ErrorCode::duplicate_username);
    const auto unnamed = desk.users().create({.phone = "030123456", .password = other, .role = Role::nurse}).user;
    CHECK(unnamed.username == unnamed.id);
    CHECK(ward.login_ends(other, {}, "030123456") == ErrorCode::login_failed);
  }
  SECTION("by an import") {
    ImportedUser imported;
    imported.username = " Victim@example.org";
    imported.email = "m@example.org";
    imported.role = Role::nurse;
    CHECK(desk.users().import_users({.users = {imported}}).conflicts.size() == 1);
  }
  CHECK(by("victim@example.org") == Code());
  CHECK(by(number) == Code());
}

TEST_CASE("an email that is somebody's username is a duplicate", "[AUTH-1]") {
  Ward ward;
  ward.clinic.rows("UPDATE users SET username = 'boss@example.org', username_key = 'boss@example.org'");
  const auto users = ward.clinic.as().users();
  CHECK(ward.end_of([&] { users.create({.email = "boss@example.org", .role = Role::nurse}); }) ==
        ErrorCode::duplicate_email);
  const auto boss = users.create({.username = "boss", .email = "b@example.org", .role = Role::nurse}).user;
  CHECK(ward.end_of([&] { users.update({.user = boss.id, .email = "Boss@example.org"}); }) ==
        ErrorCode::duplicate_email);
}

TEST_CASE("whose username the phone is logs in by it, however many have it too", "[AUTH-1][SYNC-7]") {
  Ward ward(R"({"default_region":"DE"})");
  const auto patients = ward.clinic.as().patients();
  std::vector<std::string> numbers;
  for (int i = 0; i < 6; ++i)
    numbers.push_back(
        patients.register_patient({.first_name = "A", .last_name = "B", .phone = "030 123456"}).patient.number);
  patients.create_account({.patient = numbers.back(), .password = right});
  numbers.pop_back();
  for (const auto& number : numbers)
    patients.create_account({.patient = number, .password = other});
  CHECK(ward.login_ends(right, {}, "030 123456") == Code());
}

TEST_CASE("a lock tells nobody which names there are, nor which are one account's", "[AUTH-6]") {
  Ward ward(R"({"attempts_per_account":3,"default_region":"DE"})");
  ward.clinic.as().users().update({.user = ward.nurse.id, .phone = "+49 30 123456"});
  ward.contacts_proven();
  const auto locked_at = [&](const std::string& login) {
    return ward.login_ends("wrong", {}, login) == ErrorCode::too_many_attempts;
  };
  for (const auto& [first, second] : {std::pair("030 123456", "+49 (30) 123456"), {"030 123457", "+49 (30) 123457"}}) {
    CAPTURE(first);
    for (int i = 0; i < 3; ++i)
      CHECK_FALSE(locked_at(first));
    CHECK(locked_at(second));
  }
  for (const auto* another : {"nina", "nina@example.org", "nobody", "nobody@example.org"}) {
    CAPTURE(another);
    CHECK_FALSE(locked_at(another));
  }
  SECTION("a success ends the locks at all names of the account") {
    CHECK(ward.login_ends() == Code());
    CHECK(ward.login_ends(right, {}, "030 123456") == Code());
  }
  SECTION("so does an administrator, for resets too") {
    const auto reset = [&](const char* login) {
      return ward.end_of([&] { ward.anonymous().request_password_reset({login}); });
    };
    for (const auto* login : {"nina", "nina@example.org"}) {
      for (int i = 0; i < 3; ++i)
        CHECK(reset(login) == Code());
      CHECK(reset(login) == ErrorCode::too_many_attempts);
    }
    ward.clinic.as().users().unlock({ward.nurse.id});
    CHECK(ward.login_ends(right, {}, "030 123456") == Code());
    CHECK(reset("nina") == Code());
    CHECK(reset("nina@example.org") == Code());
  }
  SECTION("whoever says that the phone is his ends no lock") {
    ward.clinic.as().users().create({.username = "mal", .phone = "030 123456", .password = other, .role = Role::nurse});
    CHECK(ward.login_ends(other, {}, "mal") == Code());
    CHECK(locked_at("030 123456"));
  }
}

TEST_CASE("a link ends with the contact that it was sent to, and with another password", "[AUTH-4][AUTH-5]") {
  Ward ward;
  const auto desk = ward.clinic.as();
  const auto reset = [&](const std::string& token) {
    return ward.end_of([&] { ward.anonymous().reset_password({token, other}); });
  };
  SECTION("a reset, when staff change the email") {
    const auto token = ward.reset_token();
    desk.users().update({.user = ward.nurse.id, .email = "new@example.org"});
    CHECK(reset(token) == ErrorCode::token_invalid);
    CHECK_FALSE(ward.user().email_verified_at);
  }
  SECTION("a reset, when the person does") {
    const auto token = ward.reset_token();
    ward.with(ward.log_in()).profile().update({.email = std::nullopt, .phone = "+254712345678"});
    CHECK(reset(token) == ErrorCode::token_invalid);
    CHECK_FALSE(ward.user().phone_verified_at);
  }
  SECTION("a reset, when the password is changed") {
    const auto token = ward.reset_token();
    ward.with(ward.log_in()).auth().change_password({right, other});
    CHECK(reset(token) == ErrorCode::token_invalid);
  }
  SECTION("an invitation, when the patient's email changes") {
    const auto patient =
        desk.patients().register_patient({.first_name = "A", .last_name = "B", .email = "old@example.org"}).patient;
    desk.patients().invite({patient.id});
    const auto token = ward.link_token();
    desk.patients().update({.patient = patient.id, .email = "new@example.org"});
    CHECK(ward.end_of([&] { ward.anonymous().accept_invitation({token, other}); }) == ErrorCode::token_invalid);
  }
  SECTION("an invitation, when a reset has set the password") {
    const auto ivy = desk.users().create({.username = "ivy", .email = "ivy@example.org", .role = Role::nurse}).user;
    desk.users().invite({ivy.id});
    const auto token = ward.link_token();
    CHECK(reset(ward.reset_token("ivy")) == Code());
    CHECK(ward.end_of([&] { ward.anonymous().accept_invitation({token, other}); }) == ErrorCode::token_invalid);
  }
  SECTION("not with other changes") {
    const auto token = ward.reset_token();
    desk.users().update({.user = ward.nurse.id, .email = "NINA@example.org", .first_name = "Nina"});
    CHECK(reset(token) == Code());
  }
}

TEST_CASE("of a link and another email at the same moment one sees the other", "[AUTH-4][AUTH-5]") {
  const TestDatabase database;
  KnownRandom random;
  std::string_view verb, table;  // of the statement at which it happens
  std::function<void()> meanwhile;
  const auto own_thread = std::this_thread::get_id();
  Environment environment;
  environment.random = [&](std::span<std::byte> bytes) { random.fill(bytes); };
  environment.log = [&](LogLevel, std::string_view line) {
    if (std::this_thread::get_id() != own_thread || !meanwhile) return;
    if (line.find(verb) != line.npos && line.find(table) != line.npos)
      std::thread(std::exchange(meanwhile, nullptr)).join();
  };
  auto configuration = test_configuration(database);
  configuration.log_level = LogLevel::trace;
  const auto clinic = Clinic::open(configuration, environment);
  // Whoever would wait for the other gives up, so that the two may be one program.
  configuration.storage = database.url(database.backend() == Backend::sqlite ? "busy_timeout=50" : "lock_timeout=50");
  configuration.log_level = LogLevel::off;
  const auto elsewhere = Clinic::open(configuration, environment);
  const auto nina = clinic.act_as(Actor::system("desk"))
                        .users()
                        .create({.username = "nina", .email = "old@example.org", .role = Role::nurse})
                        .user.id;
  const auto change = [&](const Clinic& by) {
    return Ward::end_of(
        [&] { by.act_as(Actor::system("desk")).users().update({.user = nina, .email = "new@example.org"}); });
  };
  const auto reset = GENERATE(true, false);  // else an invitation
  CAPTURE(reset);
  const auto send_link = [&](const Clinic& by) {
    return Ward::end_of([&] {
      if (reset)
        by.act_as(Actor::anonymous()).auth().request_password_reset({"nina"});
      else
        by.act_as(Actor::system("desk")).users().invite({nina});
    });
  };
  Code ended;
  SECTION("a change waits for a link that is being made, and ends it") {
    std::tie(verb, table) = std::pair("INSERT", "single_use_tokens");
    meanwhile = [&] { ended = change(elsewhere); };
    CHECK(send_link(clinic) == Code());
    CHECK(ended == ErrorCode::busy);
    CHECK(change(clinic) == Code());
  }
  SECTION("a change ends a link that was made before it writes") {
    std::tie(verb, table) = std::pair("UPDATE", "users");
    meanwhile = [&] { ended = send_link(elsewhere); };
    CHECK(change(clinic) == Code());
    if (database.backend() != Backend::sqlite) CHECK(ended == Code());
  }
  CHECK_FALSE(meanwhile);
  const auto token = boost::algorithm::hex_lower(random.draws_of(32).back());
  const auto auth = clinic.act_as(Actor::anonymous()).auth();
  CHECK(Ward::end_of([&] {
          reset ? auth.reset_password({token, other}) : auth.accept_invitation({token, other});
        }) == ErrorCode::token_invalid);
}

TEST_CASE("the length of a password is counted in characters", "[AUTH-3]") {
  Ward ward;
  const auto create = [&](const std::string& name, const std::string& password) {
    return ward.end_of(
        [&] { ward.clinic.as().users().create({.username = name, .password = password, .role = Role::nurse}); });
  };
  CHECK(create("short", "жщфцъэю") == ErrorCode::validation_failed);  // seven, of two bytes each
  CHECK(create("long", "жщфцъэюя") == Code());
}
