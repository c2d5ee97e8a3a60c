/// \file
/// A full run with known secrets, which are then looked for everywhere that they must not be: logs, errors, answers of
/// other calls, all rows of all tables, the files of an embedded database.

#include "support/canaries.hpp"
#include "support/catch.hpp"
#include "support/known_random.hpp"
#include "support/recording_notifier.hpp"
#include "support/temp_clinic.hpp"

#include "base/formats.hpp"
#include "base/ids.hpp"
#include "crypto/password.hpp"
#include "operations/table.hpp"

#include <boost/algorithm/hex.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

using namespace clinic;
using namespace clinic::test;
namespace json = boost::json;

namespace {

enum class Shows : bool { no_secret, its_secret };

/// A clinic under `standard` that tells all, and everything that it said.
class FullRun {
 public:
  explicit FullRun(const std::string& policy)
      : clinic_({.policy = policy,
                 .log_level = LogLevel::trace,
                 .random =
                     [this](std::span<std::byte> bytes) {
                       if (!random_fails_with.empty()) throw std::runtime_error(random_fails_with);
                       if (random_throws_a_word) throw "no std::exception";
                       random_->fill(bytes);
                     },
                 .notifiers = {gateway_.serving(MessageChannel::email), gateway_.serving(MessageChannel::sms)}}) {}

  Session desk() { return clinic_.as(); }
  Session anonymous() { return clinic_.clinic().act_as(Actor::anonymous()); }
  Session with(const json::value& tokens) { return clinic_.clinic().act_with_token(text_at(tokens, "access_token")); }
  TempClinic& clinic() { return clinic_; }

  static std::string text_at(const json::value& object, const char* name) {
    return std::string(object.at(name).as_string());
  }

  json::value done(const Session& who, const std::string& operation, const json::value& request,
                   const CallOptions& options = {}, Shows shows = Shows::no_secret) {
    INFO(operation << " " << json::serialize(request));
    const auto answer = who.call(operation, json::serialize(request), options);
    if (shows == Shows::no_secret) answers_ += answer + "\n";
    done_.insert(operation);
    return json::parse(answer);
  }
  void refused_text(const Session& who, const std::string& operation, const std::string& request,
                    const CallOptions& options = {}) {
    try {
      who.call(operation, request, options);
    } catch (const Error& error) {
      errors_ += error.to_json() + error.what() + "\n";
      refused_.insert(operation);
      return;
    }
    FAIL(operation << " was not refused: " << request);
  }
  void refused(const Session& who, const std::string& operation, const json::value& request,
               const CallOptions& options = {}) {
    refused_text(who, operation, json::serialize(request), options);
  }

  /// A login, whose tokens are secrets from now on.
  json::value log_in(const std::string& login, const std::string& password) {
    return keep(done(anonymous(), "auth.login", {{"login", login}, {"password", password}}, {}, Shows::its_secret));
  }
  json::value keep(json::value tokens) {
    for (const auto* name : {"access_token", "refresh_token"}) {
      const auto token = secrets.add(name, text_at(tokens, name));
      secrets.add(std::string("end of the ") + name, token.substr(token.rfind('.') + 1));
    }
    return tokens;
  }
  /// The token that went into the last link.
  std::string link_token() {
    return secrets.add("token of a link", boost::algorithm::hex_lower(random_->draws_of(32).back()));
  }

  /// The code in the last message. A code of six digits may stand anywhere by chance: none is looked for.
  std::string last_code() {
    done(desk(), "notifications.dispatch", json::object());
    const auto sent = gateway_.sent();
    const auto code = std::find_if(sent.rbegin(), sent.rend(),
                                   [](const SentMessage& message) { return message.message_template == "email_code"; });
    REQUIRE(code != sent.rend());
    return text_at(json::parse(code->data), "code");
  }

