/// \file
/// Access and refresh tokens: what makes one refused, and who is told apart from whom.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/Crypto/ECKey.h>
#include <Poco/Crypto/RSAKey.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>

#include <algorithm>
#include <sstream>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* password = "a long enough passphrase";
constexpr const char* secret = "a secret of more than thirty-two bytes";

std::string base64url(const std::string& text) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out, Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING);
  encoder << text;
  encoder.close();
  return out.str();
}

template <class Key>
std::string pem(const Key& key, bool private_key) {
  std::ostringstream out;
  private_key ? key.save(nullptr, &out) : key.save(&out);
  return out.str();
}

/// A clinic whose clock and keys are the test's, and a nurse who logs in.
class Place {
 public:
  explicit Place(std::vector<TokenKey> keys = {}, const std::string& policy = "{}")
      : keys_(std::move(keys)), policy_(policy) {
    open();
    Session desk = clinic().act_as(Actor::system("test"));
    nurse = desk.users().create({.username = "nina", .password = password, .role = Role::nurse}).user;
  }

  void open() {
    auto configuration = test_configuration(database_, "standard", policy_);
    configuration.token_keys = keys_;
    clinic_.reset();
    Environment environment;
    environment.now = [this] { return now; };
    environment.log = [](LogLevel, std::string_view) {};
    clinic_.emplace(Clinic::open(configuration, environment));
  }
  void open_with(std::vector<TokenKey> keys) {
    keys_ = std::move(keys);
    open();
  }

  Clinic& clinic() { return *clinic_; }
  AuthService anonymous() { return clinic().act_as(Actor::anonymous()).auth(); }
  Tokens log_in() { return anonymous().log_in({"nina", password}); }
  Me me(const std::string& token) { return clinic().act_with_token(token).auth().me(); }
  ErrorCode refusal(const std::string& token) {
    try {
      me(token);
    } catch (const Error& error) {
      return error.code();
    }
    FAIL("the token was accepted");
    return ErrorCode::internal;
  }
  ErrorCode refresh_refusal(const std::string& token) {
    try {
      anonymous().refresh({token});
    } catch (const Error& error) {
      return error.code();
    }
    FAIL("the refresh token was accepted");
    return ErrorCode::internal;
  }
  boost::json::array rows(const std::string& sql) { return database_.rows(sql); }

  Timestamp now = noon;
  UserView nurse;

 private:
  TestDatabase database_;
  std::vector<TokenKey> keys_;
  std::string policy_;
  std::optional<Clinic> clinic_;
};

TokenKey hmac_key(const std::string& kid, const std::string& text = secret) {
  return {.kid = kid, .algorithm = TokenAlgorithm::HS256, .key = text};
}

/// The parts of one of our tokens in the hands of a forger.
struct Forged {
  explicit Forged(const std::string& jwt) : token(jwt) {}
  std::string signed_with(const std::string& key, const std::string& algorithm = "HS256") {
    Poco::JWT::Signer signer(key);
    signer.addAllAlgorithms();
    return signer.sign(token, algorithm);
  }
  Poco::JWT::Token token;
};

}  // namespace

