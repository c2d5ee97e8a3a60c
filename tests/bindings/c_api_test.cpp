// The C API as a C++ host uses it: nothing of the SDK but clinic.h.
#include "c_host.hpp"

#include <clinic/plugin/notifier.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <vector>

using namespace host;

TEST_CASE_METHOD(Host, "C: a patient is registered, a duplicate refused with all that is known of it",
                 "[BIND-1][PORTAL-3]") {
  auto clinic = open();
  auto desk = system(clinic);
  auto answer = call(desk, "patients.register", jane);
  CHECK(answer.at("patient").at("first_name") == "Jane");
  CHECK(answer.at("portal_created").as_bool());

  CHECK(refused(desk, "patients.register", jane) == "duplicate_email");
  CHECK(error.http_status == 409);
  CHECK(error.retryable == 0);
  CHECK(std::string(error.message) == "A portal account with this email already exists.");
  auto parsed = error.parsed();
  CHECK(parsed.at("success") == false);
  CHECK(parsed.at("code") == "duplicate_email");
  CHECK(parsed.at("error") == error.message);
  CHECK(parsed.at("detail") == error.detail);
  CHECK(parsed.at("fields").at(0).at("path") == "email");

  SECTION("the next success leaves an empty error") {
    call(desk, "system.version", "{}");
    CHECK(error.code[0] == '\0');
    CHECK(error.message[0] == '\0');
    CHECK(error.json == nullptr);
  }
  SECTION("nobody has to want the error") {
    clinic_buffer* out = nullptr;
    CHECK(clinic_call(desk.get(), "patients.register", jane, CLINIC_TERMINATED, nullptr, &out, nullptr) ==
          CLINIC_FAILED);
  }
  SECTION("operations that are not there, JSON that is none") {
    CHECK(refused(desk, "patients.teleport", "{}") == "unknown_operation");
    CHECK(refused(desk, "patients.get", "{\"patient\":") == "malformed_json");
    CHECK(refused(desk, "patients.get", "") == "malformed_json");
    CHECK(refused(desk, "patients.get", nullptr) == "validation_failed");
  }
}

TEST_CASE_METHOD(Host, "C: a request ends where its size says", "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  const char text[] = {'{', '}', 'x'};  // not terminated
  clinic_buffer* out = nullptr;
  CHECK(clinic_call(desk.get(), "system.version", text, 2, nullptr, &out, &error) == CLINIC_OK);
  clinic_buffer_free(out);
  CHECK(clinic_call(desk.get(), "system.version", text, 3, nullptr, &out, &error) == CLINIC_FAILED);
  CHECK(out == nullptr);
}

