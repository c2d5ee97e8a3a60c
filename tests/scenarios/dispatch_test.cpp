/// \file
/// How messages leave the outbox: once, later, never; and what receipts change.

#include "support/catch.hpp"
#include "support/recording_notifier.hpp"
#include "support/temp_clinic.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

/// A clinic whose messages go to a notifier of the test.
class Post {
 public:
  explicit Post(json::object policy = {}, bool background = false)
      : clinic_([&] {
          policy.emplace("portal_address", "https://portal.example");
          policy.emplace("clinic_name", "MedQ");
          return TempClinicOptions{
              .policy = json::serialize(policy),
              .notifiers = {gateway.serving(MessageChannel::email), gateway.serving(MessageChannel::sms)},
              .dispatch_messages = background};
        }()) {
    clinic_.set_now(noon);
  }

  RecordingNotifier gateway;
  TempClinic& clinic() { return clinic_; }

  /// Puts a message into the outbox, past the operations that would.
  std::string put(const std::string& message_template, const std::string& channel = "email",
                  const std::string& recipient = "jane@example.org", json::object data = {},
                  const std::string& patient = "") {
    data.emplace("username", "jane");
    data.emplace("login_url", "/login");
    data.emplace("first_name", "Jane");
    data.emplace("starts_at", "2026-12-01T07:30:00Z");
    const auto id = "01910000-0000-7000-8000-" + std::to_string(100000000000 + ++count_);
    clinic_.rows(
        "INSERT INTO outbox_messages (id, channel, message_template, locale, recipient, data, status, attempts, "
        "due_at, "
        "patient_id, created_at, version) VALUES ('" +
        id + "', '" + channel + "', '" + message_template + "', 'en', '" + recipient + "', '" + json::serialize(data) +
        "', 'pending', 0, " + std::to_string(noon.time_since_epoch().count()) + ", " +
        (patient.empty() ? "NULL" : "'" + patient + "'") + ", " + std::to_string(noon.time_since_epoch().count()) +
        ", 1)");
    return id;
  }
  MessagesDispatched dispatch() { return clinic_.as().notifications().dispatch(); }
  MessageView get(const std::string& id) { return clinic_.as().notifications().get({id}); }
  ReceiptsRead receipt(const std::string& line, MessageChannel channel = MessageChannel::sms) {
    return clinic_.as().notifications().receipt(
        {.channel = channel, .method = "POST", .url = "https://x.example", .body = line});
  }
  void pass(std::chrono::milliseconds time) { clinic_.set_now(now_ += time); }
  Timestamp now() const { return now_; }

 private:
  TempClinic clinic_;
  Timestamp now_ = noon;
  std::int64_t count_ = 0;
};

}  // namespace

TEST_CASE("a gateway that is away is tried again later and later, until the message is given up", "[NOTE-1]") {
  Post post({{"message_attempts", 4}, {"message_retry_seconds", 60}});
  post.gateway.answer = [](const SentMessage&, clinic_submission&) -> int { return CLINIC_PLUGIN_UNAVAILABLE; };
  const auto id = post.put("contact_changed");
  auto wait = 60s;
  for (int tries = 1; tries < 4; ++tries, wait *= 2) {
    CHECK(post.dispatch().later == 1);
    const auto message = post.get(id);
    CHECK(message.status == MessageStatus::pending);
    CHECK(message.attempts == tries);
    CHECK(message.failure == "unavailable");
    CHECK(message.due_at.value() - post.now() >= wait / 2);
    CHECK(message.due_at.value() - post.now() <= wait);
    CHECK(post.dispatch().later == 0);  // not before it is due
    post.pass(message.due_at.value() - post.now());
  }
  CHECK(post.dispatch().dead == 1);
  CHECK(post.get(id).status == MessageStatus::dead);
  post.pass(24h);
  CHECK(post.dispatch().dead == 0);
  CHECK(post.gateway.count() == 4);
  for (const auto& sent : post.gateway.sent())
    CHECK(sent.id == id);  // so a gateway, or the recipient's mail program, can tell that it is the same
}

