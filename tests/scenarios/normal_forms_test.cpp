/// \file
/// Names and passwords are the same however they were typed: composed or not, and as an earlier version stored them.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

using namespace clinic;
using namespace clinic::test;

namespace {

const std::string composed = "Zo\u00EB", decomposed = "Zoe\u0308";
const std::string passphrase = "caf\u00E9 au lait, cr\u00E8me br\u00FBl\u00E9e",
                  passphrase_decomposed = "cafe\u0301 au lait, cre\u0300me bru\u0302le\u0301e";

}  // namespace

TEST_CASE("a username is one account's, however it is typed", "[AUTH-1][MODEL-8]") {
  TempClinic clinic;
  auto users = clinic.as().users();
  users.create({.username = composed, .password = passphrase, .role = Role::nurse});
  for (const auto& other :
       {decomposed, std::string("ZOE\u0308"), std::string("\uFF3Ao\u00EB"), std::string("Zo\u200B\u00EB")}) {
    INFO(other);
    CHECK(clinic.refusal("users.create", {{"username", other}, {"role", "nurse"}}).code() ==
          ErrorCode::duplicate_username);
    auto anonymous = clinic.clinic().act_as(Actor::anonymous()).auth();
    CHECK_NOTHROW(anonymous.log_in({other, passphrase}));
    CHECK_NOTHROW(anonymous.log_in({composed, passphrase_decomposed}));
  }
  clinic.as().patients().register_patient({.first_name = decomposed, .last_name = "Smith"});
  CHECK(clinic.as().patients().search({.q = composed}).items.size() == 1);
  CHECK(clinic.as().patients().search({.q = decomposed}).items.size() == 1);
}

TEST_CASE("a hash of a password as it was typed goes on verifying, and becomes one of its normal form", "[AUTH-3]") {
  TempClinic clinic;
  clinic.as().users().create({.username = "nina", .password = "a long enough passphrase", .role = Role::nurse});
  const std::string typed = "$2b$04$abcdefghijklmnopqrstuutuC0pE20bAH0yljPxsi2c6u2KWkT6eW";
  clinic.rows("UPDATE users SET password_hash = '" + typed + "'");
  auto anonymous = clinic.clinic().act_as(Actor::anonymous()).auth();
  CHECK_THROWS_AS(anonymous.log_in({"nina", passphrase}), Error);  // nobody can tell from such a hash
  CHECK_NOTHROW(anonymous.log_in({"nina", passphrase_decomposed}));
  CHECK(clinic.rows("SELECT password_hash FROM users").at(0).at("password_hash") != boost::json::value(typed));
  CHECK_NOTHROW(anonymous.log_in({"nina", passphrase}));
  CHECK_NOTHROW(anonymous.log_in({"nina", passphrase_decomposed}));
}

TEST_CASE("normal forms of another version are found, and made anew", "[MODEL-8]") {
  TempClinic clinic;
  auto session = clinic.as();
  const auto zoe = session.users().create({.username = decomposed, .password = passphrase, .role = Role::nurse}).user;
  const auto rival = session.users().create({.username = "rival", .role = Role::nurse}).user;
  const auto patient = session.patients().register_patient({.first_name = decomposed, .last_name = "Smith"}).patient;
  clinic.rows("UPDATE users SET username_key = 'zoe\u0308' WHERE id = '" + zoe.id + "'");
  clinic.rows("UPDATE patients SET name_key = 'zoe\u0308 smith'");
  CHECK(session.patients().search({.q = decomposed}).items.empty());

  const auto checked = session.system().check();
  REQUIRE(checked.problems.size() == 2);
  CHECK(checked.problems[0].code == "normal_form_outdated");
  CHECK(checked.problems[0].record_id == patient.id);
  CHECK(checked.problems[1].record_id == zoe.id);

  SECTION("where nobody else has them") {
    const auto changed = session.system().reencrypt();
    CHECK(changed.users_changed == 1);
    CHECK(changed.patients_changed == 1);
    CHECK(changed.records_left == 0);
    CHECK(session.patients().search({.q = composed}).items.size() == 1);
    CHECK_NOTHROW(clinic.clinic().act_as(Actor::anonymous()).auth().log_in({composed, passphrase}));
    CHECK(session.system().check().valid);
  }
  SECTION("where somebody has one, both stay as they are until one has another name") {
    clinic.rows("UPDATE users SET username = 'Zo\u00EB', username_key = 'zo\u00EB' WHERE id = '" + rival.id + "'");
    const auto changed = session.system().reencrypt();
    CHECK(changed.users_changed == 0);
    CHECK(changed.records_left == 1);
    const auto left = session.system().check();
    REQUIRE(left.problems.size() == 1);
    CHECK(left.problems[0].record_id == zoe.id);
    session.users().update({.user = zoe.id, .username = std::string("zoe.two")});
    CHECK(session.system().check().valid);
  }
}

TEST_CASE("a normal form that is made anew takes nobody's login away", "[MODEL-8][AUTH-1]") {
  TempClinic clinic;
  auto session = clinic.as();
  const auto create = [&](const std::string& name) {
    return session.users().create({.username = name, .email = name + "@example.org", .role = Role::nurse}).user.id;
  };
  const auto nina = create("nina"), rival = create("rival"), zoe = create("zoe");
  const auto set = [&](const std::string& id, const std::string& column, const std::string& text) {
    clinic.rows("UPDATE users SET " + column + " = '" + text + "', " + column + "_key = '" + text + "' WHERE id = '" +
                id + "'");
  };
  const std::string email = "nina@example.org", old_form = "nina@example.org\u200B";
  clinic.rows("UPDATE users SET name_key = 'old' WHERE id = '" + zoe + "'");
  auto left = rival;
  SECTION("a username that would become another's email") { set(rival, "username", old_form); }
  SECTION("an email that would become another's username") {
    set(rival, "username", email);
    set(nina, "email", old_form);
    left = nina;
  }
  const auto changed = session.system().reencrypt();
  CHECK(changed.users_changed == 1);
  CHECK(changed.records_left == 1);
  const auto checked = session.system().check();
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].record_id == left);
}
