#include "../support/catch.hpp"
#include "records/record_model.hpp"

#include <clinic/plugin/storage.hpp>

#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// What the C++ wrapper of storage plugins does for every plugin, before and after it calls one.

namespace {

using clinic::plugin::Failure;

/// What the plugin below was asked, and what it is to do then.
struct Script {
  std::vector<std::string> calls{};
  int destroyed = 0;
  std::function<void()> on_write = [] {};
  std::function<void()> on_commit = [] {};
  std::function<void()> on_select = [] {};
  std::function<Failure(bool committing)> explain{};
};

class ScriptedTransaction : public clinic::plugin::Transaction {
 public:
  explicit ScriptedTransaction(Script& script) : script_(script) {}
  ~ScriptedTransaction() override { ++script_.destroyed; }

  void commit() override {
    script_.calls.emplace_back("commit");
    script_.on_commit();
  }
  void insert(std::uint32_t, void*) override { write("insert"); }
  void update(std::uint32_t, void*) override { write("update"); }
  bool touch(std::uint32_t, std::string_view) override { return write("touch"); }
  bool set_version(std::uint32_t, std::string_view, std::int64_t) override { return write("set_version"); }
  std::uint64_t erase_where(const clinic_query&) override { return write("erase_where"); }
  void select(const clinic_query&, clinic::plugin::Rows& rows) override {
    script_.calls.emplace_back("select");
    script_.on_select();
    rows.next();
  }
  void aggregate(const clinic_aggregate&, clinic::plugin::Groups& groups) override {
    script_.calls.emplace_back("aggregate");
    groups.add(nullptr, 0);
  }
  Failure explain(bool committing) override {
    return script_.explain ? script_.explain(committing) : Transaction::explain(committing);
  }

 private:
  bool write(const char* name) {
    script_.calls.emplace_back(name);
    script_.on_write();
    return true;
  }
  Script& script_;
};

/// The script of the store that is opened next.
Script* next_script = nullptr;

class ScriptedStorage : public clinic::plugin::Storage {
 public:
  ScriptedStorage(const clinic_model&, clinic::plugin::Host, std::string_view) : script_(*next_script) {}
  SchemaStatus schema_status() override { return {1, 1}; }
  void migrate() override {
    script_.calls.emplace_back("migrate");
    script_.on_write();
  }
  std::unique_ptr<clinic::plugin::Transaction> begin(bool) override {
    return std::make_unique<ScriptedTransaction>(script_);
  }
  Failure explain() override { return script_.explain ? script_.explain(false) : Storage::explain(); }