TEST_CASE("a gateway that asks for time gets it", "[NOTE-1]") {
  Post post({{"message_retry_seconds", 1}});
  post.gateway.answer = [](const SentMessage&, clinic_submission& submission) -> int {
    submission.retry_after = 900;
    return CLINIC_PLUGIN_BUSY;
  };
  const auto id = post.put("contact_changed");
  post.dispatch();
  CHECK(post.get(id).due_at.value() - post.now() == 900s);
}

TEST_CASE("where nobody knows whether a message arrived, the policy says whether it is sent again", "[NOTE-8]") {
  Post post;
  post.gateway.answer = [](const SentMessage&, clinic_submission&) -> int { return CLINIC_PLUGIN_OUTCOME_UNKNOWN; };
  const auto mail = post.put("contact_changed"), sms = post.put("contact_changed", "sms", "+254712345678");
  const auto done = post.dispatch();
  CHECK(done.later == 1);
  CHECK(done.unknown == 1);
  CHECK(post.get(mail).status == MessageStatus::pending);
  CHECK(post.get(mail).failure == "outcome_unknown");
  CHECK(post.get(sms).status == MessageStatus::unknown);
  post.pass(24h);
  post.gateway.answer = nullptr;
  CHECK(post.dispatch().sent == 1);
  CHECK(post.get(sms).status == MessageStatus::unknown);
  // A receipt settles it.
  CHECK(post.receipt(sms + " - delivered").messages_known == 1);
  CHECK(post.get(sms).status == MessageStatus::delivered);
}

TEST_CASE("the secret of a message is opened for sending only, and wiped with its end", "[NOTE-5][PORTAL-5]") {
  Post post({{"credential_delivery", "invitation"}});
  const auto sealed = [&] {
    return post.clinic().rows("SELECT sealed_secret FROM outbox_messages").at(0).at("sealed_secret");
  };
  post.clinic().as().patients().register_patient(
      {.first_name = "Jane", .last_name = "Smith", .create_portal_account = true, .portal_email = "jane@example.org"});
  post.gateway.answer = [](const SentMessage&, clinic_submission&) -> int { return CLINIC_PLUGIN_UNAVAILABLE; };
  post.dispatch();
  CHECK(sealed().is_string());
  post.pass(24h);
  post.gateway.answer = nullptr;
  CHECK(post.dispatch().sent == 1);
  CHECK(sealed().is_null());
  const auto sent = post.gateway.sent().back();
  CHECK(sent.recipient == "jane@example.org");
  CHECK(sent.text.find("https://portal.example") != sent.text.npos);
  const auto token = std::string(json::parse(sent.data).at("token").as_string());
  CHECK(sent.text.find(token) != sent.text.npos);
  CHECK(sent.html.find(token) != sent.html.npos);
  // The link opens the account.
  CHECK_NOTHROW(
      post.clinic().clinic().act_as(Actor::anonymous()).auth().accept_invitation({token, "a long enough passphrase"}));
  for (const auto& line : post.clinic().log().all())
    CHECK(line.find(token) == line.npos);
}

TEST_CASE("a host's own notifier gets key, language and data, to word messages by itself", "[NOTE-6]") {
  Post post;
  post.put("appointment_reminder", "sms", "+254712345678");
  CHECK(post.dispatch().sent == 1);
  const auto sent = post.gateway.sent().at(0);
  CHECK(sent.message_template == "appointment_reminder");
  CHECK(sent.locale == "en");
  CHECK(json::parse(sent.data).at("starts_at").as_string() == "2026-12-01T07:30:00Z");
  CHECK(sent.sms_parts >= 1);
  CHECK(sent.html.empty());
}

TEST_CASE("dispatchers of many threads and processes send each message once", "[NOTE-1]") {
  Post post;
  auto configuration =
      test_configuration(post.clinic().database(), "standard", R"({"portal_address":"https://portal.example"})");
  configuration.dispatch_messages = false;
  const auto other = [&] {
    Environment environment;
    environment.notifiers = {post.gateway.serving(MessageChannel::email)};
    environment.now = [] { return noon; };
    return Clinic::open(configuration, std::move(environment));
  };
  std::vector<Clinic> clinics;
  for (int i = 0; i < 3; ++i)
    clinics.push_back(other());
  std::vector<std::string> ids;
  for (int i = 0; i < 200; ++i)
    ids.push_back(post.put("contact_changed"));
  {
    std::vector<std::jthread> threads;
    for (auto& clinic : clinics)
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] { clinic.act_as(Actor::system("dispatcher")).notifications().dispatch(); });
  }
  std::map<std::string, int> times;
  for (const auto& sent : post.gateway.sent())
    ++times[sent.id];
  CHECK(times.size() == ids.size());
  for (const auto& [id, count] : times)
    CHECK(count == 1);
  for (const auto& id : ids)
    CHECK(post.get(id).status == MessageStatus::sent);
}