  /// Passwords, tokens and keys that the SDK made: they are a secret of each draw of that size.
  void keep_what_was_made() {
    for (const auto& bytes : random_->draws_of(32)) {
      secrets.add("32 random bytes", bytes);
      secrets.add("a token", boost::algorithm::hex_lower(bytes));
    }
    for (const auto& bytes : random_->draws_of(64)) {
      bool used = false;
      try {
        secrets.add("a generated password", generate_password(12, [&](std::span<std::byte> out) {
                      if (std::exchange(used, true)) throw std::runtime_error("this draw was not enough");
                      std::memcpy(out.data(), bytes.data(), out.size());
                    }));
      } catch (const std::runtime_error&) {
        continue;
      }
    }
  }

  void check_called(const std::string& operation) const {
    INFO(operation << " takes or makes a secret and has no place in the run");
    CHECK(done_.contains(operation));
    CHECK(refused_.contains(operation));
  }

  /// What is found where it must not be.
  std::vector<std::string> findings() {
    std::vector<std::string> found;
    const auto look = [&](const std::string& place, const std::string& text, const Canaries& canaries) {
      const auto here = canaries.found_in(place, text);
      found.insert(found.end(), here.begin(), here.end());
    };
    std::string logs;
    for (const auto& line : clinic_.log().all())
      logs += line + "\n";
    for (const auto* canaries : {&secrets, &medical, &hashes}) {
      look("logs", logs, *canaries);
      look("errors", errors_, *canaries);
    }
    look("answers", answers_, secrets);
    look("answers", answers_, hashes);
    for (const auto& table : clinic_.database().tables()) {
      const auto rows = json::serialize(clinic_.rows("SELECT * FROM " + table));
      look(table, rows, secrets);
      look(table, rows, medical);
      if (table != "users") look(table, rows, hashes);
    }
    const auto look_at_files = [&](const std::string& when) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(clinic_.database().folder().path()))
        if (entry.is_regular_file() && entry.path().extension() != ".key") {  // where the master key must be
          look(entry.path().filename().string() + when, contents(entry.path()), secrets);
          look(entry.path().filename().string() + when, contents(entry.path()), medical);
        }
    };
    look_at_files(", open");
    clinic_.close();
    look_at_files(", closed");
    return found;
  }
  const std::string& answers() const { return answers_; }
  const std::string& errors() const { return errors_; }

  Canaries secrets, medical;
  Canaries hashes;  ///< that were brought along: in `users` they must be
  std::string random_fails_with;
  bool random_throws_a_word = false;

 private:
  std::shared_ptr<KnownRandom> random_ = std::make_shared<KnownRandom>();
  std::string answers_, errors_;
  std::set<std::string> done_, refused_;
  RecordingNotifier gateway_;
  TempClinic clinic_;
};

bool holds(const TypeDescription& type, Exposure exposure) {
  if (type.element && holds(*type.element, exposure)) return true;
  return std::any_of(type.fields.begin(), type.fields.end(), [&](const FieldDescription& field) {
    return field.rule->exposure == exposure || holds(*field.type, exposure);
  });
}

bool takes_or_makes_a_secret(const Operation& row) {
  if (row.effect == Effect::reads) return false;
  for (const auto* sends_a_token : {"users.invite", "patients.invite", "auth.request_password_reset"})
    if (row.name == sends_a_token) return true;
  for (const auto* type : {row.request, row.response})
    if (holds(*type, Exposure::secret) || holds(*type, Exposure::medical)) return true;
  return false;
}

json::object person(const std::string& number, json::object more = {}) {
  json::object request{{"number", number}, {"first_name", "Jane"}, {"last_name", "Smith"}};
  for (auto& member : more)
    request[member.key()] = member.value();
  return request;
}

std::string email(const std::string& name) { return name + "@example.org"; }

