/// \file
/// Backups (CONF-3, ACCESS-5): everything comes back, into every kind of database, and what is killed leaves nothing
/// half done.

#include "backup_place.hpp"

#include "support/folders.hpp"
#include "support/invariants.hpp"
#include "support/process.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

using namespace clinic;
using namespace clinic::test;

namespace {

std::string worker_arguments(const Configuration& configuration) {
  json::object object{{"storage", configuration.storage},
                      {"policy", json::parse(configuration.policy.text)},
                      {"plugin_directories", json::array{configuration.plugin_directories.front()}}};
  if (configuration.master_key) object["master_key"] = *configuration.master_key;
  return json::serialize(object);
}

}  // namespace

TEST_CASE("a backup comes back row by row, into every kind of database", "[CONF-3][ACCESS-5][STORE-1]") {
  const Place first(Backend::sqlite);
  fill(first);
  const auto wanted = rows_of(first.database());
  for (const auto& [name, rows] : wanted) {
    INFO(name);
    CHECK_FALSE(rows.as_array().empty());  // else this proves nothing
  }
  // Through the kinds of database that this run has: the last one is SQLite again.
  std::vector<Backend> ways = {Backend::sqlite};
  if (backend_under_test() == Backend::postgresql) ways = {Backend::postgresql, Backend::sqlite};
  if (backend_under_test() == Backend::mysql) ways = {Backend::postgresql, Backend::mysql, Backend::sqlite};
  std::vector<std::unique_ptr<Place>> places;
  const auto* from = &first;
  const auto key = contents(first.database().file() + ".key").substr(0, 64);
  for (const auto backend : ways) {
    auto to = std::make_unique<Place>(backend);
    if (backend != Backend::sqlite) to->master_key = key;
    const auto file = to->file("clinic.backup");
    const auto made = from->back_up(file);
    CHECK(made.key_file == file + ".key");
    const auto report = to->take_back(file);
    CHECK(report.rows == made.rows);
    CHECK(report.created_at == made.created_at);
    CHECK(report.key_configured);
    CHECK(report.key_file.has_value() == (backend == Backend::sqlite));
    CHECK(report.patients_checked == 32);
    CHECK(report.accounts_checked == 2);
    CHECK(report.seals_checked == 1);
    CHECK(report.entries_checked > 30);
    for (const auto& [record, rows] : report.records) {
      INFO(record);
      const auto of_restores = record == "AuditEntry"    ? places.size()
                               : record == "NumberBlock" ? std::min<std::size_t>(places.size(), 1) * 2
                                                         : 0;
      CHECK(rows == static_cast<std::int64_t>(wanted.at(record).as_array().size() + of_restores));
    }
    check_same_rows(to->database(), wanted);
    CHECK(broken_invariants(to->database(), Accounts::some_unlinked).empty());
    places.push_back(std::move(to));
    from = places.back().get();
  }
}

TEST_CASE("a restored clinic goes on where the other one was", "[CONF-3][ACCESS-5][HTTP-5][AUDIT-3]") {
  Place first;
  first.anchor_file = first.file("anchors");
  fill(first);
  const auto file = first.file("clinic.backup");
  const auto once = first.desk().patients().register_patient(jane(), {.idempotency_key = "once"});
  const auto login = first.open().act_as(Actor::anonymous()).auth().log_in({"jane@example.org", passphrase});
  first.desk().call(
      "patients.register",
      R"({"first_name":"Later","last_name":"One","email":"later@example.org","create_portal_account":true})");
  first.back_up(file);
  // What comes after the backup is lost with it, and the anchors say so.
  first.desk().call("audit.seal", "{}");

  Place second;
  second.anchor_file = first.anchor_file;
  const auto report = second.take_back(file);
  CHECK(report.anchors_checked == 1);
  CHECK(report.anchors_later == 1);

  const auto clinic = second.open();
  const auto desk = clinic.act_as(Actor::system("desk"));
  const auto patient = desk.patients().get({"J-1"});
  CHECK(patient.national_id == national_id);
  CHECK(patient.allergies == allergy);
  CHECK(patient.version == once.patient.version + 5);
  CHECK(desk.patients().medical_history({"J-1"}).history == "asthma");
  CHECK(desk.patients().search({.q = national_id}).items.size() == 1);
  CHECK(desk.patients().register_patient(jane(), {.idempotency_key = "once"}).patient.id == once.patient.id);
  CHECK(code_of([&] { desk.patients().register_patient(jane()); }) == ErrorCode::duplicate_email);
  CHECK(desk.patients().register_patient({.first_name = "New", .last_name = "One"}).patient.number != "J-1");

  // Whoever was logged in is not any more; the password is what it was.
  CHECK(code_of([&] { clinic.act_with_token(login.access_token).profile().get(); }) == ErrorCode::token_invalid);
  CHECK(code_of([&] { clinic.act_as(Actor::anonymous()).auth().refresh({login.refresh_token}); }) ==
        ErrorCode::token_invalid);
  CHECK(clinic.log_in({"jane@example.org", passphrase}).profile().get().user.email == std::string("jane@example.org"));

  const auto verified = json::parse(desk.call("audit.verify", "{}"));
  CHECK(verified.at("problem_count").as_int64() == 1);  // the anchor of the seal that was lost, and nothing else
  CHECK(verified.at("problems").at(0).at("code") == json::value("anchor_without_seal"));
}