TEST_CASE("what a dispatcher that died had taken is sent when its lease has ended", "[NOTE-1]") {
  Post post({{"message_attempts", 3}});
  const auto id = post.put("contact_changed"), often = post.put("contact_changed");
  const auto due = std::to_string((noon + 5min).time_since_epoch().count());
  post.clinic().rows("UPDATE outbox_messages SET status = 'sending', attempts = 1, due_at = " + due);
  post.clinic().rows("UPDATE outbox_messages SET attempts = 3 WHERE id = '" + often + "'");
  CHECK(post.dispatch().sent == 0);
  post.pass(5min);
  CHECK(post.dispatch().sent == 1);
  CHECK(post.get(id).attempts == 2);
  // One that ends its dispatcher each time does not do so for ever. Nobody knows whether it was sent.
  CHECK(post.get(often).status == MessageStatus::unknown);
  CHECK(post.get(often).failure == "dispatcher_lost");
}

TEST_CASE("a message that was due long ago is given up, as after a restore", "[NOTE-1]") {
  Post post({{"message_hours", 24}});
  const auto id = post.put("contact_changed");
  post.pass(25h);
  const auto in_time = post.put("contact_changed");
  post.clinic().rows("UPDATE outbox_messages SET due_at = " +
                     std::to_string((post.now() - 23h).time_since_epoch().count()) + " WHERE id = '" + in_time + "'");
  CHECK(post.dispatch().sent == 1);
  CHECK(post.get(id).status == MessageStatus::dead);
  CHECK(post.get(id).failure == "too_old");
  CHECK(!post.get(id).due_at);
  CHECK(post.get(in_time).status == MessageStatus::sent);
}

TEST_CASE("what nobody sends for long is given up with its secret, also where no notifier is configured",
          "[NOTE-1][NOTE-5]") {
  TempClinic clinic({.policy = R"({"credential_delivery":"message","message_hours":24})"});
  clinic.set_now(noon);
  clinic.as().patients().register_patient(
      {.first_name = "Jane", .last_name = "Smith", .create_portal_account = true, .portal_email = "jane@example.org"});
  clinic.set_now(noon + 24h);
  CHECK(clinic.as().system().clean_up().messages_given_up == 0);
  clinic.set_now(noon + 25h);
  CHECK(clinic.as().system().clean_up().messages_given_up == 1);
  const auto row = clinic.rows("SELECT status, failure, sealed_secret FROM outbox_messages").at(0);
  CHECK(row.at("status") == json::value("dead"));
  CHECK(row.at("failure") == json::value("too_old"));
  CHECK(row.at("sealed_secret").is_null());
}

TEST_CASE("what a dispatcher that died had taken does not wait until nothing else is due", "[NOTE-1]") {
  Post post;
  const auto id = post.put("contact_changed");
  post.clinic().rows("UPDATE outbox_messages SET status = 'sending', attempts = 1, due_at = " +
                     std::to_string(noon.time_since_epoch().count()));
  for (int i = 0; i < 20; ++i)
    post.put("contact_changed");
  CHECK(post.clinic().as().notifications().dispatch({.limit = 1}).sent == 1);
  CHECK(post.get(id).status == MessageStatus::sent);
}

TEST_CASE("a failure of the database leaves no message to its lease that was not handed over", "[sqlite][NOTE-1]") {
  Post post;
  const auto id = post.put("contact_changed");
  std::vector<std::string> others;
  // Fewer than a worker takes at once, so there is one.
  for (int i = 0; i < 6; ++i)
    others.push_back(post.put("contact_changed"));
  post.clinic().rows("UPDATE outbox_messages SET due_at = due_at - 3600000 WHERE id = '" + id + "'");
  post.clinic().rows(
      "CREATE TRIGGER broken BEFORE UPDATE ON outbox_messages WHEN NEW.status = 'sent' "
      "BEGIN SELECT RAISE(ABORT, 'broken'); END");
  CHECK_THROWS_AS(post.dispatch(), Error);
  CHECK(post.gateway.count() == 1);
  CHECK(post.get(id).status == MessageStatus::sending);
  for (const auto& other : others) {
    CHECK(post.get(other).status == MessageStatus::pending);
    CHECK(post.get(other).attempts == 0);
  }
  post.clinic().rows("DROP TRIGGER broken");
  CHECK(post.dispatch().sent == 6);
}

