#include "bare_server.hpp"
#include "hash.hpp"
#include "people.hpp"
#include "scenes.hpp"
#include "ways.hpp"

#include "support/test_database.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

namespace clinic::bench {
namespace {

Configuration on_server(const test::TestDatabase& database) {
  auto configured = configuration({});
  configured.storage = database.url();
  configured.master_key = database.master_key();
  return configured;
}

std::string without_quotes(std::string name) {
  std::erase_if(name, [](char c) { return c == '"' || c == '`' || c == ' ' || c == '\n'; });
  return name;
}

/// The parts of the list in the first pair of brackets behind `from`.
std::vector<std::string> list_in(const std::string& sql, std::size_t from) {
  const auto begin = sql.find('(', from) + 1, end = sql.find(')', begin);
  std::vector<std::string> parts;
  for (auto at = begin; at < end; at = sql.find_first_of(",)", at) + 1)
    parts.push_back(without_quotes(sql.substr(at, sql.find_first_of(",)", at) - at)));
  return parts;
}

const clinic_record_type& type_of_table(const std::string& table) {
  const auto& model = record_model();
  for (std::uint32_t i = 0; i < model.record_count; ++i)
    if (model.records[i]->table == table) return *model.records[i];
  throw std::runtime_error("no record has the table " + table);
}

/// The rows of every table, as the SDK stored them, in the order of insertion.
class StoredRecords {
 public:
  explicit StoredRecords(const Configuration& configuration) {
    const auto plugin = load_plugin({.directories = {CLINIC_PLUGIN_DIR}}, CLINIC_PLUGIN_STORAGE,
                                    configuration.storage.substr(0, configuration.storage.find(':')));
    const clinic_plugin_host host{sizeof host, nullptr, CLINIC_LOG_ERROR,
                                  [](void*, std::int32_t, const char*, std::size_t) {}};
    Store store(storage_table(plugin), host, configuration.storage);
    read<User>(store);
    read<Patient>(store);
    read<AuditEntry>(store);
    read<Event>(store);
  }

  std::size_t count(const std::string& table) const { return records_.at(table).size(); }
  const void* record(const std::string& table, std::size_t i) const { return records_.at(table).at(i).get(); }

 private:
  template <class Record>
  void read(Store& store) {
    Transaction transaction(store, Access::read);
    auto& kept = records_[std::string(Table<Record>::name)];
    for (auto& record : Repository<Record>(transaction).select(Query<Record>().order_by(&Record::id)))
      kept.push_back(std::make_shared<Record>(std::move(record)));
  }

  std::map<std::string, std::vector<std::shared_ptr<void>>> records_;
};

/// The transaction that the SDK logged, prepared, with the values that the SDK stored.
class BareTransaction {
 public:
  BareTransaction(BareServer& server, const Statements& transaction, const StoredRecords& stored) : server_(server) {
    std::map<std::string, std::size_t> of_table, seen;
    for (const auto& sql : transaction)
      if (sql.starts_with("INSERT")) of_table[table_of(sql)] += rows_of(sql);
    for (const auto& sql : transaction) {
      if (!sql.starts_with("INSERT")) {
        steps_.push_back({sql, 0, {}});
        continue;
      }
      const auto table = table_of(sql);
      const auto rows = rows_of(sql);
      Step step{{}, server.prepare(sql), {}};
      for (auto first = seen[table]; first + rows <= stored.count(table); first += of_table[table]) {
        auto& parameters = step.rows.emplace_back();
        for (std::size_t row = 0; row < rows; ++row)
          add_parameters(sql, type_of_table(table), stored.record(table, first + row), parameters);
      }
      seen[table] += rows;
      steps_.push_back(std::move(step));
    }
  }

  void run(std::size_t i) {
    for (const auto& step : steps_) {
      if (step.rows.empty())
        server_.run(step.sql);
      else
        server_.execute(step.prepared, step.rows.at(i));
    }
  }

 private:
  struct Step {
    std::string sql;
    std::size_t prepared;
    std::vector<Parameters> rows;
  };

  static std::string table_of(const std::string& sql) {
    return without_quotes(
        sql.substr(std::string("INSERT INTO").size(), sql.find('(') - std::string("INSERT INTO").size()));
  }

  static std::size_t rows_of(const std::string& sql) {
    return static_cast<std::size_t>(std::count(sql.begin() + static_cast<long>(sql.find("VALUES")), sql.end(), '('));
  }

  static void add_parameters(const std::string& sql, const clinic_record_type& type, const void* record,
                             Parameters& parameters) {
    const auto columns = list_in(sql, 0), values = list_in(sql, sql.find("VALUES"));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!values.at(i).starts_with('?') && !values.at(i).starts_with('$')) continue;  // a first version is a literal
      for (std::uint32_t field = 0; field < type.field_count; ++field) {
        if (type.fields[field]->name != columns[i]) continue;
        clinic_value value{};
        type.get(record, field, &value);
        parameters.push_back(parameter(value));
      }
    }
  }

  BareServer& server_;
  std::vector<Step> steps_;
};

}  // namespace

Parameter parameter(const clinic_value& value) {
  Parameter made;
  made.null = value.kind == CLINIC_NULL;
  made.is_integer = value.kind == CLINIC_INT;
  if (made.is_integer) made.text = std::to_string(made.integer = value.as.integer);
  if (value.kind == CLINIC_TEXT) made.text.assign(value.as.text.data, value.as.text.size);
  return made;
}

ServerFigures server_registration(Server server, const Rounds& rounds) {
  const auto backend = server == Server::postgresql ? test::Backend::postgresql : test::Backend::mysql;
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
  BareTransaction bare_transaction(*client, transaction, stored);
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
