/// \file
/// The host's own challenge before what anybody may do (AUTH-9): who is asked, when, and what a refusal leaves.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <functional>
#include <stdexcept>

using namespace clinic;
using namespace clinic::test;
namespace json = boost::json;

namespace {

struct Asked {
  std::string operation, origin, answer;
  friend bool operator==(const Asked&, const Asked&) = default;
};

/// A clinic whose host keeps what it was asked, and then does as it is told.
class ChallengedClinic {
 public:
  explicit ChallengedClinic(std::function<bool()> judge = [] { return true; })
      : judge_(std::move(judge)),
        clinic_({.policy = R"({"self_registration":true,"audit_seal_seconds":0})",
                 .log_level = LogLevel::trace,
                 .challenge = [this](std::string_view operation, std::string_view origin, std::string_view answer) {
                   asked.push_back({std::string(operation), std::string(origin), std::string(answer)});
                   statements = clinic_.log().statements();
                   return judge_();
                 }}) {}

  TempClinic& clinic() { return clinic_; }
  Session anonymous() { return clinic_.clinic().act_as(Actor::anonymous()); }

  /// The code of the refusal, or `closed`, which none is.
  ErrorCode outcome(const Session& session, std::string_view operation, const json::value& request,
                    const CallOptions& options = {}) {
    try {
      session.call(operation, json::serialize(request), options);
    } catch (const Error& error) {
      error_json += error.to_json();
      return error.code();
    }
    return ErrorCode::closed;
  }
  ErrorCode ask_for_reset(const CallOptions& options = {}, const std::string& login = "nobody@example.org") {
    return outcome(anonymous(), "auth.request_password_reset", {{"login", login}}, options);
  }
  std::int64_t count(const std::string& table) {
    return clinic_.rows("SELECT count(*) AS n FROM " + table)[0].at("n").as_int64();
  }

  std::vector<Asked> asked;
  std::ptrdiff_t statements = -1;  ///< that were logged before the last question
  std::string error_json;

 private:
  std::function<bool()> judge_;
  TempClinic clinic_;
};

const json::object mona{{"first_name", "Mona"},
                        {"last_name", "Fahmy"},
                        {"email", "mona@example.org"},
                        {"password", "a long enough passphrase"}};

/// What each operation asks for, so that a call reaches its handler.
json::object smallest_request(const json::value& row) {
  json::object request;
  for (const auto& name : row.at("request_schema").at("required").as_array())
    request[name.as_string()] = "a long enough text";
  return request;
}

}  // namespace

TEST_CASE("anonymous callers are challenged before they register or ask for a link, and nobody else ever is",
          "[AUTH-9]") {
  ChallengedClinic place([] { return false; });
  std::size_t challenged = 0;
  const auto table = json::parse(operation_table_json());
  for (const auto& row : table.at("operations").as_array()) {
    const std::string name(row.at("name").as_string());
    INFO(name);
    const auto request = smallest_request(row);
    const bool expected =
        name == "auth.register" || name == "auth.start_registration" || name == "auth.request_password_reset";
    CHECK((place.outcome(place.anonymous(), name, request) == ErrorCode::challenge_failed) == expected);
    challenged += expected ? 1 : 0;
    CHECK(place.asked.size() == challenged);
    const auto& errors = row.at("errors").as_array();
    CHECK((std::find(errors.begin(), errors.end(), "challenge_failed") != errors.end()) == expected);
  }
  CHECK(challenged == 3);

  for (const auto* operation : {"auth.register", "auth.request_password_reset"}) {
    const json::object request = std::string_view(operation) == "auth.register" ? mona : json::object{{"login", "x"}};
    for (const auto role : {Role::patient, Role::receptionist, Role::superadmin}) {
      place.outcome(place.clinic().as(role), operation, request);
      place.outcome(place.clinic().clinic().act_as(Actor::user("somebody", role)), operation, request);
    }
    place.outcome(place.clinic().as(), operation, request);
  }
  CHECK(place.asked.size() == challenged);
  CHECK(place.count("users") == 1);  // the first of those who were let through
}

TEST_CASE("the host judges by the operation, the origin and the answer", "[AUTH-9]") {
  ChallengedClinic place;
  CHECK(place.ask_for_reset({.origin = "192.0.2.1", .challenge = "03AGdBq2 é"}) == ErrorCode::closed);
  CHECK(place.ask_for_reset() == ErrorCode::closed);
  place.anonymous().auth().register_account(
      {.first_name = "A", .last_name = "B", .email = "a@example.org", .password = "a long enough passphrase"},
      {.challenge = "word"});
  CHECK(place.asked == std::vector<Asked>{{"auth.request_password_reset", "192.0.2.1", "03AGdBq2 é"},
                                          {"auth.request_password_reset", "", ""},
                                          {"auth.register", "", "word"}});
}

TEST_CASE("without a host that judges, nobody is challenged", "[AUTH-9]") {
  TempClinic clinic({.policy = R"({"self_registration":true})"});
  const auto session = clinic.clinic().act_as(Actor::anonymous());
  session.call("auth.request_password_reset", R"({"login":"x"})");
  session.call("auth.register", json::serialize(mona));
  CHECK(clinic.rows("SELECT count(*) AS n FROM users")[0].at("n").as_int64() == 1);
}