TEST_CASE("messages that were tried too often hide none that are due", "[NOTE-1]") {
  Post post({{"message_attempts", 3}});
  for (int i = 0; i < 20; ++i)
    post.put("contact_changed");
  post.clinic().rows("UPDATE outbox_messages SET attempts = 3");
  const auto id = post.put("contact_changed");
  post.clinic().rows("UPDATE outbox_messages SET due_at = due_at - 3600000 WHERE id <> '" + id + "'");
  CHECK(post.dispatch().sent == 1);
  CHECK(post.get(id).status == MessageStatus::sent);
}

TEST_CASE("a row that was changed past the SDK stands in nobody's way", "[NOTE-1]") {
  Post post;
  const auto first = post.put("contact_changed");
  for (const auto* data : {"", "{", "x", "[]", "null", "{}"}) {
    const auto id = post.put("contact_changed");
    post.clinic().rows("UPDATE outbox_messages SET data = '" + std::string(data) + "' WHERE id = '" + id + "'");
  }
  const auto done = post.dispatch();
  CHECK(done.sent == 1);
  CHECK(done.dead == 6);
  CHECK(post.get(first).status == MessageStatus::sent);
}

TEST_CASE("a row that no record can hold is named by system.check", "[NOTE-1][STORE-1]") {
  Post post;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(post.put("contact_changed"));
  post.clinic().rows("UPDATE outbox_messages SET status = 'forwarded' WHERE id IN ('" + ids[1] + "', '" + ids[3] +
                     "')");
  CHECK(post.dispatch().sent == 3);
  const auto checked = post.clinic().as().system().check();
  REQUIRE(checked.problem_count == 2);
  for (const std::size_t i : {0, 1}) {
    CHECK(checked.problems[i].code == "row_unreadable");
    CHECK(checked.problems[i].record_type == "message");
    CHECK(checked.problems[i].record_id == ids[2 * i + 1]);
  }
}

TEST_CASE("system.check tells of a row that cannot be read, and not of those that refer to it", "[STORE-1]") {
  TempClinic clinic;
  const auto jane = clinic.as()
                        .patients()
                        .register_patient({.first_name = "Jane",
                                           .last_name = "Smith",
                                           .create_portal_account = true,
                                           .portal_email = "jane@example.org"})
                        .patient.id;
  clinic.rows("UPDATE patients SET status = 'gone'");
  const auto checked = clinic.as().system().check();
  REQUIRE(checked.problem_count == 1);
  CHECK(checked.problems[0].record_type == "patient");
  CHECK(checked.problems[0].record_id == jane);
}

