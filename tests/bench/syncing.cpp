/// \file
/// sync.run and sync.check over a hospital's worth of people (SYNC-5, SYNC-10).
///
/// As many users as patients come from elsewhere, with the same emails and not linked. In the baseline of the run: what
/// the SDK writes, in the same transactions and with the same values; not the reading and matching before it.

#include "bare_transaction.hpp"
#include "folder.hpp"
#include "on_server.hpp"
#include "people.hpp"
#include "registered.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>

#include <unistd.h>

namespace clinic::bench {
namespace {

/// As the SDK's: 36 characters that sort as they were made.
std::string id_of(const char* table, std::size_t i) {
  return std::string("0190") + table + "-0000-7000-8000-00000" + padded(i);
}

User user(std::size_t i) {
  User user;
  user.id = id_of("aaaa", i);
  user.username = user.username_key = "web" + padded(i);
  user.email = email_of(i);
  user.email_key = "p" + user.email->substr(1);
  user.first_name = "Mona";
  user.last_name = "Fahmy";
  user.name_key = "mona fahmy";
  return user;
}

Patient patient(std::size_t i) {
  Patient patient;
  patient.id = id_of("bbbb", i);
  patient.number = "S" + padded(i);
  patient.first_name = "Mona";
  patient.last_name = "Fahmy";
  patient.name_key = "mona fahmy";
  patient.last_name_key = "fahmy";
  patient.email = email_of(i);
  patient.email_key = "p" + patient.email->substr(1);
  patient.address = "12 Long Street, Springfield, apartment " + std::to_string(i);
  patient.created_by = "import";
  return patient;
}

/// A database with so many users and patients who are not linked.
void make_people(const Configuration& configured, std::size_t people) {
  CppWay{configured};  // makes the tables
  StorageWay storage(configured);
  constexpr std::size_t at_once = 1000;
  for (std::size_t first = 0; first < people; first += at_once) {
    std::vector<User> users;
    std::vector<Patient> patients;
    for (std::size_t i = first; i < std::min(people, first + at_once); ++i) {
      users.push_back(user(i));
      patients.push_back(patient(i));
    }
    Transaction transaction(storage.store, Access::write);
    Repository<User>(transaction).insert_many(users);
    Repository<Patient>(transaction).insert_many(patients);
    transaction.commit();
  }
}

constexpr std::size_t pairs_of_a_turn = 50;  // two transactions of the SDK

/// What sync.run writes in one turn after the other, learnt from a database of its own with the same people.
class BareLinks {
 public:
  BareLinks(BareServer& server, const Configuration& source, std::size_t turns) {
    const auto pairs = (turns + 1) * pairs_of_a_turn;
    make_people(source, pairs);
    const auto written = written_in_the_last_turn_of(source, turns + 1);
    StorageWay storage(source);
    const auto users = all_records<User>(storage.store);
    const auto patients = all_records<Patient>(storage.store);
    const auto events = all_records<Event>(storage.store);
    auto audits = all_records<AuditEntry>(storage.store);
    std::erase_if(audits, [](const auto& entry) { return entry.action != "ACCOUNT_LINKED"; });
    transaction_.emplace(server, written, turns, [&](const Slot& slot, std::size_t turn) {
      const auto i = turn * slot.rows + slot.row;
      const bool found_by_version = slot.sql.starts_with("UPDATE") && slot.sql.find("SET \"version\"") == slot.sql.npos;
      auto before = user(i);
      before.version = 1;
      if (slot.column == "version" && found_by_version) return field_of("users", &before, "version");
      // The account takes the id of its patient: it is deleted and written anew.
      if (slot.table == "users" && slot.column == "id" && (found_by_version || slot.sql.starts_with("DELETE")))
        return field_of("users", &before, "id");
      const void* record = slot.table == "users"      ? static_cast<const void*>(&users.at(i))
                           : slot.table == "patients" ? static_cast<const void*>(&patients.at(i))
                           : slot.table == "events"   ? static_cast<const void*>(&events.at(i))
                                                      : &audits.at(i);
      return field_of(slot.table, record, slot.column);
    });
  }

  void link(std::size_t turn) { transaction_->run(turn); }