TEST_CASE("an access token is refused that is not ours as it stands", "[AUTH-2]") {
  Place place({hmac_key("k1")});
  const auto token = place.log_in().access_token;
  CHECK(place.me(token).user.username == "nina");

  SECTION("its header says what it is") {
    const auto header = Poco::JWT::Token(token).header();
    CHECK(header.getValue<std::string>("typ") == "at+jwt");  // RFC 9068
    CHECK(header.getValue<std::string>("alg") == "HS256");
    CHECK(header.getValue<std::string>("kid") == "k1");
  }
  SECTION("its times are whole seconds, for verifiers whose clock has no others") {
    place.now = noon + 999ms;
    const auto payload = Poco::JWT::Token(place.log_in().access_token).payload();
    CHECK(payload.getValue<std::int64_t>("iat") == 1790000000);
    for (const auto* name : {"iat", "nbf", "exp"})
      CHECK(payload.get(name).isInteger());
  }
  SECTION("signed anew with our own key, it is ours") {
    CHECK(place.me(Forged(token).signed_with(secret)).user.username == "nina");
  }
  SECTION("another key") {
    CHECK(place.refusal(Forged(token).signed_with("another secret of more than thirty-two bytes")) ==
          ErrorCode::token_invalid);
  }
  SECTION("no signature at all") {
    const auto dot = token.find('.');
    const auto payload = token.substr(dot, token.rfind('.') - dot);
    for (const auto* none : {"none", "None", "NONE"})
      CHECK(place.refusal(base64url("{\"alg\":\"" + std::string(none) + "\",\"kid\":\"k1\"}") + payload + ".") ==
            ErrorCode::token_invalid);
  }
  SECTION("another algorithm of the same family") {
    CHECK(place.refusal(Forged(token).signed_with(secret, "HS512")) == ErrorCode::token_invalid);
  }
  SECTION("an unknown key, or none") {
    Forged forged(token);
    forged.token.header().set("kid", "k2");
    CHECK(place.refusal(forged.signed_with(secret)) == ErrorCode::token_invalid);
    forged.token.header().remove("kid");
    CHECK(place.refusal(forged.signed_with(secret)) == ErrorCode::token_invalid);
  }
  SECTION("a changed claim") {
    auto changed = token;
    changed[token.find('.') + 10] ^= 1;
    CHECK(place.refusal(changed) == ErrorCode::token_invalid);
  }
  SECTION("another role or another user than the login's") {
    Forged forged(token);
    forged.token.payload().set("role", "superadmin");
    CHECK(place.refusal(forged.signed_with(secret)) == ErrorCode::token_invalid);
    Forged other(token);
    other.token.setSubject("somebody-else");
    CHECK(place.refusal(other.signed_with(secret)) == ErrorCode::token_invalid);
  }
  SECTION("without an end") {
    Forged forged(token);
    forged.token.payload().remove("exp");
    CHECK(place.refusal(forged.signed_with(secret)) == ErrorCode::token_invalid);
  }
  SECTION("a part too many, though it is empty") {
    CHECK(place.refusal(token + ".") == ErrorCode::token_invalid);
    CHECK(place.refusal("." + token) == ErrorCode::token_invalid);
  }
  SECTION("the same bytes in another text") {
    for (const auto* more : {"=", "==", "\n", " "})
      CHECK(place.refusal(token + more) == ErrorCode::token_invalid);
  }
  SECTION("times that are none") {
    for (const char* name : {"nbf", "exp"})
      for (const Poco::Dynamic::Var& time : {Poco::Dynamic::Var(1e300), Poco::Dynamic::Var(-1),
                                             Poco::Dynamic::Var("1790000000"), Poco::Dynamic::Var(true)}) {
        Forged forged(token);
        forged.token.payload().set(name, time);
        CHECK(place.refusal(forged.signed_with(secret)) == ErrorCode::token_invalid);
      }
  }
  SECTION("no token") {
    for (const std::string text : {"", "a", "a.b", "a.b.c", "....", "\xff\xfe", "bearer x"})
      CHECK(place.refusal(text) == ErrorCode::token_invalid);
  }
}

TEST_CASE("an access token holds between its times, as the clocks of hosts may differ", "[AUTH-2]") {
  Place place;
  const auto token = place.log_in().access_token;
  place.now = noon - 30s;  // policy clock_skew_seconds
  CHECK(place.me(token).user.username == "nina");
  place.now = noon - 31s;
  CHECK(place.refusal(token) == ErrorCode::token_invalid);
  place.now = noon + 15min + 29s;
  CHECK(place.me(token).user.username == "nina");
  auto session = place.clinic().act_with_token(token);
  place.now = noon + 15min + 30s;
  CHECK(place.refusal(token) == ErrorCode::token_expired);
  CHECK_THROWS_AS(place.clinic().act_with_token(token), Error);
  // A session that was made while the token held does not outlive it.
  try {
    session.auth().me();
    FAIL("the session outlived its token");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::token_expired);
  }
}

TEST_CASE("keys are rotated by name: the first signs, all verify", "[AUTH-2]") {
  Place place({hmac_key("old")});
  const auto before = place.log_in();
  place.open_with({hmac_key("new", "the new secret is longer than thirty-two bytes"), hmac_key("old")});
  CHECK(place.me(before.access_token).user.username == "nina");
  const auto after = place.anonymous().refresh({before.refresh_token});
  CHECK(Poco::JWT::Token(after.access_token).header().getValue<std::string>("kid") == "new");
  place.open_with({hmac_key("new", "the new secret is longer than thirty-two bytes")});
  CHECK(place.me(after.access_token).user.username == "nina");
  CHECK(place.refusal(before.access_token) == ErrorCode::token_invalid);
}

TEST_CASE("RS256 and ES256, and a public key is no secret for HS256", "[AUTH-2]") {
  const Poco::Crypto::RSAKey rsa(Poco::Crypto::RSAKey::KL_2048, Poco::Crypto::RSAKey::EXP_LARGE);
  const Poco::Crypto::ECKey ec("prime256v1");
  const auto check = [](TokenAlgorithm algorithm, const std::string& private_pem, const std::string& public_pem) {
    Place place({{.kid = "a", .algorithm = algorithm, .key = private_pem}});
    const auto token = place.log_in().access_token;
    CHECK(place.me(token).user.username == "nina");
    CHECK(place.refusal(Forged(token).signed_with(public_pem)) == ErrorCode::token_invalid);
    // another host that only verifies
    place.open_with({hmac_key("b"), {.kid = "a", .algorithm = algorithm, .key = public_pem}});
    CHECK(place.me(token).user.username == "nina");
  };
  check(TokenAlgorithm::RS256, pem(rsa, true), pem(rsa, false));
  check(TokenAlgorithm::ES256, pem(ec, true), pem(ec, false));
}