TEST_CASE("system.check asks the notifiers", "[NOTE-2]") {
  const TestDatabase database;
  auto configuration = test_configuration(database, "standard", R"({"portal_address":"https://portal.example"})");
  configuration.notifiers = {
      {.channel = MessageChannel::email, .url = "smtp://127.0.0.1:1?tls=none&from=a@b.example&timeout=1"}};
  const auto checked = Clinic::open(configuration).act_as(Actor::system("desk")).system().check();
  REQUIRE(checked.problem_count == 1);
  CHECK(checked.problems[0].code == "notifier_unhealthy");
  CHECK(checked.problems[0].record_id == "email");
}

TEST_CASE("system.check tells of messages that nobody sends", "[NOTE-1]") {
  TempClinic clinic({.policy = R"({"credential_delivery":"message"})"});
  clinic.set_now(noon);
  clinic.as().patients().register_patient(
      {.first_name = "Jane", .last_name = "Smith", .create_portal_account = true, .portal_email = "jane@example.org"});
  CHECK(clinic.as().system().check().valid);
  clinic.set_now(noon + 1h);
  const auto checked = clinic.as().system().check();
  REQUIRE(checked.problem_count == 1);
  CHECK(checked.problems[0].code == "messages_waiting");
  CHECK(checked.problems[0].record_id == "email");
}

TEST_CASE("a function of the host's that lets go of the clinic does not wait for itself", "[NOTE-6]") {
  RecordingNotifier gateway;
  const TestDatabase database;
  auto configuration = test_configuration(
      database, "standard", R"({"portal_address":"https://portal.example","credential_delivery":"invitation"})");
  std::optional<Clinic> clinic;
  gateway.answer = [&](const SentMessage&, clinic_submission&) -> int {
    clinic.reset();
    return CLINIC_PLUGIN_OK;
  };
  Environment environment;
  environment.notifiers = {gateway.serving(MessageChannel::email)};
  clinic.emplace(Clinic::open(configuration, environment));
  clinic->act_as(Actor::system("desk"))
      .patients()
      .register_patient(
          {.first_name = "Jane", .last_name = "Smith", .create_portal_account = true, .portal_email = "j@example.org"});
  for (const auto end = std::chrono::steady_clock::now() + 30s; gateway.closed() == 0;) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
  CHECK(database.rows("SELECT status FROM outbox_messages").at(0).at("status") == json::value("sent"));
}

TEST_CASE("a notifier of the host's stays the host's where opening fails", "[NOTE-6]") {
  RecordingNotifier gateway;
  TempClinicOptions options;
  options.policy = R"({"quiet_hours":"22-7","portal_address":"https://portal.example"})";
  options.notifiers = {gateway.serving(MessageChannel::email)};
  CHECK_THROWS_AS(TempClinic(options), Error);
  CHECK(gateway.closed() == 0);
  options.policy = R"({"portal_address":"https://portal.example"})";
  { const TempClinic clinic(options); }
  CHECK(gateway.closed() == 1);
}

TEST_CASE("an email names its recipient", "[NOTE-2]") {
  Post post;
  post.put("contact_changed");
  post.dispatch();
  CHECK(post.gateway.sent().at(0).recipient_name == "Jane");
}

TEST_CASE("what a gateway calls a message is stored as printable text, and found by its receipt", "[NOTE-8]") {
  Post post;
  post.gateway.answer = [](const SentMessage&, clinic_submission& submission) -> int {
    std::string("g-\xff\n-1").copy(submission.gateway_id, 6);
    return CLINIC_PLUGIN_OK;
  };
  const auto id = post.put("contact_changed", "sms", "+254712345678");
  CHECK(post.dispatch().sent == 1);
  CHECK(post.get(id).gateway_id ==
        "g-?"
        "?-1");
  // A GET has no body; the notifier says what it misses.
  CHECK_THROWS_AS(post.clinic().as().notifications().receipt({.method = "GET", .url = "https://x.example"}), Error);
  CHECK(post.receipt("- " + *post.get(id).gateway_id + " delivered").messages_known == 1);
}

TEST_CASE("what can wait waits for the morning, and for whoever wants it", "[NOTE-7]") {
  // noon of the tests is 14:53 in UTC, so it is night where the clinic is.
  Post post({{"quiet_hours", "22:00-07:00"}, {"time_zone", "Asia/Tokyo"}});
  const auto jane =
      post.clinic().as().patients().register_patient({.first_name = "Jane", .last_name = "Smith"}).patient;
  const auto reminder = post.put("appointment_reminder", "email", "jane@example.org", {}, jane.id);
  const auto security = post.put("password_changed", "email", "jane@example.org", {}, jane.id);
  const auto done = post.dispatch();
  CHECK(done.sent == 1);
  CHECK(done.later == 1);
  CHECK(post.get(security).status == MessageStatus::sent);
  CHECK(post.get(reminder).status == MessageStatus::pending);
  CHECK(post.get(reminder).attempts == 0);
  const auto due = post.get(reminder).due_at.value();
  CHECK((due - noon) > 6h);
  CHECK((due - noon) < 8h);
  post.pass(due - post.now());
  post.clinic().as().notifications().set_preferences({.patient = jane.id, .email = false});
  CHECK(post.dispatch().cancelled == 1);
  CHECK(post.get(reminder).failure == "not_wanted");
  const auto other = post.put("password_changed", "email", "jane@example.org", {}, jane.id);
  post.dispatch();
  CHECK(post.get(other).status == MessageStatus::sent);
}

TEST_CASE("an SMS to a telephone that several patients share tells nothing clinical", "[NOTE-7]") {
  Post post;
  const json::object data{{"doctor", "Dr. Amina Yusuf"}, {"department", "Oncology"}};
  const auto text = [&] {
    post.put("appointment_reminder", "sms", "+254712345678", data);
    post.dispatch();
    return post.gateway.sent().back().text;
  };
  const auto patient = [&](const char* name) {
    post.clinic().as().patients().register_patient(
        {.first_name = name, .last_name = "Doe", .phone = "+254 712 345678"});
  };
  patient("Jane");
  CHECK(text().find("Amina") != std::string::npos);
  patient("John");
  CHECK(text().find("Amina") == std::string::npos);
}

TEST_CASE("an SMS of more parts than the policy allows is not sent", "[NOTE-3]") {
  Post post({{"sms_parts", 1}});
  const auto id = post.put("appointment_reminder", "sms", "+254712345678", {{"doctor", std::string(400, 'x')}});
  CHECK(post.dispatch().dead == 1);
  CHECK(post.get(id).failure == "too_long");
  CHECK(post.gateway.count() == 0);
}

TEST_CASE("receipts come in any order and twice, and a message only moves forward", "[NOTE-8]") {
  Post post;
  const auto sms = [&](const std::string& gateway_id) {
    post.gateway.answer = [gateway_id](const SentMessage&, clinic_submission& submission) -> int {
      gateway_id.copy(submission.gateway_id, gateway_id.size());
      return CLINIC_PLUGIN_OK;
    };
    return post.put("contact_changed", "sms", "+254712345678");
  };
  SECTION("before the send's own answer") {
    const auto id = sms("g-1");
    CHECK(post.receipt("- g-1 delivered").messages_known == 0);
    CHECK(post.dispatch().sent == 1);
    CHECK(post.get(id).status == MessageStatus::delivered);
    CHECK(post.get(id).gateway_id == "g-1");
  }
  SECTION("while it is sent") {
    const auto id = sms("g-2");
    post.gateway.answer = [&](const SentMessage& message, clinic_submission&) -> int {
      post.receipt(message.id + " - delivered");
      return CLINIC_PLUGIN_UNAVAILABLE;
    };
    post.dispatch();
    CHECK(post.get(id).status == MessageStatus::delivered);  // and is not sent again
  }
  SECTION("the end comes first") {
    const auto id = sms("g-3");
    post.dispatch();
    CHECK(post.receipt("- g-3 delivered").messages_known == 1);
    for (const auto* line : {"- g-3 on_its_way", "- g-3 failed", "- g-3 delivered"})
      CHECK(post.receipt(line).messages_known == 1);
    CHECK(post.get(id).status == MessageStatus::delivered);
  }
  SECTION("what fails has the gateway's code") {
    const auto id = sms("g-4");
    post.dispatch();
    post.receipt("- g-4 failed");
    CHECK(post.get(id).status == MessageStatus::undelivered);
    CHECK(post.get(id).failure == "undelivered 30008");
  }
  SECTION("each part has one of its own") {
    const auto id = sms("g-5");
    post.dispatch();
    post.clinic().rows("UPDATE outbox_messages SET parts = 2");
    post.receipt(id + " g-5 delivered part");
    post.receipt(id + " g-5 delivered part");
    CHECK(post.get(id).status == MessageStatus::sent);
    post.receipt(id + " g-6 delivered part");
    CHECK(post.get(id).status == MessageStatus::delivered);
  }
  SECTION("of the parts of many messages, all at once") {
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i)
      ids.push_back(sms(""));
    post.dispatch();
    post.clinic().rows("UPDATE outbox_messages SET parts = 2");
    std::vector<std::jthread> gateways;
    for (const auto* part : {"-1", "-2"})
      gateways.emplace_back([&post, &ids, part] {
        for (const auto& id : ids)
          post.receipt(id + " " + id + part + " delivered part");
      });
    gateways.clear();
    for (const auto& id : ids)
      CHECK(post.get(id).status == MessageStatus::delivered);
  }
  SECTION("of a send before the last one they say nothing") {
    const auto id = sms("g-8");
    post.dispatch();
    post.receipt(id + " g-8 failed");
    REQUIRE(post.get(id).status == MessageStatus::undelivered);
    post.clinic().as().notifications().retry({id});
    CHECK_FALSE(post.get(id).gateway_id);
    post.gateway.answer = [](const SentMessage&, clinic_submission& submission) -> int {
      std::string("g-9").copy(submission.gateway_id, 3);
      return CLINIC_PLUGIN_OK;
    };
    CHECK(post.dispatch().sent == 1);
    CHECK(post.get(id).status == MessageStatus::sent);
    post.receipt("- g-9 delivered");
    CHECK(post.get(id).status == MessageStatus::delivered);
  }
  SECTION("of another channel they say nothing") {
    const auto id = sms("g-7");
    post.dispatch();
    post.receipt("- g-7 delivered", MessageChannel::email);
    CHECK(post.get(id).status == MessageStatus::sent);
  }
}

TEST_CASE("a thread sends what was written, and a gateway that hangs delays nobody", "[NOTE-1]") {
  std::mutex mutex;
  std::condition_variable changed;
  bool hanging = false, released = false;
  Post post({{"credential_delivery", "message"}, {"dispatch_seconds", 3600}}, true);
  post.gateway.answer = [&](const SentMessage&, clinic_submission&) -> int {
    std::unique_lock lock(mutex);
    hanging = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
    return CLINIC_PLUGIN_OK;
  };
  const auto register_somebody = [&](const std::string& name) {
    post.clinic().as().patients().register_patient(
        {.first_name = name, .last_name = "Doe", .create_portal_account = true, .portal_email = name + "@example.org"});
  };
  register_somebody("ada");
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return hanging; });
  }
  register_somebody("ben");  // while the gateway hangs
  CHECK(post.gateway.count() == 0);
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  for (const auto end = std::chrono::steady_clock::now() + 30s; post.gateway.count() < 2;) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
  post.clinic().close();
}