void patients_and_their_accounts(FullRun& run, bool shows_password) {
  const auto desk = run.desk();
  const auto allergies = run.medical.add("allergies", "canary-GALLSTONES"),
             policy = run.medical.add("policy number", "canary-POLICY-11"),
             history = run.medical.add("history", "canary-APPENDICITIS"),
             given = run.secrets.add("a given password", "canary-PASSWORD-51f0");
  const auto national_id = run.medical.add("national ID", "canary-ID-5533");
  run.medical.add("normal form of the national ID", national_id_key(national_id));

  const auto shows = shows_password ? Shows::its_secret : Shows::no_secret;
  const auto whole = person("A-1", {{"portal_email", email("a1")},
                                    {"create_portal_account", true},
                                    {"allergies", allergies},
                                    {"policy_number", policy},
                                    {"national_id", national_id},
                                    {"medical_history", history}});
  const auto made = run.done(desk, "patients.register", whole, {.idempotency_key = "one"}, shows);
  CHECK(made.at("portal_credentials").at("temporary_password").is_string() == shows_password);
  CHECK(run.done(desk, "patients.register", whole, {.idempotency_key = "one"}, shows) == made);
  run.refused(desk, "patients.register", person("A-9", {{"national_id", national_id}, {"allergies", allergies}}));
  run.refused(desk, "patients.register", person("A-9", {{"gender", allergies}, {"birth_date", history}}));

  const auto with_password =
      person("A-2", {{"portal_email", email("a2")}, {"create_portal_account", true}, {"password", given}});
  run.done(desk, "patients.register", with_password, {.idempotency_key = "two"});
  run.refused(desk, "patients.register", with_password);                              // a duplicate
  run.refused(desk, "patients.register", with_password, {.idempotency_key = "one"});  // the key of something else
  run.refused(desk, "patients.register", person("A-9", {{"password", given}}));       // where there is no account
  run.refused(desk, "patients.register", person("A-9", {{"create_portal_account", given}, {"version", given}}));
  const auto text = json::serialize(with_password);
  run.refused_text(desk, "patients.register", text.substr(0, text.size() - 4));  // no JSON

  for (const auto* delivery : {"response", "message", "invitation"}) {
    const auto number = std::string("B-") + delivery;
    run.done(desk, "patients.register", person(number, {{"email", email(number)}, {"medical_history", history}}));
    run.done(desk, "patients.create_account", {{"patient", number}, {"delivery", delivery}}, {},
             delivery == std::string_view("response") ? Shows::its_secret : Shows::no_secret);
  }
  run.done(desk, "patients.register", person("B-2", {{"email", email("b2")}}));
  run.done(desk, "patients.create_account", {{"patient", "B-2"}, {"password", given}}, {.idempotency_key = "three"});
  run.refused(desk, "patients.create_account", {{"patient", "B-2"}, {"password", given}});
  run.refused(desk, "patients.create_account", {{"patient", given}, {"password", given}});
  run.refused(desk, "patients.create_account", {{"patient", "B-2"}, {"delivery", given}});

  const auto other_id = run.medical.add("another national ID", "canary-ID-7788");
  const auto user_of = [&](const std::string& number) {
    run.done(desk, "patients.register", person(number, {{"email", email(number)}}));
    run.done(desk, "sync.create_user_from_patient", {{"patient", number}, {"password", given}});
    return FullRun::text_at(run.done(desk, "sync.unlink", {{"patient", number}, {"reason", "to see"}}).at("user"),
                            "id");
  };
  const auto first = user_of("C-1"), second = user_of("C-2");
  run.refused(desk, "sync.create_user_from_patient", {{"patient", given}, {"password", given}});
  run.refused(desk, "sync.unlink", {{"patient", "C-1"}, {"reason", "once more"}});
  run.refused(desk, "sync.link", {{"user", first}, {"patient", national_id}, {"reason", "to see"}});
  run.done(desk, "sync.link", {{"user", first}, {"patient", "C-1"}, {"reason", "the same"}});
  run.refused(desk, "sync.create_patient_from_user",
              {{"user", second}, {"national_id", other_id}, {"gender", other_id}});
  run.done(desk, "patients.update", {{"patient", "C-2"}, {"email", nullptr}});
  run.done(desk, "sync.create_patient_from_user", {{"user", second}, {"national_id", other_id}});

  run.done(desk, "patients.update",
           {{"patient", "A-1"}, {"allergies", run.medical.add("changed allergies", "canary-PEANUTS")}});
  run.refused(desk, "patients.update", {{"patient", "A-1"}, {"version", 1}, {"allergies", allergies}});
  run.refused(desk, "patients.update", {{"patient", "A-2"}, {"national_id", national_id}});
  run.done(desk, "patients.medical_history.update",
           {{"patient", "A-1"}, {"history", run.medical.add("changed history", "canary-TONSILLITIS")}});
  run.refused(desk, "patients.medical_history.update", {{"patient", "A-1"}, {"version", 1}, {"history", history}});
  const auto note = run.medical.add("note", "canary-SCIATICA");
  const auto written = run.done(desk, "patients.notes.create", {{"patient", "A-1"}, {"text", note}});
  run.refused(desk, "patients.notes.create", {{"patient", "A-1"}, {"noted_on", "9999-01-01"}, {"text", note}});
  run.done(desk, "patients.notes.update",
           {{"note", written.at("id")}, {"text", run.medical.add("changed note", "canary-LUMBAGO")}});
  run.refused(desk, "patients.notes.update", {{"note", written.at("id")}, {"version", 1}, {"text", note}});
  run.refused(desk, "patients.search", {{"q", "x"}, {"gender", national_id}});
  run.done(desk, "patients.register_unidentified",
           {{"circumstances", run.medical.add("circumstances", "canary-SCARS")}});
  run.refused(desk, "patients.register_unidentified",
              {{"age_years", -1}, {"circumstances", run.medical.add("refused circumstances", "canary-BURNS")}});
  run.done(desk, "patients.register", person("B-1", {{"email", email("bulk")}}));
  run.done(desk, "patients.create_accounts", {{"patients", json::array{"B-1"}}}, {}, Shows::its_secret);
  run.refused(desk, "patients.create_accounts", {{"patients", national_id}});
  run.done(desk, "patients.search", {{"q", national_id}});
  run.done(desk, "patients.verify", {{"patient", "A-1"}});
  run.refused(desk, "patients.verify", {{"patient", national_id}});
  run.done(desk, "patients.confirm_account", {{"patient", "C-1"}});
  run.refused(desk, "patients.confirm_account", {{"patient", national_id}});
}