TEST_CASE("keys that cannot be used are refused when the clinic is opened", "[AUTH-2][CONF-1]") {
  TestDatabase database;
  const auto refused = [&](std::vector<TokenKey> keys, const std::string& path) {
    auto configuration = test_configuration(database);
    configuration.token_keys = std::move(keys);
    try {
      Clinic::open(configuration);
      FAIL("the keys were accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::configuration_invalid);
      REQUIRE(error.fields().size() == 1);
      CHECK(error.fields()[0].path == path);
      CHECK(error.to_json().find("short") == std::string::npos);
    }
  };
  refused({hmac_key("k", "short")}, "token_keys[0].key");
  refused({hmac_key("k"), hmac_key("k")}, "token_keys[1].kid");
  refused({{.kid = "k"}}, "token_keys[0]");
  refused({{.kid = "k", .algorithm = TokenAlgorithm::RS256, .key = "no PEM"}}, "token_keys[0].key");
  refused({{.kid = "k", .key_file = "/nowhere/at/all"}}, "token_keys[0].key_file");
  const Poco::Crypto::ECKey ec("prime256v1");
  refused({{.kid = "k", .algorithm = TokenAlgorithm::ES256, .key = pem(ec, false)}}, "token_keys[0].key");
}

TEST_CASE("a spent refresh token answers the same for some seconds, and then ends the login", "[AUTH-2]") {
  Place place;
  const auto first = place.log_in();
  const auto second = place.anonymous().refresh({first.refresh_token});
  CHECK(second.refresh_token != first.refresh_token);
  place.now = noon + 10s;
  CHECK(place.anonymous().refresh({first.refresh_token}).refresh_token == second.refresh_token);
  const auto guess = second.refresh_token.substr(0, second.refresh_token.size() - 4) + "0000";
  CHECK(place.refresh_refusal(guess) == ErrorCode::token_invalid);  // and harms nobody
  CHECK(place.me(second.access_token).user.username == "nina");
  place.now = noon + 11s;
  CHECK(place.refresh_refusal(first.refresh_token) == ErrorCode::token_invalid);
  CHECK(place.refresh_refusal(second.refresh_token) == ErrorCode::token_invalid);
  CHECK(place.refusal(second.access_token) == ErrorCode::token_invalid);
  const auto filed = place.rows("SELECT count(*) AS n FROM audit_entries WHERE action = 'REFRESH_TOKEN_REPLAYED'");
  CHECK(filed[0].at("n").as_int64() == 1);
}

TEST_CASE("a refresh token that nobody exchanges ends", "[AUTH-2]") {
  Place place;
  const auto tokens = place.log_in();
  place.now = noon + 24h * 30;
  CHECK(place.refresh_refusal(tokens.refresh_token) == ErrorCode::token_invalid);
}

TEST_CASE("many tabs that refresh at once get one child, and nobody is logged out", "[AUTH-2][concurrent]") {
  Place place;
  const auto tokens = place.log_in();
  std::vector<std::string> children(8);
  std::vector<std::thread> tabs;
  for (auto& child : children)
    tabs.emplace_back([&] { child = place.anonymous().refresh({tokens.refresh_token}).refresh_token; });
  for (auto& tab : tabs)
    tab.join();
  CHECK(std::count(children.begin(), children.end(), children.front()) == 8);
  CHECK(place.anonymous().refresh({children.front()}).user.username == "nina");
}

TEST_CASE("whatever ends a login ends it for every session that is open", "[AUTH-2][AUTH-7]") {
  Place place;
  const auto tokens = place.log_in();
  auto admin = place.clinic().act_as(Actor::system("test"));
  SECTION("logout") { place.clinic().act_with_token(tokens.access_token).auth().log_out(); }
  SECTION("logout by the refresh token") { place.anonymous().log_out({tokens.refresh_token}); }
  SECTION("role") { admin.users().change_role({.user = place.nurse.id, .role = Role::doctor}); }
  SECTION("deactivation") { admin.users().update({.user = place.nurse.id, .active = false}); }
  SECTION("an administrator") { admin.users().end_logins({place.nurse.id}); }
  SECTION("another password") {
    place.clinic()
        .act_with_token(place.log_in().access_token)
        .auth()
        .change_password({.current_password = password, .new_password = "quite another passphrase"});
  }
  CHECK(place.refusal(tokens.access_token) == ErrorCode::token_invalid);
  CHECK(place.refresh_refusal(tokens.refresh_token) == ErrorCode::token_invalid);
}

TEST_CASE("an idempotency key makes no login twice, and keeps no tokens", "[AUTH-2][HTTP-5]") {
  Place place;
  const CallOptions keyed{.idempotency_key = "once"};
  const auto first = place.anonymous().log_in({"nina", password}, keyed);
  const auto second = place.anonymous().log_in({"nina", password}, keyed);
  CHECK(first.refresh_token != second.refresh_token);
  CHECK(place.rows("SELECT count(*) AS n FROM idempotency_records")[0].at("n").as_int64() == 0);
}
