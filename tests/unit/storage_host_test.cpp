#include "../support/catch.hpp"
#include "support/folders.hpp"

#include <plugins/loader.hpp>
#include <store/store.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace clinic;

// The typed face; what plugins promise is in tests/conformance.

namespace {

const clinic_plugin_host host{sizeof(clinic_plugin_host), nullptr, CLINIC_LOG_ERROR, nullptr};

const clinic_storage_table& memory_table() {
  PluginPaths paths;
  paths.explicit_path = test::test_plugin_folder() + "/clinic_memory.so";
  return storage_table(load_plugin(paths, CLINIC_PLUGIN_STORAGE, "memory"));
}

/// The memory plugin with its schema. `table` may be the plugin's with some functions replaced.
struct MemoryStore {
  explicit MemoryStore(const clinic_storage_table& table = memory_table(), const std::string& url = "memory:?wait=50")
      : store(table, host, url) {
    store.migrate();
  }
  Store store;
};

NumberBlock block(std::string id, std::int64_t next_value = 1) {
  NumberBlock made;
  made.id = std::move(id);
  made.next_value = next_value;
  return made;
}

User user(std::string id, std::optional<std::string> email_key = {}) {
  User made;
  made.id = std::move(id);
  made.username = made.username_key = "user-" + made.id;
  made.email_key = std::move(email_key);
  return made;
}

template <class Record>
std::vector<std::string> ids(const std::vector<Record>& records) {
  std::vector<std::string> result;
  for (const auto& record : records)
    result.push_back(record.id);
  return result;
}
using Ids = std::vector<std::string>;

/// The StorageError that the action throws.
template <class Action>
StorageError failure_of(Action&& action) {
  try {
    action();
  } catch (const StorageError& error) {
    return error;
  }
  FAIL("no StorageError");
  return {0, 0, {}, {}, {}};
}

template <class Action>
int code_of(Action&& action) {
  return failure_of(action).code();
}

int say(clinic_plugin_error* error, int code, const char* message) {
  error->code = code;
  error->native_code = 1062;
  std::strcpy(error->constraint, "system,value");
  std::strcpy(error->message, message);
  return code;
}

}  // namespace

TEST_CASE("criteria know three truth values, bytes, lists and prefixes", "[STORE-1][core]") {
  MemoryStore memory;
  Transaction work(memory.store, Access::write);
  Repository<User> users(work);
  std::vector<User> several{user("1", "a"), user("2"), user("3", "B"), user("4", "ab"), user("5", "\u00e4")};
  users.insert_many(several);
  const auto matching = [&](const Criteria<User>& criteria) { return ids(users.select(criteria)); };
  const auto key = where(&User::email_key);
  CHECK(matching({}) == Ids{"1", "2", "3", "4", "5"});
  CHECK(matching(key != "a") == Ids{"3", "4", "5"});
  CHECK(matching(!(key == "a")) == Ids{"3", "4", "5"});
  CHECK(matching(key.is_null()) == Ids{"2"});
  CHECK(matching(key.is_not_null() && !(key == "B")) == Ids{"1", "4", "5"});
  CHECK(matching(key < "a") == Ids{"3"});
  CHECK(matching(key > "b") == Ids{"5"});
  CHECK(matching(key == "B" || key.is_null()) == Ids{"2", "3"});
  CHECK(matching(!(key == "B" || key == "a")) == Ids{"4", "5"});
  CHECK(matching(key.in(Ids{"a", "ab", "x"})) == Ids{"1", "4"});
  CHECK(matching(key.in(Ids{})).empty());
  CHECK(matching(!key.in(Ids{})).size() == 5);
  CHECK(matching(starts_with(&User::email_key, "a")) == Ids{"1", "4"});
  CHECK(users.erase_where(key >= "a") == 3);
  CHECK(users.count() == 2);
}

TEST_CASE("rows come in order, limited, and until the visitor has enough", "[STORE-1][core]") {
  MemoryStore memory;
  Transaction work(memory.store, Access::write);
  Repository<NumberBlock> blocks(work);
  std::vector<NumberBlock> several{block("a", 2), block("b", 1), block("c", 2), block("d", 3)};
  blocks.insert_many(several);
  const auto by_value = [&](bool descending) {
    return Query<NumberBlock>().order_by(&NumberBlock::next_value, descending).order_by(&NumberBlock::id);
  };
  CHECK(ids(blocks.select(by_value(false))) == Ids{"b", "a", "c", "d"});
  CHECK(ids(blocks.select(by_value(true))) == Ids{"d", "a", "c", "b"});
  CHECK(ids(blocks.select(by_value(true).limit(2))) == Ids{"d", "a"});
  CHECK(blocks.first({})->id == "a");

  Ids seen;
  const auto collect = [&](std::size_t enough) {
    seen.clear();
    blocks.each(by_value(false), [&](NumberBlock& row) {
      seen.push_back(row.id);
      return seen.size() < enough;
    });
    return seen;
  };
  CHECK(collect(2) == Ids{"b", "a"});
  CHECK(collect(4) == Ids{"b", "a", "c", "d"});
  CHECK(collect(9) == Ids{"b", "a", "c", "d"});
}