TEST_CASE("a subscriber from before a restore is told, and one that begins again sees every event that is kept",
          "[CONF-3][BIND-3]") {
  Place first;
  const auto desk = first.desk();
  desk.patients().register_patient({.first_name = "Kept", .last_name = "One"});
  REQUIRE(desk.events().list().last == 1);
  const auto file = first.file("clinic.backup");
  first.back_up(file);
  desk.patients().register_patient({.first_name = "Lost", .last_name = "One"});
  REQUIRE(desk.events().list({.after = 1}).last == 2);

  Place second;
  second.take_back(file);
  const auto events = second.desk().events();
  second.desk().patients().register_patient({.first_name = "Another", .last_name = "One"});
  for (const std::int64_t seen : {1, 2, 1000})
    CHECK(code_of([&] { events.list({.after = seen}); }) == ErrorCode::position_unknown);
  const auto page = events.list();
  REQUIRE(page.items.size() == 2);
  CHECK(page.items[0].position > 2);
  CHECK(page.items[1].position == page.items[0].position + 1);
  CHECK(page.newest == page.last);
  CHECK(events.list({.after = page.items[0].position}).items.size() == 1);

  const auto again = second.file("again.backup");
  second.back_up(again);
  Place third;
  third.take_back(again);
  const auto newest = third.desk().events().list();
  REQUIRE(newest.items.size() == 2);
  CHECK(newest.items[0].position > page.newest);
  CHECK(code_of([&] { third.desk().events().list({.after = page.newest}); }) == ErrorCode::position_unknown);
}

TEST_CASE("a restore is in the audit of what it restored, signed and sealed as all else",
          "[CONF-3][AUDIT-1][AUDIT-3]") {
  const Place first;
  fill(first);
  const auto file = first.file("clinic.backup");
  const auto made = first.back_up(file);
  Place second;
  CHECK(code_of([&] { second.take_back(file, {.actor = " \n"}); }) == ErrorCode::validation_failed);
  CHECK(code_of([&] { second.take_back(file, {.origin = "a\nb"}); }) == ErrorCode::validation_failed);
  const auto report = second.take_back(file, {.actor = "night shift", .origin = "cellar"});
  const auto desk = second.desk();
  const auto entries = desk.audit().list({.action = "BACKUP_RESTORED"}).items;
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].actor_name == "night shift");
  CHECK(entries[0].actor_role == "system");
  CHECK(entries[0].origin == std::string("cellar"));
  CHECK(entries[0].created_at >= made.created_at);
  const auto metadata = json::parse(entries[0].metadata.text);
  CHECK(metadata.at("rows").as_int64() == made.rows);
  CHECK(metadata.at("sha256").as_string() == made.sha256);
  CHECK(metadata.at("backup_created_at").as_string().size() == 24);
  // It was looked at with the others, waits for its seal as they do, and cannot be taken out then.
  CHECK(report.entries_checked == desk.audit().verify().entries_checked);
  CHECK(desk.audit().verify().valid);
  desk.audit().seal();
  second.database().rows("DELETE FROM audit_entries WHERE action = 'BACKUP_RESTORED'");
  const auto verified = desk.audit().verify();
  REQUIRE(verified.problems.size() == 1);
  CHECK(verified.problems[0].code == AuditFault::entry_missing);
  CHECK(verified.problems[0].entry_id == entries[0].id);
}

TEST_CASE("an imported account that waits for its patient is restored, and counted", "[CONF-3][SYNC-5]") {
  const Place first;
  fill(first);
  first.database().rows(unlinked_user_sql("u1", "mona@example.org"));
  const auto file = first.file("clinic.backup");
  first.back_up(file);
  const Place second;
  CHECK(second.take_back(file).accounts_unlinked == 1);
}

TEST_CASE("a link that was sent before a backup does not come back to life", "[CONF-3][AUTH-4]") {
  const Place first;
  fill(first);
  REQUIRE(first.database().number("SELECT COUNT(*) FROM single_use_tokens WHERE spent_at IS NULL") == 1);
  const auto file = first.file("clinic.backup");
  first.back_up(file);
  CHECK(unpacked(file).find(std::string(
            first.database().rows("SELECT token_hash FROM single_use_tokens").at(0).at("token_hash").as_string())) ==
        std::string::npos);
  Place second;
  second.take_back(file);
  CHECK(second.database().number("SELECT COUNT(*) FROM single_use_tokens") == 0);
}