 private:
  static Statements written_in_the_last_turn_of(const Configuration& source, std::size_t turns) {
    Traced traced(source);
    const auto link = [](std::size_t some) {
      return [some](const Session& desk) {
        desk.sync().run({.limit = static_cast<std::int64_t>(some * pairs_of_a_turn)});
      };
    };
    link(turns - 1)(traced.desk());
    Statements written;
    static const std::set<std::string> tables{"users", "patients", "audit_entries", "events"};
    for (const auto& transaction : transactions_with(traced.during(link(1)), "UPDATE"))
      for (const auto& sql : transaction)
        if (sql.starts_with("BEGIN") || sql.starts_with("COMMIT") || tables.contains(table_of(sql)))
          written.push_back(sql);
    return written;
  }

  std::optional<BareTransaction> transaction_;
};

/// Of this process, MiB.
double resident_memory() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// Watches a long call.
struct Watched {
  double seconds = 0, memory_growth = 0;
};
Watched watch(const std::function<void(const CallOptions&)>& call) {
  const auto before = resident_memory();
  Watched watched;
  std::int64_t told = 0;
  const auto began = std::chrono::steady_clock::now();
  call({.progress = [&](std::int64_t done, std::int64_t) {
    if (done < told + 1000) return;
    told = done;
    watched.memory_growth = std::max(watched.memory_growth, resident_memory() - before);
  }});
  watched.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return watched;
}

Configuration by_email(Configuration configured) {
  configured.profile = "email-sync";
  return configured;
}

/// `people` are there twice: where the server is, for the baseline, and where the clinic is.
SyncFigures figures_of(const std::string& where, BareServer& server, const Configuration& source,
                       const Configuration& configured, std::size_t people) {
  const Rounds rounds{people < 10000 ? std::size_t{3} : std::size_t{60}, 1};
  const auto pairs = rounds.turns() * pairs_of_a_turn;
  BareLinks links(server, source, rounds.turns());
  CppWay way(configured);
  std::optional<std::string> after;
  SyncFigures figures;
  const auto limit = static_cast<std::int64_t>(pairs_of_a_turn);
  figures.run = contest(
      rounds, {{bare_client, [&](std::size_t turn) { links.link(turn); }},
               {cpp, [&](std::size_t) { after = way.desk.sync().run({.after = after, .limit = limit}).next; }}});
  print("sync.run, " + std::to_string(pairs_of_a_turn) + " of " + std::to_string(people) + " pairs a turn, " + where,
        figures.run);

  SyncReport report;
  const auto run = watch([&](const CallOptions& options) { report = way.desk.sync().run({}, options); });
  if (report.users_linked != static_cast<std::int64_t>(people - pairs) || report.conflict_count)
    throw std::logic_error("sync.run did not link everybody");
  std::vector<double> seconds;
  figures.memory_growth = run.memory_growth;
  for (int i = 0; i < 3; ++i) {
    SyncChecked checked;
    const auto check = watch([&](const CallOptions& options) { checked = way.desk.sync().check(options); });
    if (!checked.valid || checked.users_seen != static_cast<std::int64_t>(people))
      throw std::logic_error("sync.check saw something else");
    seconds.push_back(check.seconds);
    figures.memory_growth = std::max(figures.memory_growth, check.memory_growth);
  }
  figures.checked_a_second = static_cast<double>(people) / median(seconds);
  std::printf("  the other %lld in %.1f s, %.0f a second; sync.check of all in %.1f s, %.0f people a second\n",
              static_cast<long long>(report.users_linked), run.seconds,
              static_cast<double>(report.users_linked) / run.seconds, median(seconds), figures.checked_a_second);
  return figures;
}

}  // namespace

SyncFigures syncing(const Place& place, std::size_t people) {
  const Folder folder(place.folder), source("/dev/shm");
  const auto on_file = [](const std::string& file) { return by_email(configuration(file)); };
  const auto bare_file = folder.file("bare"), file = folder.file("cpp");
  make_people(on_file(bare_file), people);
  make_people(on_file(file), people);
  const auto server = bare_sqlite_server(bare_file);
  return figures_of(place.words, *server, on_file(source.file("source")), on_file(file), people);
}

SyncFigures postgresql_syncing(std::size_t people) {
  const test::TestDatabase source(test::Backend::postgresql), bare_database(test::Backend::postgresql),
      database(test::Backend::postgresql);
  for (const auto* imported : {&bare_database, &database}) {
    make_people(by_email(on_server(*imported)), people);
    // As the server does by itself a minute later: before it knows how many rows there are, it plans for a few.
    imported->rows("ANALYZE");
  }
  const auto server = bare_postgresql_server(bare_database.url());
  return figures_of("on postgresql", *server, by_email(on_server(source)), by_email(on_server(database)), people);
}

}  // namespace clinic::bench