void users_and_their_logins(FullRun& run) {
  const auto desk = run.desk(), anonymous = run.anonymous();
  const auto first = run.secrets.add("a nurse's password", "canary-FIRST-password"),
             second = run.secrets.add("a changed password", "canary-SECOND-password"),
             third = run.secrets.add("a reset password", "canary-THIRD-password"),
             wrong = run.secrets.add("a wrong password", "canary-WRONG-password");
  const auto made = run.done(desk, "users.create",
                             {{"username", "nina"}, {"email", email("nina")}, {"role", "nurse"}, {"password", first}});
  run.refused(desk, "users.create", {{"username", "nina"}, {"role", "nurse"}, {"password", first}});
  run.refused(desk, "users.create", {{"username", "x"}, {"role", first}, {"password", first}});
  run.refused(desk, "users.create", {{"username", "x"}, {"rol", "nurse"}, {"password", first}});
  run.refused(desk, "users.create",
              {{"username", "x"},
               {"role", "nurse"},
               {"password", run.secrets.add("a long password", "canary-" + std::string(70, 'L'))}});
  run.refused_text(desk, "users.create", R"({"username":"x","role":"nurse","password":"canary-FIRST-password\u0000"})");
  run.refused_text(desk, "users.create",
                   "{\"username\":\"x\",\"role\":\"nurse\",\"password\":\"canary-FIRST-password\xff\"}");

  run.refused(anonymous, "auth.login", {{"login", "nina"}, {"password", wrong}}, {.origin = "192.0.2.1"});
  run.refused(anonymous, "auth.login", {{"login", wrong}, {"password", wrong}});  // in the field above it
  run.refused(anonymous, "auth.login", {{"login", "nina"}, {"password", {{"is", wrong}}}});
  const auto tokens = run.log_in("nina", first);
  const auto refresh = [&](const json::value& of, Shows shows = Shows::its_secret) {
    return run.keep(run.done(anonymous, "auth.refresh", {{"refresh_token", of.at("refresh_token")}}, {}, shows));
  };
  const auto next = refresh(tokens);
  CHECK(refresh(tokens).at("refresh_token") == next.at("refresh_token"));
  refresh(next);
  run.refused(anonymous, "auth.refresh", {{"refresh_token", tokens.at("refresh_token")}});  // spent long ago
  run.refused(anonymous, "auth.refresh", {{"refresh_token", run.secrets.add("no token", "canary-NO.1.TOKEN")}});
  run.refused(anonymous, "auth.logout", {{"refresh_token", wrong}, {"all", wrong}});
  run.done(anonymous, "auth.logout", {{"refresh_token", run.log_in("nina", first).at("refresh_token")}});
  CHECK_THROWS_AS(run.with({{"access_token", run.secrets.add("a forged token", "canary.FORGED.TOKEN")}}), Error);

  const auto nina = run.with(run.log_in("nina", first));
  run.refused(nina, "auth.change_password", {{"current_password", wrong}, {"new_password", second}});
  run.refused(nina, "auth.change_password",
              {{"current_password", first},
               {"new_password", run.secrets.add("a short password", "canary-1")},
               {"version", second}});
  run.done(nina, "auth.change_password", {{"current_password", first}, {"new_password", second}});
  run.refused(nina, "profile.update", {{"locale", wrong + "!"}});
  run.done(nina, "profile.update", {{"locale", "sw"}});

  run.refused(anonymous, "auth.request_password_reset", {{"login", {{"is", wrong}}}});
  run.done(anonymous, "auth.request_password_reset", {{"login", wrong}});
  run.done(anonymous, "auth.request_password_reset", {{"login", "nina"}});
  const auto reset = run.link_token();
  run.refused(anonymous, "auth.reset_password", {{"token", "canary-NO-SUCH-TOKEN"}, {"new_password", third}});
  run.refused(anonymous, "auth.accept_invitation", {{"token", reset}, {"new_password", third}});
  run.done(anonymous, "auth.reset_password", {{"token", reset}, {"new_password", third}});
  run.refused(anonymous, "auth.reset_password", {{"token", reset}, {"new_password", third}});

  const auto invited = FullRun::text_at(
      run.done(desk, "users.create", {{"username", "ivy"}, {"email", email("ivy")}, {"role", "doctor"}}).at("user"),
      "id");
  run.refused(desk, "users.invite", {{"user", FullRun::text_at(made.at("user"), "id")}});
  run.done(desk, "users.invite", {{"user", invited}}, {.idempotency_key = "four"});
  run.done(anonymous, "auth.accept_invitation", {{"token", run.link_token()}, {"new_password", second}});
  run.refused(anonymous, "auth.accept_invitation", {{"token", run.link_token()}, {"new_password", second}});
  run.done(desk, "patients.register", person("E-1", {{"email", email("e1")}}));
  run.done(desk, "patients.invite", {{"patient", "E-1"}});
  run.refused(desk, "patients.invite", {{"patient", "A-2-nobody"}});

  const auto hash = run.hashes.add("an imported hash", hash_password(second, 4, random_bytes)),
             refused_hash = run.hashes.add("a hash of no format", "canary-HASH-of-no-format"),
             late_hash = run.hashes.add("a hash of somebody who is there", hash_password(third, 4, random_bytes));
  const auto user = [](const std::string& name, const std::string& role, const std::string& imported_hash) {
    return json::object{{"username", name}, {"role", role}, {"imported_hash", imported_hash}};
  };
  const json::array brought{user("imani", "nurse", hash), user("imani", "nurse", late_hash),
                            user("idris", "nurse", refused_hash)};
  const auto imported = run.done(desk, "users.import", json::object{{"users", brought}});
  CHECK(imported.at("conflicts").as_array().size() == 2);
  run.refused(desk, "users.import", json::object{{"users", json::array{user("x", hash, hash)}}});
  run.log_in("imani", second);

  const json::object registers{
      {"first_name", "Rehema"}, {"last_name", "Otieno"}, {"email", email("rehema")}, {"password", second}};
  run.done(anonymous, "auth.register", registers, {.idempotency_key = "five"});
  run.refused(anonymous, "auth.register", registers);
  run.log_in(email("rehema"), second);

  const auto last = run.with(run.log_in("nina", third));
  run.refused(last, "profile.delete", {{"password", wrong}});
  run.done(last, "profile.delete", {{"password", third}});
}