TEST_CASE("a backup among writers is one consistent state, and holds nobody up", "[CONF-3][STORE-3][MODEL-5]") {
  const Place place;
  const auto clinic = place.open();
  std::atomic<bool> enough = false;
  std::atomic<int> registered = 0;
  std::vector<std::thread> writers;
  std::atomic<int> failures = 0;
  writers.reserve(4);
  for (int writer = 0; writer < 4; ++writer)
    writers.emplace_back([&, writer] {
      const auto desk = clinic.act_as(Actor::system("desk"));
      for (int i = 0; !enough; ++i) {
        const auto name = std::to_string(writer) + "-" + std::to_string(i);
        try {
          desk.patients().register_patient({.first_name = "A",
                                            .last_name = "B",
                                            .email = name + "@example.org",
                                            .national_id = name,
                                            .create_portal_account = true});
          ++registered;
        } catch (const Error&) {
          ++failures;
        }
      }
    });
  const auto wait_for_more = [&](int more) {
    for (const int before = registered; registered < before + more && failures == 0;)
      std::this_thread::yield();
  };
  wait_for_more(20);
  std::vector<std::string> files;
  std::vector<int> registered_before;
  for (int round = 0; round < 3; ++round) {
    registered_before.push_back(registered);
    files.push_back(place.file("backup-" + std::to_string(round)));
    // In the midst of the backup others still get on.
    bool waited = false;
    place.back_up(files.back(), {.progress = [&](std::int64_t rows) {
                    if (rows > 10 && !std::exchange(waited, true)) wait_for_more(5);
                  }});
    CHECK(waited);
  }
  enough = true;
  for (auto& writer : writers)
    writer.join();
  CHECK(failures == 0);
  for (std::size_t round = 0; round < files.size(); ++round) {
    Place restored;
    const auto report = restored.take_back(files[round]);
    CHECK(report.patients_checked >= registered_before[round]);
    CHECK(report.accounts_checked == report.patients_checked);
    CHECK(broken_invariants(restored.database()).empty());
  }
}

TEST_CASE("a backup and its key are their owner's alone, and hold nothing in clear that is encrypted",
          "[CONF-3][ACCESS-5][AUDIT-4]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(file + ".key") == 0600);
  const auto text = unpacked(file);
  CHECK(text.find("behind the seal") !=
        std::string::npos);  // an address is not encrypted: it is what was looked for in
  for (const auto& secret : {national_id, allergy, std::string("ID47110815"), std::string("asthma"),
                             std::string("POLICY-9"), passphrase, contents(file + ".key").substr(0, 64)})
    CHECK(text.find(secret) == std::string::npos);
  for (const auto& name : left_out)
    CHECK(text.find(name) == std::string::npos);
}

TEST_CASE("after a change of the master key a backup has the one that opens it", "[CONF-3][ACCESS-5]") {
  Place place;
  const auto before = test_key('a'), after = test_key('b');
  place.master_key = before;
  fill(place);
  auto configuration = place.configuration();
  configuration.master_key = after;
  configuration.previous_master_keys = {before};
  const auto file = place.file("clinic.backup");
  backup(configuration, file, {}, place.environment());  // the data key is still sealed with the key of before
  CHECK(contents(file + ".key") == before + "\n");
  Clinic::open(configuration, place.environment()).act_as(Actor::system("desk")).system().reencrypt();
  backup(configuration, file, {.replace = true}, place.environment());
  CHECK(contents(file + ".key") == after + "\n");
  configuration.previous_master_keys.clear();
  configuration.master_key = before;
  CHECK(code_of([&] { backup(configuration, place.file("other"), {}, place.environment()); }) == ErrorCode::key_wrong);
}

TEST_CASE("a backup that was killed leaves no file of its name", "[CONF-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  Process worker({test::backup_worker(), "backup", worker_arguments(place.configuration()), file, "20"});
  REQUIRE(worker.line() == std::string("there"));
  worker.kill();
  CHECK(worker.wait() == -SIGKILL);
  CHECK_FALSE(fs::exists(file));
  place.back_up(file);
  const Place target;
  target.take_back(file);
}

TEST_CASE("a restore that was killed leaves a database that the next one fills", "[CONF-3][STORE-3]") {
  const Place place;
  {
    const auto desk = place.desk();
    for (int i = 0; i < 300; ++i)  // more rows than between two words about them
      desk.patients().register_patient({.first_name = "A", .last_name = "B"});
  }
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  const auto wanted = rows_of(place.database());
  const Place target;
  const auto report = place.back_up(place.file("again"));
  const auto stop_at = GENERATE_COPY(std::int64_t{500}, report.rows);  // in the midst, and just before the commit
  CAPTURE(stop_at);
  Process worker(
      {test::backup_worker(), "restore", worker_arguments(target.configuration()), file, std::to_string(stop_at)});
  REQUIRE(worker.line() == std::string("there"));
  worker.kill();
  CHECK(worker.wait() == -SIGKILL);
  CHECK_FALSE(target.has_rows());
  target.take_back(file);
  check_same_rows(target.database(), wanted);
}

TEST_CASE("two restores into one database leave one", "[CONF-3][STORE-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  const auto wanted = rows_of(place.database());
  const Place target;
  std::atomic<int> restored = 0, refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(2);
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      try {
        target.take_back(file);
        ++restored;
      } catch (const Error& error) {
        if (error.code() == ErrorCode::database_not_empty) ++refused;
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(restored == 1);
  CHECK(refused == 1);
  check_same_rows(target.database(), wanted);
}