TEST_CASE("whoever fails the challenge did nothing and learned nothing", "[AUTH-9][AUDIT-1]") {
  struct NoException {};
  const auto* how = GENERATE("refuses", "throws", "throws what is no exception");
  INFO(how);
  const std::string_view way = how;
  bool fails = false;
  ChallengedClinic place([&] {
    if (!fails) return true;
    if (way == "throws") throw std::runtime_error("canary-of-the-host");
    if (way != "refuses") throw NoException{};
    return false;
  });
  REQUIRE(place.outcome(place.anonymous(), "auth.register", mona) == ErrorCode::closed);
  const auto links = place.count("single_use_tokens");
  fails = true;

  place.error_json.clear();
  CHECK(place.ask_for_reset({}, "nobody@example.org") == ErrorCode::challenge_failed);
  const auto of_nobody = place.error_json;
  place.error_json.clear();
  CHECK(place.ask_for_reset({}, "mona@example.org") == ErrorCode::challenge_failed);
  CHECK(place.error_json == of_nobody);
  CHECK(json::parse(of_nobody).at("status").as_int64() == 403);
  CHECK(json::parse(of_nobody).at("retryable").as_bool() == false);

  for (const auto* email : {"mona@example.org", "other@example.org"}) {
    auto request = mona;
    request["email"] = email;
    CHECK(place.outcome(place.anonymous(), "auth.register", request) == ErrorCode::challenge_failed);
  }
  CHECK(place.count("users") == 1);
  CHECK(place.count("patients") == 1);
  CHECK(place.count("single_use_tokens") == links);
  CHECK(place.count("outbox_messages") == 0);
  CHECK(place.clinic()
            .rows("SELECT count(*) AS n FROM audit_entries WHERE outcome = 'refused' AND error_code = "
                  "'challenge_failed' AND resource_id IS NULL")[0]
            .at("n")
            .as_int64() == 4);

  bool told = false;
  for (const auto& line : place.clinic().log().all()) {
    CHECK(line.find("canary") == line.npos);
    told = told || line.find("auth.register: the host's challenge threw") != line.npos;
  }
  CHECK(told == (way != "refuses"));
  CHECK(place.error_json.find("canary") == std::string::npos);

  fails = false;
  CHECK(place.ask_for_reset({}, "mona@example.org") == ErrorCode::closed);
}

TEST_CASE("the challenge comes before anybody is looked for", "[AUTH-9][AUTH-6]") {
  ChallengedClinic place;
  REQUIRE(place.outcome(place.anonymous(), "auth.register", mona) == ErrorCode::closed);
  for (const auto* login : {"mona@example.org", "nobody@example.org"}) {
    place.clinic().log().clear();
    CHECK(place.ask_for_reset({}, login) == ErrorCode::closed);
    CHECK(place.statements == 0);
    CHECK(place.clinic().log().statements() > 0);
  }
  place.clinic().log().clear();
  CHECK(place.outcome(place.anonymous(), "auth.register", mona) == ErrorCode::duplicate_email);
  CHECK(place.statements == 0);
}

TEST_CASE("while the host judges, it may use the clinic", "[AUTH-9]") {
  TempClinic* used = nullptr;
  TempClinic clinic({.challenge = [&](std::string_view, std::string_view, std::string_view) {
    used->call("patients.register", {{"first_name", "A"}, {"last_name", "B"}});
    return true;
  }});
  used = &clinic;
  clinic.clinic().act_as(Actor::anonymous()).auth().request_password_reset({"x"});
  CHECK(clinic.rows("SELECT count(*) AS n FROM patients")[0].at("n").as_int64() == 1);
}

TEST_CASE("an answer is not spent on a request that is wrong, and a repeated call needs a new one", "[AUTH-9]") {
  ChallengedClinic place;
  auto wrong = mona;
  wrong["email"] = "no email";
  CHECK(place.outcome(place.anonymous(), "auth.register", wrong) == ErrorCode::validation_failed);
  CHECK(place.outcome(place.anonymous(), "auth.request_password_reset", {{"logn", "x"}}) ==
        ErrorCode::validation_failed);
  CHECK(place.asked.empty());
  const CallOptions keyed{.idempotency_key = "form 17", .challenge = "one"};
  CHECK(place.outcome(place.anonymous(), "auth.register", mona, keyed) == ErrorCode::closed);
  CHECK(place.outcome(place.anonymous(), "auth.register", mona, {.idempotency_key = "form 17", .challenge = "two"}) ==
        ErrorCode::closed);
  CHECK(place.asked.size() == 2);
  CHECK(place.count("users") == 1);
}

TEST_CASE("an answer to a challenge is one line of UTF-8, of 4096 bytes at most", "[AUTH-9]") {
  ChallengedClinic place;
  for (const auto& wrong :
       {std::string("\xff"), std::string("a\0b", 3), std::string("a\nb"), std::string("a\rb"), std::string(4097, 'x')})
    CHECK(place.ask_for_reset({.challenge = wrong}) == ErrorCode::validation_failed);
  CHECK(place.asked.empty());
  CHECK(place.error_json.find("xxxx") == std::string::npos);
  CHECK(place.ask_for_reset({.challenge = std::string(4096, 'x')}) == ErrorCode::closed);
  CHECK(place.asked.size() == 1);
}