TEST_CASE("a named database is shared while it is open, and needs its schema", "[STORE-2][core]") {
  Store first(memory_table(), host, "memory:shared");
  Store second(memory_table(), host, "memory:shared");
  CHECK(first.schema_status().present == 0);
  CHECK(first.schema_status().expected == schema_version);
  {
    Transaction work(second, Access::read);
    CHECK(code_of([&] { Repository<User>(work).count(); }) == CLINIC_PLUGIN_REFUSED);
  }
  first.migrate();
  CHECK(second.schema_status().present == schema_version);
  CHECK(second.healthy());
  CHECK(code_of([&] { Store(memory_table(), host, "sqlite:x"); }) == CLINIC_PLUGIN_REFUSED);
  CHECK(code_of([&] { Store(memory_table(), host, "memory:x?patience=1"); }) == CLINIC_PLUGIN_REFUSED);
}

TEST_CASE("what a callback throws comes out of the call, and the transaction goes on", "[PLUG-3][core]") {
  MemoryStore memory;
  Transaction work(memory.store, Access::write);
  Repository<NumberBlock> blocks(work);
  std::vector<NumberBlock> several{block("a"), block("b"), block("c")};
  blocks.insert_many(several);
  int seen = 0;
  const auto visit = [&](NumberBlock&) -> bool {
    if (++seen == 2) throw std::runtime_error("enough");
    return true;
  };
  CHECK_THROWS_WITH(blocks.each({}, visit), "enough");
  CHECK(seen == 2);
  clinic_measure measure{CLINIC_COUNT, 0};
  clinic_aggregate query{sizeof query, record_index<NumberBlock>, nullptr, 0, nullptr, 0, &measure, 1, 0};
  CHECK_THROWS_WITH(work.aggregate(query, [](auto) -> bool { throw std::runtime_error("no"); }), "no");
  CHECK(blocks.count() == 3);
}

TEST_CASE("storage refuses to be called from inside a select", "[PLUG-3][core]") {
  MemoryStore memory, another;
  Transaction work(memory.store, Access::write);
  Repository<NumberBlock> blocks(work);
  std::vector<NumberBlock> several{block("a"), block("b")};
  blocks.insert_many(several);
  CHECK(code_of([&] { blocks.each({}, [&](NumberBlock& row) { return blocks.touch(row.id); }); }) ==
        CLINIC_PLUGIN_REFUSED);
  CHECK(code_of([&] {
          blocks.each({}, [&](NumberBlock&) {
            Transaction inner(memory.store, Access::read);
            return true;
          });
        }) == CLINIC_PLUGIN_REFUSED);
  // Copying from one store into another is no such case.
  Transaction target(another.store, Access::write);
  blocks.each({}, [&](NumberBlock& row) {
    Repository<NumberBlock>(target).insert(row);
    return true;
  });
  CHECK(Repository<NumberBlock>(target).count() == 2);
}

TEST_CASE("an ended transaction is refused", "[STORE-1][core]") {
  MemoryStore memory;
  Transaction work(memory.store, Access::write);
  work.commit();
  CHECK(code_of([&] { work.commit(); }) == CLINIC_PLUGIN_REFUSED);
  CHECK(code_of([&] { Repository<User>(work).find("1"); }) == CLINIC_PLUGIN_REFUSED);
}

TEST_CASE("without insert_many the SDK loops", "[PLUG-3][core]") {
  auto table = memory_table();
  table.insert_many = nullptr;
  MemoryStore memory(table);
  Transaction work(memory.store, Access::write);
  std::vector<NumberBlock> several{block("a"), block("b")};
  Repository<NumberBlock>(work).insert_many(several);
  CHECK(several[1].version == 1);
  CHECK(Repository<NumberBlock>(work).count() == 2);
}