void proofs_of_contacts(FullRun& run) {
  const auto desk = run.desk(), anonymous = run.anonymous();
  const auto password = run.secrets.add("a verified person's password", "canary-PROVEN-password");
  const auto wrong = run.secrets.add("a token that is none", "canary-NO-PROOF");
  const auto token_in = [&](const json::value& reply, const char* name) {
    return run.secrets.add(name, FullRun::text_at(reply, name));
  };
  const json::object contact{{"email", email("vera")}};
  const auto with = [&](json::object more) {
    more.insert(contact.begin(), contact.end());
    return more;
  };
  run.refused(anonymous, "auth.start_registration", {{"email", wrong}});
  const auto started =
      token_in(run.done(anonymous, "auth.start_registration", contact, {}, Shows::its_secret), "verification_token");
  run.refused(anonymous, "auth.resend_code", {{"verification_token", wrong}});
  run.last_code();  // which is on its way before the next one
  run.done(anonymous, "auth.resend_code", {{"verification_token", started}});
  run.refused(anonymous, "auth.verify_contact", with({{"code", "canary-CODE"}, {"verification_token", started}}));
  const auto verified =
      token_in(run.done(anonymous, "auth.verify_contact",
                        with({{"code", run.last_code()}, {"verification_token", started}}), {}, Shows::its_secret),
               "verified_token");
  run.refused(anonymous, "auth.set_password", with({{"verified_token", wrong}, {"password", password}}));
  run.done(anonymous, "auth.set_password", with({{"verified_token", verified}, {"password", password}}));
  run.refused(anonymous, "auth.set_password", with({{"verified_token", verified}, {"password", password}}));

  const auto vera = run.with(run.log_in(email("vera"), password));
  run.refused(vera, "profile.start_contact_change", {{"email", wrong}});
  const auto change =
      token_in(run.done(vera, "profile.start_contact_change", {{"email", email("vera2")}}, {}, Shows::its_secret),
               "verification_token");
  run.refused(vera, "profile.confirm_contact", {{"code", run.last_code()}, {"verification_token", wrong}});
  run.done(vera, "profile.confirm_contact", {{"code", run.last_code()}, {"verification_token", change}});

  json::object booking{{"phone", "+254712345000"},
                       {"doctor", "Dr. Wanjiru"},
                       {"starts_at", "2999-01-05T09:00:00Z"},
                       {"comment", run.medical.add("what a caller said", "canary-MIGRAINE")}};
  run.done(desk, "ivr.book", booking);
  booking["starts_at"] = "2001-01-05T09:00:00Z";
  run.refused(desk, "ivr.book", booking);
}

