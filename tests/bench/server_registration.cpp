#include "bare_transaction.hpp"
#include "hash.hpp"
#include "on_server.hpp"
#include "people.hpp"
#include "registered.hpp"
#include "scenes.hpp"

#include "support/test_database.hpp"

#include <cstdio>
#include <map>

namespace clinic::bench {
namespace {

/// The rows of every table, as the SDK stored them, in the order of insertion.
class StoredRecords {
 public:
  explicit StoredRecords(const Configuration& configuration) {
    StorageWay storage(configuration);
    auto& store = storage.store;
    read<User>(store);
    read<Patient>(store);
    read<AuditEntry>(store);
    read<Event>(store);
  }

  const void* record(const std::string& table, std::size_t i) const { return records_.at(table).at(i).get(); }

 private:
  template <class Record>
  void read(Store& store) {
    auto& kept = records_[std::string(Table<Record>::name)];
    for (auto& record : all_records<Record>(store))
      kept.push_back(std::make_shared<Record>(std::move(record)));
  }

  std::map<std::string, std::vector<std::shared_ptr<void>>> records_;
};

}  // namespace

ServerFigures server_registration(Server server, const Rounds& rounds) {
  const auto backend = backend_of(server);
  const test::TestDatabase source(backend), bare_database(backend), typed_database(backend), c_database(backend);
  Statements transaction;
  {
    Traced traced(on_server(source));
    const auto one = [&](std::size_t i) {
      return [i](const Session& desk) { desk.patients().register_patient(person(i, true)); };
    };
    for (std::size_t i = 0; i + 1 < rounds.turns(); ++i)
      one(i)(traced.desk());
    transaction = transaction_with(traced.during(one(rounds.turns() - 1)), "INSERT");
  }
  const StoredRecords stored(on_server(source));
  CppWay(on_server(bare_database));  // makes the tables
  const auto client = server == Server::postgresql ? bare_postgresql_server(bare_database.url())
                                                   : bare_mysql_server(bare_database.url());
  BareTransaction bare_transaction(*client, transaction, rounds.turns(), [&](const Slot& slot, std::size_t run) {
    return field_of(slot.table, stored.record(slot.table, run * slot.rows + slot.row), slot.column);
  });
  CppWay typed(on_server(typed_database));
  CWay in_c(on_server(c_database));

  ServerFigures figures;
  figures.round_trips = transaction;
  figures.registration =
      contest(rounds, {{bare_client,
                        [&](std::size_t i) {
                          bare_hash();
                          bare_transaction.run(i);
                        }},
                       {cpp, [&](std::size_t i) { typed.desk.patients().register_patient(person(i, true)); }},
                       {c_json, [&](std::size_t i) { in_c.call("patients.register", json_of(person(i, true))); }}});
  return figures;
}

void print(const std::string& title, const ServerFigures& figures) {
  print(title, figures.registration);
  std::printf("  round trips of a registration: %zu\n", figures.round_trips.size());
  for (const auto& sql : figures.round_trips)
    std::printf("    %s\n", sql.substr(0, sql.find_first_of("(\n")).c_str());
  std::printf("  and every 64th time those of the transaction that reserves the next block of numbers\n");
}

}  // namespace clinic::bench