TEST_CASE("the answers of a plugin become StorageErrors", "[STORE-3][core]") {
  auto table = memory_table();
  SECTION("with the plugin's words") {
    table.insert = [](clinic_transaction*, std::uint32_t, void*, clinic_plugin_error* error) {
      return say(error, CLINIC_PLUGIN_UNIQUE_VIOLATION, "taken");
    };
    MemoryStore memory(table);
    Transaction work(memory.store, Access::write);
    auto record = block("a");
    const auto error = failure_of([&] { Repository<NumberBlock>(work).insert(record); });
    CHECK(error.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION);
    CHECK(error.native_code() == 1062);
    CHECK(error.constraint() == "system,value");
    CHECK(error.record() == "NumberBlock");
    CHECK(std::string(error.what()) == "storage: insert NumberBlock: taken");
  }
  SECTION("without any words") {
    table.begin = [](clinic_store*, int, clinic_transaction**, clinic_plugin_error*) -> int {
      return CLINIC_PLUGIN_UNAVAILABLE;
    };
    MemoryStore memory(table);
    const auto error = failure_of([&] { Transaction(memory.store, Access::read); });
    CHECK(error.code() == CLINIC_PLUGIN_UNAVAILABLE);
    CHECK(std::string(error.what()) == "storage: begin: the database is not available");
  }
  SECTION("a text that is not terminated") {
    table.migrate = [](clinic_store*, clinic_plugin_error* error) -> int {
      std::memset(error->message, 'x', sizeof error->message);
      std::memset(error->constraint, 'y', sizeof error->constraint);
      return CLINIC_PLUGIN_INTERNAL;
    };
    Store store(table, host, "memory:");
    const auto error = failure_of([&] { store.migrate(); });
    CHECK(error.constraint().size() == sizeof(clinic_plugin_error::constraint));
  }
  SECTION("codes that are no answer to the call") {
    table.update = [](clinic_transaction*, std::uint32_t, void*, clinic_plugin_error*) -> int {
      return CLINIC_PLUGIN_NOT_FOUND;
    };
    table.insert = [](clinic_transaction*, std::uint32_t, void*, clinic_plugin_error*) -> int { return 77; };
    table.select = [](clinic_transaction*, const clinic_query*, const clinic_slots*, clinic_plugin_error*) -> int {
      return CLINIC_PLUGIN_HOST_STOPPED;
    };
    MemoryStore memory(table);
    Transaction work(memory.store, Access::write);
    auto record = block("a");
    CHECK(code_of([&] { Repository<NumberBlock>(work).update(record); }) == CLINIC_PLUGIN_INTERNAL);
    CHECK(code_of([&] { Repository<NumberBlock>(work).insert(record); }) == CLINIC_PLUGIN_INTERNAL);
    CHECK(code_of([&] { Repository<NumberBlock>(work).select({}); }) == CLINIC_PLUGIN_INTERNAL);
  }
  SECTION("OK without the object") {
    table.begin = [](clinic_store*, int, clinic_transaction**, clinic_plugin_error*) -> int {
      return CLINIC_PLUGIN_OK;
    };
    MemoryStore memory(table);
    CHECK(code_of([&] { Transaction(memory.store, Access::read); }) == CLINIC_PLUGIN_INTERNAL);
  }
  SECTION("a commit that fails ends the transaction") {
    table.commit = [](clinic_transaction* transaction, clinic_plugin_error* error) {
      memory_table().rollback(transaction);
      return say(error, CLINIC_PLUGIN_OUTCOME_UNKNOWN, "the connection broke");
    };
    MemoryStore memory(table);
    Transaction work(memory.store, Access::write);
    CHECK(code_of([&] { work.commit(); }) == CLINIC_PLUGIN_OUTCOME_UNKNOWN);
  }
}

TEST_CASE("a row is put back with its version, whether the plugin writes versions or not", "[STORE-1][PLUG-3][core]") {
  auto table = memory_table();
  REQUIRE(table.set_version != nullptr);
  static int updates;
  updates = 0;
  static const auto update = table.update;
  table.update = [](clinic_transaction* work, std::uint32_t record, void* object, clinic_plugin_error* error) {
    ++updates;
    return update(work, record, object, error);
  };
  bool writes_versions = true;
  SECTION("it does") {}
  SECTION("it is of before 1.1") {
    table.set_version = nullptr;
    writes_versions = false;
  }
  SECTION("it refuses") {
    table.set_version = [](clinic_transaction*, std::uint32_t, const char*, std::size_t, std::int64_t,
                           clinic_plugin_error* error) { return say(error, CLINIC_PLUGIN_REFUSED, "not here"); };
    writes_versions = false;
  }
  MemoryStore memory(table);
  Transaction work(memory.store, Access::write);
  Repository<NumberBlock> blocks(work);
  auto seventh = block("a", 12);
  seventh.version = 7;
  seventh.lock_count = 3;
  blocks.insert_versioned(seventh);
  CHECK(seventh.version == 7);
  CHECK(updates == (writes_versions ? 0 : 6));
  auto stored = blocks.find("a");
  REQUIRE(stored);
  CHECK(stored->version == 7);
  CHECK(stored->lock_count == 3);
  CHECK(stored->next_value == 12);
  blocks.update(*stored);
  CHECK(stored->version == 8);

  auto first = block("b");  // as new: no version yet
  blocks.insert_versioned(first);
  CHECK(first.version == 1);
  Event event;  // has none
  event.id = "e";
  event.type = "booked";
  Repository<Event>(work).insert_versioned(event);
  CHECK(Repository<Event>(work).find("e"));
  work.commit();
}