/// What fails for reasons of its own, and whose texts may hold anything.
void failures(FullRun& run) {
  const auto desk = run.desk();
  const auto password = run.secrets.add("a password in a failing call", "canary-FAILING-password"),
             allergies = run.medical.add("allergies in a failing call", "canary-FAILING-allergies");
  const auto request = person("F-1", {{"portal_email", email("f1")},
                                      {"create_portal_account", true},
                                      {"password", password},
                                      {"allergies", allergies}});
  run.random_fails_with = run.secrets.add("the text of a foreign exception", "canary-EXCEPTION-text");
  run.refused(desk, "patients.register", request);
  run.random_fails_with.clear();
  run.random_throws_a_word = true;
  run.refused(desk, "patients.register", request);
  run.random_throws_a_word = false;
  run.clinic().rows("ALTER TABLE outbox_messages RENAME TO away");
  run.refused(desk, "patients.create_account", {{"patient", "E-1"}, {"delivery", "message"}});
  run.clinic().rows("ALTER TABLE away RENAME TO outbox_messages");
  run.clinic().rows("ALTER TABLE users RENAME TO away");
  run.refused(desk, "patients.register", request);
  run.clinic().rows("ALTER TABLE away RENAME TO users");
  run.refused(desk, password, request);  // no such operation
  // What the database itself refuses: servers show the whole row that they do not take.
  run.clinic().rows(run.clinic().database().backend() == Backend::sqlite
                        ? "CREATE TRIGGER refused BEFORE INSERT ON patients WHEN NEW.number = 'F-1' "
                          "BEGIN SELECT RAISE(ABORT, 'refused'); END"
                        : "ALTER TABLE patients ADD CONSTRAINT refused CHECK (number <> 'F-1')");
  run.refused(desk, "patients.register", request);
}