 private:
  Script& script_;
};

constexpr const clinic_storage_table& table = clinic::plugin::detail::StorageTable<ScriptedStorage>::table;
constexpr std::uint32_t record = clinic::record_index<clinic::User>;
constexpr int ok = CLINIC_PLUGIN_OK, refused = CLINIC_PLUGIN_REFUSED, stopped = CLINIC_PLUGIN_HOST_STOPPED;

struct Opened {
  explicit Opened(Script& script) {
    static const clinic_plugin_host host{sizeof host, nullptr, CLINIC_LOG_ERROR, nullptr};
    next_script = &script;
    REQUIRE(table.open(&clinic::record_model(), &host, "scripted:", &store, &error) == ok);
  }
  ~Opened() { table.close(store); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  clinic_transaction* begin(bool writes = true) {
    clinic_transaction* begun = nullptr;
    REQUIRE(table.begin(store, writes ? 1 : 0, &begun, &error) == ok);
    return begun;
  }

  clinic_store* store = nullptr;
  clinic_plugin_error error{sizeof error, 0, 0, {}, {}};
};

/// Where `select` calls back: `inside` answers a row, or null to stop.
int select(clinic_transaction* transaction, clinic_plugin_error& error, std::function<void*()> inside) {
  const clinic_query query{sizeof query, record, nullptr, 0, nullptr, 0, 0};
  const clinic_slots slots{sizeof slots, &inside,
                           [](void* at) -> void* { return (*static_cast<std::function<void*()>*>(at))(); }};
  return table.select(transaction, &query, &slots, &error);
}

std::vector<int> codes_of_all_calls(clinic_store* store, clinic_transaction* transaction, clinic_plugin_error& error,
                                    std::uint32_t of = record) {
  void* object = nullptr;
  const clinic_query query{sizeof query, of, nullptr, 0, nullptr, 0, 0};
  const clinic_slots slots{sizeof slots, nullptr, [](void*) -> void* { return nullptr; }};
  const clinic_measure measure{CLINIC_COUNT, 0};
  const clinic_aggregate aggregate{sizeof aggregate, of, nullptr, 0, nullptr, 0, &measure, 1, 0};
  const clinic_groups groups{sizeof groups, nullptr, [](void*, const clinic_value*, std::size_t) { return 1; }};
  clinic_schema_status status{sizeof status, 0, 0};
  clinic_transaction* begun = nullptr;
  std::vector<int> codes{
      table.insert(transaction, of, &object, &error),        table.insert_many(transaction, of, &object, 1, &error),
      table.update(transaction, of, &object, &error),        table.touch(transaction, of, "a", 1, &error),
      table.set_version(transaction, of, "a", 1, 2, &error), table.erase_where(transaction, &query, nullptr, &error),
      table.select(transaction, &query, &slots, &error),     table.aggregate(transaction, &aggregate, &groups, &error)};
  if (store == nullptr) return codes;
  codes.push_back(table.begin(store, 1, &begun, &error));
  codes.push_back(table.schema_status(store, &status, &error));
  codes.push_back(table.migrate(store, &error));
  codes.push_back(table.health(store, &error));
  if (begun != nullptr) table.rollback(begun);
  return codes;
}

using Calls = std::vector<std::string>;

}  // namespace

TEST_CASE("a storage plugin is not called from inside a callback", "[PLUG-2][core]") {
  Script script;
  Opened opened(script);
  auto* transaction = opened.begin();
  auto* other = opened.begin();
  std::vector<int> codes, of_other;
  CHECK(select(transaction, opened.error, [&]() -> void* {
          clinic_plugin_error error{sizeof error, 0, 0, {}, {}};
          codes = codes_of_all_calls(opened.store, transaction, error);
          CHECK(std::string(error.message) ==
                "storage was called from inside a callback of a select or an aggregate, or twice at once on one "
                "transaction");
          of_other = codes_of_all_calls(nullptr, other, error);
          of_other.push_back(table.commit(other, &error));
          return nullptr;
        }) == stopped);
  CHECK(codes == std::vector<int>(12, refused));
  CHECK(of_other == std::vector<int>(9, refused));
  CHECK(script.calls == Calls{"select"});
  CHECK(script.destroyed == 1);  // the other one: commit ends a transaction, whatever it answers
  CHECK(table.commit(transaction, &opened.error) == ok);
  CHECK(script.destroyed == 2);
}

TEST_CASE("of two stores one is written while the other hands over its rows, and not the other way round as well",
          "[PLUG-2][core]") {
  Script first, second;
  Opened reading(first), writing(second);
  auto* outer = reading.begin();
  auto* inner = writing.begin();
  std::vector<int> codes;
  CHECK(select(outer, reading.error, [&]() -> void* {
          void* object = nullptr;
          codes.push_back(table.insert(inner, record, &object, &writing.error));
          codes.push_back(select(inner, writing.error, [&]() -> void* {
            clinic_transaction* begun = nullptr;
            codes.push_back(table.begin(reading.store, 0, &begun, &reading.error));
            codes.push_back(table.begin(writing.store, 0, &begun, &writing.error));
            return nullptr;
          }));
          codes.push_back(table.insert(inner, record, &object, &writing.error));
          return nullptr;
        }) == stopped);
  CHECK(codes == std::vector<int>{ok, refused, refused, stopped, ok});
  table.rollback(outer);
  table.rollback(inner);
}

TEST_CASE("a transaction that the host ends from inside a callback is destroyed once, after the call",
          "[PLUG-2][core]") {
  const bool commits = GENERATE(true, false);
  CAPTURE(commits);
  Script script;
  Opened opened(script);
  auto* transaction = opened.begin();
  CHECK(select(transaction, opened.error, [&]() -> void* {
          clinic_plugin_error error{sizeof error, 0, 0, {}, {}};
          if (commits)
            CHECK(table.commit(transaction, &error) == refused);
          else
            table.rollback(transaction);
          CHECK(script.destroyed == 0);
          return nullptr;
        }) == refused);
  CHECK(script.destroyed == 1);
  CHECK(script.calls == Calls{"select"});
}

TEST_CASE("a transaction takes one call at a time", "[PLUG-2][core]") {
  Script script;
  Opened opened(script);
  auto* transaction = opened.begin();
  std::promise<void> begun, go_on;
  script.on_select = [&] {
    begun.set_value();
    go_on.get_future().wait();
  };
  int code = ok;
  std::thread thread([&] {
    clinic_plugin_error error{sizeof error, 0, 0, {}, {}};
    code = select(transaction, error, []() -> void* { return nullptr; });
  });
  begun.get_future().wait();
  const auto codes = codes_of_all_calls(nullptr, transaction, opened.error);
  const int committed = table.commit(transaction, &opened.error);
  const int destroyed = script.destroyed;
  go_on.set_value();
  thread.join();
  CHECK(codes == std::vector<int>(8, refused));
  CHECK(committed == refused);
  CHECK(destroyed == 0);
  CHECK(code == refused);
  CHECK(script.destroyed == 1);
  CHECK(script.calls == Calls{"select"});
}

TEST_CASE("a failure that breaks a transaction is answered by all of its later calls", "[PLUG-2][core]") {
  Script script;
  Opened opened(script);
  auto* transaction = opened.begin();
  void* object = nullptr;
  const auto insert = [&] { return table.insert(transaction, record, &object, &opened.error); };
  script.on_write = [] { throw Failure::stale(); };
  CHECK(insert() == CLINIC_PLUGIN_STALE);
  script.on_write = [] { throw Failure::conflict("in the way"); };
  CHECK(insert() == CLINIC_PLUGIN_CONFLICT);
  CHECK(std::string(opened.error.message) == "in the way");
  script.on_write = [] {};
  script.calls.clear();
  CHECK(codes_of_all_calls(nullptr, transaction, opened.error) == std::vector<int>(8, CLINIC_PLUGIN_CONFLICT));
  CHECK(table.commit(transaction, &opened.error) == CLINIC_PLUGIN_CONFLICT);
  CHECK(std::string(opened.error.message) == "the transaction failed before: it was rolled back instead of committed");
  CHECK(script.calls.empty());
  CHECK(script.destroyed == 1);
}

TEST_CASE("a storage plugin translates exceptions of its driver", "[PLUG-2][core]") {
  Script script;
  Opened opened(script);
  void* object = nullptr;
  script.on_write = script.on_commit = [] { throw std::runtime_error("a secret value"); };

  SECTION("none without a translation is told, but for its type") {
    auto* transaction = opened.begin();
    CHECK(table.insert(transaction, record, &object, &opened.error) == CLINIC_PLUGIN_INTERNAL);
    const std::string message = opened.error.message;
    CHECK_THAT(message, Catch::Matchers::Contains("runtime_error") && !Catch::Matchers::Contains("secret"));
    table.rollback(transaction);
  }
  SECTION("code, constraint and the driver's number arrive") {
    std::vector<bool> committing;
    script.explain = [&](bool commit) -> Failure {
      committing.push_back(commit);
      try {
        throw;
      } catch (const std::runtime_error&) {
        if (commit) return Failure::outcome_unknown("the connection broke");
        return {CLINIC_PLUGIN_UNIQUE_VIOLATION, "User is there already", "email_key", 1062};
      }
    };
    auto* transaction = opened.begin();
    CHECK(table.insert(transaction, record, &object, &opened.error) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
    CHECK(opened.error.code == CLINIC_PLUGIN_UNIQUE_VIOLATION);
    CHECK(opened.error.native_code == 1062);
    CHECK(std::string(opened.error.constraint) == "email_key");
    CHECK(std::string(opened.error.message) == "User is there already");
    table.rollback(transaction);

    transaction = opened.begin();
    CHECK(table.commit(transaction, &opened.error) == CLINIC_PLUGIN_OUTCOME_UNKNOWN);
    CHECK(table.migrate(opened.store, &opened.error) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
    CHECK(committing == std::vector<bool>{false, true, false});
    CHECK(script.destroyed == 2);
  }
  SECTION("a translation that throws is no crash") {
    script.explain = [](bool) -> Failure { throw std::runtime_error("another secret"); };
    auto* transaction = opened.begin();
    CHECK(table.insert(transaction, record, &object, &opened.error) == CLINIC_PLUGIN_INTERNAL);
    CHECK(std::string(opened.error.message) == "an exception that could not be explained");
    table.rollback(transaction);
  }
}

TEST_CASE("a storage plugin is not asked to write where that cannot be", "[PLUG-2][core]") {
  Script script;
  Opened opened(script);
  SECTION("in a transaction that was begun for reading") {
    auto* transaction = opened.begin(false);
    CHECK(codes_of_all_calls(nullptr, transaction, opened.error) ==
          std::vector<int>{refused, refused, refused, refused, refused, refused, stopped, stopped});
    CHECK(script.calls == Calls{"select", "aggregate"});
    CHECK(table.commit(transaction, &opened.error) == ok);
  }
  SECTION("a record that the model does not have") {
    auto* transaction = opened.begin();
    const auto unknown = clinic::record_model().record_count;
    CHECK(codes_of_all_calls(nullptr, transaction, opened.error, unknown) == std::vector<int>(8, refused));
    CHECK(std::string(opened.error.message) == "there is no record of that index");
    CHECK(script.calls.empty());
    table.rollback(transaction);
  }
  SECTION("a version or a lock that the record does not have") {
    auto* transaction = opened.begin();
    const auto& model = clinic::record_model();
    std::uint32_t bare = 0;
    while (model.records[bare]->version_field != CLINIC_NO_FIELD || model.records[bare]->lock_field != CLINIC_NO_FIELD)
      ++bare;
    CHECK(codes_of_all_calls(nullptr, transaction, opened.error, bare) ==
          std::vector<int>{ok, ok, refused, refused, refused, ok, stopped, stopped});
    CHECK(script.calls == Calls{"insert", "insert", "erase_where", "select", "aggregate"});
    table.rollback(transaction);
  }
}