TEST_CASE_METHOD(Host, "C: the role of a session decides", "[BIND-1]") {
  auto clinic = open();
  clinic_session* out = nullptr;
  CHECK(refused(system(clinic, "doctor"), "patients.register", jane) == "forbidden");
  REQUIRE(clinic_session_user(clinic.get(), "somebody", "receptionist", &out, &error) == CLINIC_OK);
  SessionPointer user(out);
  auto answer = call(user, "patients.register", jane);
  CHECK(answer.at("patient").at("created_by") == "somebody");
  auto nobody = anonymous(clinic);
  CHECK(refused(nobody, "patients.list", "{}") == "not_authenticated");
  call(nobody, "system.health", "{}");

  CHECK(clinic_session_system(clinic.get(), "front-desk", "janitor", &out, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "validation_failed");
  CHECK(std::strstr(error.detail, "receptionist") != nullptr);
  CHECK(error.parsed().at("fields").at(0).at("path") == "role");
}

TEST_CASE_METHOD(Host, "C: idempotency key and origin go with a call", "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;
  options.idempotency_key = "form 17";
  options.origin = "desk 3";
  const auto first = call(desk, "patients.register", jane, &options);
  const auto second = call(desk, "patients.register", jane, &options);
  CHECK(first.at("patient").at("id") == second.at("patient").at("id"));
  const auto audit = call(desk, "audit.list", R"({"action":"PATIENT_CREATED"})");
  REQUIRE(audit.at("items").as_array().size() == 1);
  CHECK(audit.at("items").at(0).at("origin") == "desk 3");
}

TEST_CASE_METHOD(Host, "C: a NULL is refused, naming the argument", "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  clinic_clinic* no_clinic = nullptr;
  clinic_session* session = nullptr;
  clinic_buffer* buffer = nullptr;
  refuses(clinic_open(nullptr, nullptr, &no_clinic, &error), "configuration_json");
  refuses(clinic_open("{}", nullptr, nullptr, &error), "clinic");
  refuses(clinic_open_url(nullptr, nullptr, &no_clinic, &error), "storage");
  refuses(clinic_open_file(nullptr, nullptr, nullptr, &error), "clinic");
  refuses(clinic_operations(nullptr, &error), "table");
  refuses(clinic_errors(nullptr, &error), "table");
  refuses(clinic_plugins(nullptr, nullptr, &error), "plugins");
  refuses(clinic_session_system(nullptr, "desk", nullptr, &session, &error), "clinic");
  refuses(clinic_session_system(clinic.get(), nullptr, nullptr, &session, &error), "name");
  refuses(clinic_session_system(clinic.get(), "desk", nullptr, nullptr, &error), "session");
  refuses(clinic_session_user(nullptr, "7", "doctor", &session, &error), "clinic");
  refuses(clinic_session_user(clinic.get(), nullptr, "doctor", &session, &error), "id");
  refuses(clinic_session_user(clinic.get(), "7", nullptr, &session, &error), "role");
  refuses(clinic_session_anonymous(nullptr, &session, &error), "clinic");
  refuses(clinic_call(nullptr, "system.version", "{}", 2, nullptr, &buffer, &error), "session");
  refuses(clinic_call(desk.get(), nullptr, "{}", 2, nullptr, &buffer, &error), "operation");
  refuses(clinic_call(desk.get(), "system.version", "{}", 2, nullptr, nullptr, &error), "response");
  clinic_close(nullptr);
  clinic_session_close(nullptr);
  clinic_buffer_free(nullptr);
  clinic_error_clear(nullptr);
}

TEST_CASE_METHOD(Host, "C: a handle that is mistaken for another is refused, and left alone where it is to be closed",
                 "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  clinic_buffer* answer = nullptr;
  REQUIRE(clinic_call(desk.get(), "system.version", "{}", 2, nullptr, &answer, &error) == CLINIC_OK);
  clinic_session* session = nullptr;
  clinic_buffer* buffer = nullptr;
  const auto refuses_type = [&](int code, const char* argument) {
    refuses(code, argument);
    CHECK(error.parsed().at("fields").at(0).at("code") == "wrong_type");
  };
  for (void* mistaken : {static_cast<void*>(clinic.get()), static_cast<void*>(answer)}) {
    auto* as_session = static_cast<clinic_session*>(mistaken);
    refuses_type(clinic_call(as_session, "system.version", "{}", 2, nullptr, &buffer, &error), "session");
    clinic_session_close(as_session);
  }
  for (void* mistaken : {static_cast<void*>(desk.get()), static_cast<void*>(answer)}) {
    auto* as_clinic = static_cast<clinic_clinic*>(mistaken);
    refuses_type(clinic_session_system(as_clinic, "desk", nullptr, &session, &error), "clinic");
    refuses_type(clinic_session_user(as_clinic, "7", "doctor", &session, &error), "clinic");
    refuses_type(clinic_session_anonymous(as_clinic, &session, &error), "clinic");
    refuses_type(clinic_session_token(as_clinic, "token", &session, &error), "clinic");
    clinic_close(as_clinic);
  }
  clinic_buffer_free(answer);
  call(desk, "patients.register", jane);  // all of them are as they were
}

TEST_CASE_METHOD(Host, "C: a session without a name is none", "[BIND-1]") {
  auto clinic = open();
  clinic_session* session = nullptr;
  for (const char* name : {"", " "}) {
    CHECK(clinic_session_system(clinic.get(), name, nullptr, &session, &error) == CLINIC_FAILED);
    CHECK(error.parsed().at("fields").at(0).at("path") == "name");
    CHECK(clinic_session_user(clinic.get(), name, "doctor", &session, &error) == CLINIC_FAILED);
    CHECK(error.parsed().at("fields").at(0).at("path") == "id");
    CHECK(session == nullptr);
  }
}

TEST_CASE_METHOD(Host, "C: structs that were not made with their initialiser are refused or left alone", "[BIND-1]") {
  clinic_clinic* out = nullptr;
  clinic_host host{};
  CHECK(clinic_open_url(folder.storage().c_str(), &host, &out, &error) == CLINIC_FAILED);
  CHECK(error.parsed().at("fields").at(0).at("path") == "host");
  auto clinic = open();
  auto desk = system(clinic);
  clinic_call_options options{};
  clinic_buffer* answer = nullptr;
  CHECK(clinic_call(desk.get(), "system.version", "{}", 2, &options, &answer, &error) == CLINIC_FAILED);
  CHECK(error.parsed().at("fields").at(0).at("path") == "options");
  clinic_error small{};
  small.http_status = 7;
  CHECK(clinic_call(desk.get(), "patients.teleport", "{}", 2, nullptr, &answer, &small) == CLINIC_FAILED);
  CHECK(small.http_status == 7);
}

TEST_CASE_METHOD(Host, "C: a long error text is cut at a whole character, and whole in the JSON", "[BIND-1]") {
  std::string key;
  while (key.size() < 1000)
    key += "\u00e9";
  clinic_clinic* out = nullptr;
  CHECK(clinic_open(json::serialize(json::object{{"storage", folder.storage()}, {key, 1}}).c_str(), nullptr, &out,
                    &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "configuration_invalid");
  const auto whole = error.parsed();  // Boost.JSON refuses what is no UTF-8
  const std::string_view detail = error.detail;
  CHECK(whole.at("detail").as_string().starts_with(detail));
  boost::json::string quoted = boost::json::parse(json::serialize(json::string(detail))).as_string();
  CHECK(quoted == detail);
}

TEST_CASE_METHOD(Host, "C: a clock beyond all calendars does no harm", "[BIND-1][BIND-5]") {
  clinic_host host = CLINIC_HOST_INIT;
  host.now = [](void*) -> int64_t { return INT64_MAX; };
  auto clinic = open(&host);
  auto desk = system(clinic);
  CHECK(call(desk, "patients.register", jane).at("patient").at("created_at").as_string().starts_with("9999-12-31T"));
}

TEST_CASE_METHOD(Host, "C: the host lends clock, log and random numbers", "[BIND-1][BIND-5]") {
  struct Lent {
    std::atomic<int> lines{0}, draws{0};
  } lent;
  clinic_host host = CLINIC_HOST_INIT;
  host.context = &lent;
  host.log = [](void* context, int32_t, const char* line, size_t size) {
    if (line && size > 0) ++static_cast<Lent*>(context)->lines;
  };
  host.now = [](void*) -> int64_t { return 1'000'000'000'000; };  // 2001-09-09T01:46:40Z
  host.random = [](void* context, unsigned char* bytes, size_t size) {
    for (size_t i = 0; i < size; ++i)
      bytes[i] = static_cast<unsigned char>(i * i + 0x5a);
    ++static_cast<Lent*>(context)->draws;
  };
  auto clinic = open(&host, "trace");
  auto desk = system(clinic);
  auto answer = call(desk, "patients.register", R"({"first_name":"Jane","last_name":"Smith"})");
  CHECK(answer.at("patient").at("created_at") == "2001-09-09T01:46:40.000Z");
  CHECK(lent.lines > 0);
  CHECK(lent.draws > 0);
}

TEST_CASE_METHOD(Host, "C: the host judges the answer to its challenge, and only 1 passes", "[BIND-1][AUTH-9]") {
  struct Judge {
    int verdict = 1;
    std::string asked;
  } judge;
  clinic_host host = CLINIC_HOST_INIT;
  host.context = &judge;
  host.challenge = [](void* context, const char* operation, const char* origin, const char* answer) {
    auto& asked = *static_cast<Judge*>(context);
    asked.asked = std::string(operation) + "|" + origin + "|" + answer;
    return asked.verdict;
  };
  auto clinic = open(&host);
  auto nobody = anonymous(clinic);
  const auto* request = R"({"login":"nobody@example.org"})";
  clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;
  options.origin = "192.0.2.1";
  options.challenge = "03AGdBq2";
  call(nobody, "auth.request_password_reset", request, &options);
  CHECK(judge.asked == "auth.request_password_reset|192.0.2.1|03AGdBq2");
  call(nobody, "auth.request_password_reset", request);
  CHECK(judge.asked == "auth.request_password_reset||");
  for (const int verdict : {0, 2, -1}) {
    judge.verdict = verdict;
    CHECK(refused(nobody, "auth.request_password_reset", request, &options) == "challenge_failed");
    CHECK(error.http_status == 403);
    CHECK(std::string(error.json->data).find("03AGdBq2") == std::string::npos);
  }
  judge.asked.clear();
  call(system(clinic), "auth.request_password_reset", request, &options);
  CHECK(judge.asked.empty());
  options.challenge = "two\nlines";
  CHECK(refused(nobody, "auth.request_password_reset", request, &options) == "validation_failed");
  CHECK(judge.asked.empty());
}

TEST_CASE_METHOD(Host, "C: a subscriber gets committed changes, and goes on where it was", "[BIND-3]") {
  auto clinic = open();
  auto desk = system(clinic);
  call(desk, "patients.register", jane);
  call(desk, "patients.update", R"({"patient":"P2026001","first_name":"Janet"})");
  struct Seen {
    std::vector<std::string> types;
    std::size_t most = 1;
  } seen;
  const auto take = [](void* context, std::int64_t, const char* event, std::size_t size) {
    auto& taken = *static_cast<Seen*>(context);
    if (!event) return 1;  // nothing more happens
    taken.types.emplace_back(boost::json::parse({event, size}).at("type").as_string());
    return taken.types.size() == taken.most ? 1 : 0;
  };
  std::int64_t last = -1;
  REQUIRE(clinic_subscribe(desk.get(), 0, take, &seen, &last, &error) == CLINIC_OK);
  CHECK(last == 1);
  seen.most = 10;
  REQUIRE(clinic_subscribe(desk.get(), last, take, &seen, &last, &error) == CLINIC_OK);
  CHECK(last == 3);
  CHECK(seen.types == std::vector<std::string>{"patient.registered", "account.created", "patient.updated"});
  CHECK(clinic_subscribe(desk.get(), 9, take, &seen, &last, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "position_unknown");
  CHECK(clinic_subscribe(desk.get(), 0, nullptr, nullptr, nullptr, &error) == CLINIC_FAILED);
  clinic_buffer* page = nullptr;
  REQUIRE(clinic_events(desk.get(), 3, 10, 0, &page, &error) == CLINIC_OK);
  CHECK(boost::json::parse(page->data).at("items").as_array().empty());
  clinic_buffer_free(page);
  CHECK(clinic_events(desk.get(), -1, 10, 0, &page, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "validation_failed");
}

TEST_CASE_METHOD(Host, "C: a host serves a channel with the table of a notifier plugin", "[NOTE-6]") {
  struct Gateway {
    std::mutex mutex;
    std::vector<std::string> recipients;
  } gateway;
  clinic_notifier_table table{};
  table.struct_size = sizeof table;
  table.open = [](const clinic_plugin_host*, const char*, clinic_notifier**, clinic_plugin_error*) -> int {
    return CLINIC_PLUGIN_REFUSED;  // is not called: the host has opened it
  };
  table.close = [](clinic_notifier*) {};
  table.send = [](clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error*) -> int {
    auto& to = *reinterpret_cast<Gateway*>(notifier);
    const std::lock_guard lock(to.mutex);
    to.recipients.emplace_back(message->recipient);
    return CLINIC_PLUGIN_OK;
  };
  clinic_host_notifier email{sizeof email, "email", &table, reinterpret_cast<clinic_notifier*>(&gateway), 1};
  const clinic_host_notifier* all[] = {&email};
  clinic_host host = CLINIC_HOST_INIT;
  host.notifiers = all;
  host.notifier_count = 1;
  policy = R"({"password_hash_cost":4,"credential_delivery":"message","portal_address":"https://portal.example"})";
  auto clinic = open(&host);
  auto desk = system(clinic);
  call(desk, "patients.register",
       R"({"first_name":"Jane","last_name":"Smith","create_portal_account":true,"portal_email":"jane@example.org"})");
  // Nothing is left by the one who sends, this call or the clinic's own thread.
  while (call(desk, "notifications.list", R"({"status":"sent"})").at("items").as_array().empty())
    call(desk, "notifications.dispatch", "{}");
  CHECK(gateway.recipients == std::vector<std::string>{"jane@example.org"});
  clinic.reset();
  email.channel = "pigeon";
  clinic_clinic* refused_clinic = nullptr;
  CHECK(clinic_open_url("sqlite:none.db", &host, &refused_clinic, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "validation_failed");
}

TEST_CASE_METHOD(Host, "C: a host serves its clinic over HTTP", "[BIND-1][HTTP-4]") {
  auto clinic = open();
  clinic_http_server* server = nullptr;
  REQUIRE(clinic_http_start(clinic.get(), R"({"port":0})", &server, &error) == CLINIC_OK);
  CHECK(clinic_http_port(server) != 0);
  clinic_http_server* second = nullptr;
  const auto taken = R"({"port":)" + std::to_string(clinic_http_port(server)) + "}";
  CHECK(clinic_http_start(clinic.get(), taken.c_str(), &second, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "configuration_invalid");
  CHECK(error.parsed().at("fields").at(0).at("path") == "http.port");
  CHECK(clinic_http_start(clinic.get(), R"({"prot":0})", &second, &error) == CLINIC_FAILED);
  CHECK(error.parsed().at("fields").at(0).at("path") == "http.prot");
  CHECK(second == nullptr);
  clinic_http_stop(server);
  clinic_http_stop(nullptr);
  CHECK(clinic_http_port(nullptr) == 0);
}

TEST_CASE_METHOD(Host, "C: closing the clinic ends its sessions", "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  call(desk, "patients.register", jane);
  clinic.reset();
  CHECK(refused(desk, "system.version", "{}") == "closed");
  CHECK(error.http_status == 503);
  // The database is closed, not only the handle: its write-ahead log is gone, and another clinic finds everything.
  CHECK_FALSE(std::filesystem::exists(folder.path() / "clinic.db-wal"));
  auto again = open();
  CHECK(call(system(again), "patients.list", "{}").at("items").as_array().size() == 1);
}

TEST_CASE_METHOD(Host, "C: a clinic is opened by its URL and by a file", "[BIND-1]") {
  clinic_clinic* out = nullptr;
  REQUIRE(clinic_open_url(folder.storage().c_str(), nullptr, &out, &error) == CLINIC_OK);
  call(system(ClinicPointer(out)), "patients.register", R"({"first_name":"Jane","last_name":"Smith"})");
  const auto file = folder.path() / "clinic.json";
  std::ofstream(file) << json::serialize(json::object{{"storage", folder.storage()}});
  REQUIRE(clinic_open_file(file.c_str(), nullptr, &out, &error) == CLINIC_OK);
  ClinicPointer clinic(out);
  CHECK(call(system(clinic), "patients.list", "{}").at("items").as_array().size() == 1);
  CHECK(clinic_open_file((folder.path() / "none.json").c_str(), nullptr, &out, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "configuration_invalid");
  CHECK(clinic_open_url("carrier-pigeon:coop", nullptr, &out, &error) == CLINIC_FAILED);
  CHECK(std::string(error.code) == "plugin_not_found");
}

TEST_CASE_METHOD(Host, "C: the tables are JSON", "[BIND-1]") {
  auto table = [&](int code, clinic_buffer* buffer) {
    INFO(error.message << error.detail);
    REQUIRE(code == CLINIC_OK);
    BufferPointer owned(buffer);
    return json::parse(owned->data);
  };
  auto names = [](const json::value& rows) {
    std::set<std::string> found;
    for (const auto& row : rows.as_array())
      found.emplace(row.at("name").as_string());
    return found;
  };
  clinic_buffer* out = nullptr;
  int code = clinic_operations(&out, &error);
  CHECK(names(table(code, out).at("operations")).contains("patients.register"));
  code = clinic_plugins(nullptr, &out, &error);
  CHECK(names(table(code, out).at("plugins")).contains("sqlite"));
  code = clinic_errors(&out, &error);
  const auto errors = table(code, out);
  for (const char* member : {"code", "status", "retryable", "message", "remedy"})
    CHECK(errors.at(0).as_object().contains(member));
  CHECK(clinic_plugins("{\"colour\":1}", &out, &error) == CLINIC_FAILED);
}

TEST_CASE_METHOD(Host, "C: a child of fork gets `closed`, and leaves the parent's clinic alone", "[BIND-1]") {
  auto clinic = open();
  auto desk = system(clinic);
  call(desk, "patients.register", jane);
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // No assertion of the test framework here: what it says of a failure is this process's exit code.
    alarm(60);
    int failures = 0;
    clinic_buffer* out = nullptr;
    clinic_session* session = nullptr;
    if (clinic_call(desk.get(), "patients.list", "{}", 2, nullptr, &out, &error) == CLINIC_OK) failures |= 1;
    if (std::strcmp(error.code, "closed") != 0) failures |= 2;
    if (clinic_session_anonymous(clinic.get(), &session, &error) == CLINIC_OK) failures |= 4;
    clinic_error_clear(&error);
    clinic_session_close(desk.release());
    clinic_close(clinic.release());
    if (clinic_live_objects() != 0) failures |= 8;
    clinic_clinic* own = nullptr;
    // SQLite's own state was copied with locks and all: a clear refusal, and no hang.
    if (clinic_open_url(folder.storage().c_str(), nullptr, &own, &error) == CLINIC_OK) failures |= 16;
    if (std::strcmp(error.code, "plugin_refused") != 0) failures |= 32;
    _exit(failures);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(call(desk, "patients.list", "{}").at("items").as_array().size() == 1);
}