/// After this, no secret of a message is anywhere, not even sealed.
void messages(FullRun& run) {
  REQUIRE(run.done(run.desk(), "notifications.dispatch", json::object()).at("waiting").as_int64() == 0);
  CHECK(run.clinic().rows("SELECT id FROM outbox_messages WHERE sealed_secret IS NOT NULL").empty());
  const auto token = run.secrets.add("token of a receipt", "canary-receipt-3f81");
  json::object receipt{{"method", "POST"}, {"url", "https://clinic.example/?token=" + token}, {"body", "- g-1 failed"}};
  run.done(run.anonymous(), "notifications.receipt", receipt);
  receipt["body"] = "nothing";
  receipt["headers"] = json::array{{{"name", "Authorization"}, {"value", token}}};
  run.refused(run.anonymous(), "notifications.receipt", receipt);
}

void reads(FullRun& run) {
  const auto desk = run.desk();
  for (const auto* operation : {"audit.list", "patients.list", "users.list"}) {
    json::object request{{"limit", 200}};
    for (;;) {
      const auto page = run.done(desk, operation, request);
      if (page.at("next").is_null()) break;
      request["after"] = page.at("next");
    }
  }
  for (const auto* operation : {"patients.get", "patients.access_log", "patients.medical_history.get", "sync.person"})
    run.done(desk, operation, {{"patient", "A-1"}});
  run.done(desk, "audit.verify", json::object());
}

}  // namespace

TEST_CASE("secrets of a full run are nowhere but in the answers that give them",
          "[AUDIT-4][ACCESS-5][PORTAL-5][NOTE-5]") {
  const std::string delivery = GENERATE("response", "message", "invitation");
  FullRun run(
      "{\"self_registration\":true,\"code_resend_seconds\":0,\"portal_address\":\"https://"
      "portal.example\",\"credential_delivery\":\"" +
      delivery + "\"}");
  patients_and_their_accounts(run, delivery == "response");
  users_and_their_logins(run);
  proofs_of_contacts(run);
  failures(run);
  messages(run);
  reads(run);
  for (const auto& row : operation_table())
    if (takes_or_makes_a_secret(row)) run.check_called(std::string(row.name));

  run.keep_what_was_made();
  REQUIRE(run.secrets.size() > 50);
  CHECK(run.answers().find("$2b$") == std::string::npos);
  CHECK(run.errors().find("Incident") != std::string::npos);
  for (const auto& finding : run.findings())
    FAIL_CHECK(finding);
}

TEST_CASE("a canary is found however it is written", "[AUDIT-4]") {
  const Canary canary("it", "canary-51f0?>");
  CHECK(canary.found_in("nothing").empty());
  CHECK(canary.found_in("x canary-51f0?> y") == "it as it is");
  CHECK(canary.found_in("63616e6172792d353166303f3e") == "it in hexadecimal");
  CHECK(canary.found_in("63616E6172792D353166303F3E") == "it in HEXADECIMAL");
  // base64 of "", "x" and "xy", each with the secret and "z" behind
  CHECK(canary.found_in("Y2FuYXJ5LTUxZjA/Pno=") == "it in base64");
  CHECK(canary.found_in("eGNhbmFyeS01MWYwPz56") == "it in base64");
  CHECK(canary.found_in("eHljYW5hcnktNTFmMD8+eg==") == "it in base64");
  CHECK(canary.found_in("Y2FuYXJ5LTUxZjA_Pno") == "it in base64url");
  CHECK(canary.found_in("eHljYW5hcnktNTFmMD8-eg") == "it in base64url");
  CHECK_THROWS_AS(Canary("it", "short"), std::logic_error);
}