TEST_CASE("a notifier of another channel is refused when the clinic is opened", "[NOTE-2][NOTE-3]") {
  const TestDatabase database;
  for (const auto& [channel, url] :
       {std::pair(MessageChannel::sms, "smtp://127.0.0.1:9?tls=none&from=a@b.example"),
        std::pair(MessageChannel::email, "sms:twilio?account=AC1&token=b&from=%2B15550001111")}) {
    auto configuration = test_configuration(database, "standard", R"({"portal_address":"https://portal.example"})");
    configuration.notifiers = {{.channel = channel, .url = url}};
    try {
      Clinic::open(configuration);
      FAIL("it opens");
    } catch (const Error& error) {
      INFO(error.to_json());
      CHECK(error.fields().at(0).path == "notifiers[0].channel");
      CHECK(error.fields().at(0).code == "not_applicable");
    }
  }
}

TEST_CASE("what can never be sent is refused when the clinic is opened", "[NOTE-7]") {
  RecordingNotifier gateway;
  TempClinicOptions options;
  options.notifiers = {gateway.serving(MessageChannel::email)};
  const auto path = [&] {
    try {
      TempClinic clinic(options);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::configuration_invalid);
      return error.fields().at(0).path;
    }
    return std::string();
  };
  CHECK(path() == "policy.portal_address");
  options.policy = R"({"portal_address":"https://portal.example","quiet_hours":"22-7"})";
  CHECK(path() == "policy.quiet_hours");
  options.policy = R"({"portal_address":"https://portal.example"})";
  options.notifiers.push_back(gateway.serving(MessageChannel::email));
  CHECK(path() == "notifiers");
  options.notifiers.pop_back();
  CHECK(path().empty());
  for (const auto* address :
       {"portal.example", "javascript:alert(1)", "https://portal.example?a=b", "https://a.example#b",
        "https://jane@portal.example", "https:///login", "https://portal.example/a b"}) {
    CAPTURE(address);
    options.policy = json::serialize(json::object{{"portal_address", address}});
    CHECK(path() == "policy.portal_address");
  }
  for (const auto* address :
       {"javascript:alert(1)", "portal", "//evil.example", "/\\evil.example", "https://a@b.example/"}) {
    CAPTURE(address);
    options.policy =
        json::serialize(json::object{{"login_url", address}, {"portal_address", "https://portal.example"}});
    CHECK(path() == "policy.login_url");
  }
}
