/// \file
/// The SQLite plugin through the C line: what is its own. What every storage plugin must do is in tests/conformance.

#include "support/catch.hpp"
#include "support/folders.hpp"

#include "store/store.hpp"

#include <dlfcn.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using namespace clinic;
using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;

namespace {

const clinic_plugin_manifest& manifest() {
  static const auto& loaded = []() -> const clinic_plugin_manifest& {
    static void* library = dlopen((test::plugin_folder() + "/clinic_sqlite.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      std::fprintf(stderr, "%s\n", dlerror());
      std::abort();
    }
    return *reinterpret_cast<clinic_plugin_function>(dlsym(library, "clinic_plugin"))();
  }();
  return loaded;
}

const clinic_storage_table& table() { return *static_cast<const clinic_storage_table*>(manifest().table); }

/// What the plugin logs.
struct PluginLog {
  std::mutex mutex;
  std::vector<std::string> lines;
  clinic_plugin_host host{sizeof(clinic_plugin_host), this, CLINIC_LOG_INFO,
                          [](void* context, int32_t, const char* message, size_t size) {
                            auto& log = *static_cast<PluginLog*>(context);
                            std::lock_guard lock(log.mutex);
                            log.lines.emplace_back(message, size);
                          }};
  bool has(std::string_view text) {
    return std::any_of(lines.begin(), lines.end(), [&](auto& line) { return line.find(text) != line.npos; });
  }
};

/// A folder of its own for each test.
struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "clinic-sqlite-XXXXXX").string();
  Folder() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string url(const std::string& options = "synchronous=normal") const {
    return "sqlite:" + path + "/clinic.db?" + options;
  }
  std::string file() const { return path + "/clinic.db"; }
};

struct Database {
  Folder folder;
  PluginLog log;
  Store store{table(), log.host, folder.url()};
  Database() { store.migrate(); }
};

struct RawError : clinic_plugin_error {
  RawError() : clinic_plugin_error{} { struct_size = sizeof(clinic_plugin_error); }
};

/// A store opened through the C line, for calls that the typed face does not make.
struct RawStore {
  RawError error;
  clinic_store* store = nullptr;
  clinic_transaction* transaction = nullptr;
  int code;
  RawStore(const std::string& url, const clinic_plugin_host& host, const clinic_model& model = record_model())
      : code(table().open(&model, &host, url.c_str(), &store, &error)) {}
  ~RawStore() {
    if (transaction) table().rollback(transaction);
    if (store) table().close(store);
  }
  void begin(int writes) { REQUIRE(table().begin(store, writes, &transaction, &error) == CLINIC_PLUGIN_OK); }
};

int code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const StorageError& error) {
    return error.code();
  }
  return CLINIC_PLUGIN_OK;
}

/// Opens and says why not; empty when it opens.
std::string refusal(const std::string& url, const clinic_model& model = record_model()) {
  PluginLog log;
  RawStore opened(url, log.host, model);
  return opened.code == CLINIC_PLUGIN_OK ? "" : opened.error.message;
}

User user(const std::string& id) {
  User made;
  made.id = id;
  made.username = made.username_key = id;
  made.name_key = "jane smith";
  return made;
}

/// The texts of one column of a statement, straight from SQLite.
std::vector<std::string> sqlite_texts(const std::string& file, const std::string& sql, int column = 0) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  INFO(sql);
  REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  std::vector<std::string> texts;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const auto* text = sqlite3_column_text(statement, column);
    texts.emplace_back(text ? reinterpret_cast<const char*>(text) : "");
  }
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return texts;
}

/// Runs `call` in another process and answers its exit code.
template <class F>
pid_t in_child(F call) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int code = 99;
    try {
      code = call();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
    }
    _exit(code);
  }
  return child;
}

int exit_code(pid_t child) {
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

using Ids = std::vector<std::string>;

/// A copy of the host's model that a test may change.
struct DoctoredModel {
  struct Record {
    clinic_record_type type;
    std::deque<clinic_field> fields;
    std::vector<const clinic_field*> pointers;
    std::deque<clinic_index> indexes;
    std::vector<const clinic_index*> index_pointers;
  };
  std::deque<Record> records;
  std::vector<const clinic_record_type*> pointers;
  clinic_model model = record_model();

  DoctoredModel() {
    for (std::uint32_t i = 0; i < record_model().record_count; ++i) {
      auto& record = records.emplace_back();
      record.type = *record_model().records[i];
      for (std::uint32_t f = 0; f < record.type.field_count; ++f)
        record.fields.push_back(*record.type.fields[f]);
      for (std::uint32_t x = 0; x < record.type.index_count; ++x)
        record.indexes.push_back(*record.type.indexes[x]);
    }
  }
  Record& record(std::string_view name) {
    return *std::find_if(records.begin(), records.end(), [&](auto& each) { return each.type.name == name; });
  }
  clinic_field& field(std::string_view record_name, std::string_view name) {
    auto& fields = record(record_name).fields;
    return *std::find_if(fields.begin(), fields.end(), [&](auto& each) { return each.name == name; });
  }
  const clinic_model& finish() {
    pointers.clear();
    for (auto& each : records) {
      each.pointers.clear();
      each.index_pointers.clear();
      for (auto& one : each.fields)
        each.pointers.push_back(&one);
      for (auto& one : each.indexes)
        each.index_pointers.push_back(&one);
      each.type.fields = each.pointers.data();
      each.type.field_count = static_cast<std::uint32_t>(each.pointers.size());
      each.type.indexes = each.index_pointers.data();
      each.type.index_count = static_cast<std::uint32_t>(each.index_pointers.size());
      pointers.push_back(&each.type);
    }
    model.records = pointers.data();
    model.record_count = static_cast<std::uint32_t>(pointers.size());
    return model;
  }
};

}  // namespace

TEST_CASE("the manifest says what the plugin is", "[sqlite]") {
  REQUIRE(manifest().abi_major == CLINIC_PLUGIN_ABI_MAJOR);
  REQUIRE(std::string(manifest().kind) == "storage");
  REQUIRE(std::string(manifest().name) == "sqlite");
  REQUIRE(std::string(manifest().licence) == "GPL-2.0-only");
  REQUIRE(table().struct_size == sizeof(clinic_storage_table));
}

TEST_CASE("the schema agrees with the model", "[sqlite]") {
  Database database;
  for (std::uint32_t i = 0; i < record_model().record_count; ++i) {
    const auto& record = *record_model().records[i];
    const std::string info = "PRAGMA table_info(" + std::string(record.table) + ")";
    const auto file = database.folder.file();
    const auto names = sqlite_texts(file, info, 1), types = sqlite_texts(file, info, 2),
               not_null = sqlite_texts(file, info, 3), key = sqlite_texts(file, info, 5);
    REQUIRE(names.size() == record.field_count);
    for (std::uint32_t f = 0; f < record.field_count; ++f) {
      const auto& field = *record.fields[f];
      INFO(record.name << "." << field.name);
      // A column that a later version added stands behind the others.
      const auto column = static_cast<std::size_t>(std::find(names.begin(), names.end(), field.name) - names.begin());
      REQUIRE(column < names.size());
      const bool plain_text = field.kind == CLINIC_TEXT && field.form == CLINIC_FORM_PLAIN;
      if (plain_text) REQUIRE(field.max_length > 0);
      std::string type = "BIGINT";
      if (plain_text) type = field.max_length > 1000 ? "TEXT" : "VARCHAR(" + std::to_string(field.max_length) + ")";
      if (field.form == CLINIC_FORM_WORD) type = "VARCHAR(20)";
      if (field.form == CLINIC_FORM_JSON) type = "TEXT";
      if (field.form == CLINIC_FORM_BOOLEAN || field.form == CLINIC_FORM_DATE) type = "INTEGER";
      REQUIRE(types[column] == type);
      REQUIRE((not_null[column] == "0") == ((field.flags & CLINIC_FIELD_NULLABLE) != 0));
      REQUIRE((key[column] == "1") == (f == record.id_field));
      for (std::uint32_t w = 0; w < field.word_count; ++w)
        REQUIRE(std::string_view(field.words[w]).size() <= 20);
    }
    std::set<std::string> wanted, found;
    for (std::uint32_t x = 0; x < record.index_count; ++x) {
      const auto& index = *record.indexes[x];
      std::string name = std::string(record.table) + "_" + index.name + (index.unique ? "_u" : "_i"),
                  fields = index.name;
      std::replace(name.begin(), name.end(), ',', '_');
      wanted.insert(name + (index.unique ? " unique " : " ") + fields);
      std::uint32_t characters = 0;
      for (std::uint32_t f = 0; f < index.field_count; ++f)
        characters += record.fields[index.fields[f]]->max_length;
      REQUIRE(characters <= 768);  // what MySQL can index
    }
    const std::string list = "PRAGMA index_list(" + std::string(record.table) + ")";
    const auto indexes = sqlite_texts(file, list, 1), unique = sqlite_texts(file, list, 2),
               origin = sqlite_texts(file, list, 3);
    for (std::size_t x = 0; x < indexes.size(); ++x) {
      if (origin[x] == "pk") continue;
      std::string fields;
      for (auto& column : sqlite_texts(file, "PRAGMA index_info(" + indexes[x] + ")", 2))
        fields += (fields.empty() ? "" : ",") + column;
      found.insert(indexes[x] + (unique[x] == "1" ? " unique " : " ") + fields);
    }
    REQUIRE(found == wanted);
  }
}

TEST_CASE("what is more than a statement holds is refused", "[sqlite]") {
  Database database;
  Transaction work(database.store, Access::write);
  Repository<User> users(work);
  REQUIRE(users.count(where(&User::id).in(Ids(16384, "b"))) == 0);
  REQUIRE(code_of([&] { users.count(where(&User::id).in(Ids(16385, "b"))); }) == CLINIC_PLUGIN_REFUSED);
  auto nested = where(&User::id) == "b";
  for (int i = 0; i < 1000; ++i)
    nested = !nested;
  REQUIRE(code_of([&] { users.count(nested); }) == CLINIC_PLUGIN_REFUSED);
  auto aggregate = [&](std::vector<std::uint32_t> group) {
    clinic_aggregate wanted{sizeof wanted, record_index<User>, nullptr, 0, group.data(), group.size(), nullptr, 0, 0};
    work.aggregate(wanted, [](auto) { return true; });
  };
  const auto name = detail::field_index(&User::name_key);
  REQUIRE(code_of([&] { aggregate({}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { aggregate(std::vector(9, name)); }) == CLINIC_PLUGIN_REFUSED);
  work.commit();
}

TEST_CASE("storage called from inside a callback is refused loudly", "[sqlite]") {
  Database database;
  {
    Transaction work(database.store, Access::write);
    std::vector<User> users{user("a"), user("b"), user("c")};
    Repository<User>(work).insert_many(users);
    work.commit();
  }
  struct Context {
    RawStore raw;
    User row, other;
    std::vector<int> codes;
    enum { calls, commit, rollback } what = calls;
    std::string message;
  } context{{database.folder.url(), database.log.host}, {}, user("x"), {}, Context::calls, {}};
  auto run = [&] {
    clinic_query query{sizeof query, record_index<User>, nullptr, 0, nullptr, 0, 0};
    clinic_slots slots{sizeof slots, &context, [](void* at) -> void* {
                         auto& in = *static_cast<Context*>(at);
                         auto* transaction = in.raw.transaction;
                         RawError error;
                         clinic_query again{sizeof again, record_index<User>, nullptr, 0, nullptr, 0, 0};
                         clinic_slots never{sizeof never, nullptr, [](void*) -> void* { return nullptr; }};
                         clinic_transaction* another = nullptr;
                         if (in.what == Context::calls) {
                           in.codes.push_back(table().select(transaction, &again, &never, &error));
                           in.codes.push_back(table().insert(transaction, record_index<User>, &in.other, &error));
                           in.codes.push_back(table().touch(transaction, record_index<User>, "a", 1, &error));
                           in.codes.push_back(table().begin(in.raw.store, 0, &another, &error));
                           in.codes.push_back(table().health(in.raw.store, &error));
                           in.message = error.message;
                         } else if (in.what == Context::commit) {
                           in.codes.push_back(table().commit(transaction, &error));
                           return nullptr;
                         } else {
                           table().rollback(transaction);
                           return nullptr;
                         }
                         return &in.row;
                       }};
    return table().select(context.raw.transaction, &query, &slots, &context.raw.error);
  };
  context.raw.begin(1);
  REQUIRE(run() == CLINIC_PLUGIN_OK);
  REQUIRE(context.codes == std::vector<int>(15, CLINIC_PLUGIN_REFUSED));
  REQUIRE_THAT(context.message, Catch::Matchers::Contains("callback"));
  REQUIRE(context.row.id == "c");
  REQUIRE(table().commit(std::exchange(context.raw.transaction, nullptr), &context.raw.error) == CLINIC_PLUGIN_OK);

  context.what = Context::commit;
  context.codes.clear();
  context.raw.begin(1);
  REQUIRE(run() == CLINIC_PLUGIN_REFUSED);  // and the transaction is gone
  REQUIRE(context.codes == std::vector<int>{CLINIC_PLUGIN_REFUSED});
  context.what = Context::rollback;
  context.raw.begin(1);
  REQUIRE(run() == CLINIC_PLUGIN_REFUSED);
  context.raw.transaction = nullptr;
}

TEST_CASE("a model that the mapping cannot keep whole is refused, naming the fields", "[sqlite]") {
  Folder folder;
  auto refused = [&](DoctoredModel& model) { return refusal(folder.url(), model.finish()); };
  using Catch::Matchers::Contains;
  DoctoredModel model;
  REQUIRE(refused(model).empty());
  SECTION("another order of fields and records is harmless") {
    std::reverse(model.record("User").fields.begin(), model.record("User").fields.end());
    auto& type = model.record("User").type;
    for (auto* role : {&type.id_field, &type.version_field, &type.lock_field})
      *role = type.field_count - 1 - *role;
    std::swap(model.records.front(), model.records.back());
    REQUIRE(refused(model).empty());
  }
  SECTION("a field more") {
    auto extra = model.field("Patient", "address");
    extra.name = "shoe_size";
    model.record("Patient").fields.push_back(extra);
    REQUIRE_THAT(refused(model), Contains("Patient.shoe_size is in the host only"));
  }
  SECTION("a field less") {
    model.record("Patient").fields.erase(model.record("Patient").fields.begin() + 21);  // policy_number
    auto& type = model.record("Patient").type;
    --type.version_field, --type.lock_field;
    REQUIRE_THAT(refused(model), Contains("Patient.policy_number is in the plugin only"));
  }
  SECTION("several differences, all named") {
    model.field("User", "role").kind = CLINIC_INT;
    model.field("User", "role").form = CLINIC_FORM_PLAIN;
    model.field("Patient", "email").flags ^= CLINIC_FIELD_NULLABLE;
    model.field("Patient", "address").max_length = 501;
    const auto message = refused(model);
    REQUIRE_THAT(message, Contains("User.role is integer in the host, word in the plugin"));
    REQUIRE_THAT(message, Contains("Patient.email may be null in the plugin only"));
    REQUIRE_THAT(message, Contains("Patient.address is longer in the host (501) than in the plugin (500)"));
  }
  SECTION("a word more") {
    static const char* const words[]{"male", "female", "other", "unknown", "robot"};
    model.field("Patient", "gender").words = words;
    model.field("Patient", "gender").word_count = 5;
    REQUIRE_THAT(refused(model), Contains("Patient.gender knows the word robot in the host only"));
  }
  SECTION("a record more") {
    model.records.push_back(model.record("User"));
    model.records.back().type.name = "Doctor";
    REQUIRE_THAT(refused(model), Contains("Doctor is in the host only"));
  }
  SECTION("a record less is harmless") {
    model.records.pop_back();
    REQUIRE(refused(model).empty());
  }
  SECTION("another unique constraint") {
    model.record("Patient").indexes.pop_front();
    REQUIRE_THAT(refused(model), Contains("Patient is unique by number in the plugin only"));
  }
  SECTION("another version field") {
    model.record("User").type.version_field = CLINIC_NO_FIELD;
    REQUIRE_THAT(refused(model), Contains("User's version field is none in the host, version in the plugin"));
  }
  SECTION("another schema version") {
    model.model.schema_version = schema_version + 1;
    REQUIRE_THAT(refused(model),
                 Contains(std::to_string(schema_version + 1)) && Contains("version " + std::to_string(schema_version)));
  }
  SECTION("more differences than a message holds") {
    for (auto& field : model.record("Patient").fields)
      field.flags ^= CLINIC_FIELD_NULLABLE;
    REQUIRE_THAT(refused(model), Contains("Patient.id") && Contains(" more"));
  }
}

TEST_CASE("the URL", "[sqlite]") {
  using Catch::Matchers::Contains;
  Folder folder;
  REQUIRE(refusal("sqlite:" + folder.path + "/a.db").empty());
  REQUIRE(refusal("sqlite:///" + folder.path + "/a.db?synchronous=extra&busy_timeout=1&pool=2&pool_timeout=3").empty());
  REQUIRE_THAT(refusal(folder.url("sync=off")),
               Contains("unknown option sync") && Contains("busy_timeout") && Contains("pool"));
  REQUIRE_THAT(refusal(folder.url("synchronous=off")), Contains("normal, full or extra"));
  REQUIRE_THAT(refusal(folder.url("pool=0")), Contains("pool is a number from 1"));
  REQUIRE_THAT(refusal(folder.url("busy_timeout=1s")), Contains("busy_timeout is a number"));
  REQUIRE_THAT(refusal(folder.url("pool")), Contains("pool is a number"));
  REQUIRE_THAT(refusal("sqlite:"), Contains("path is missing"));
  REQUIRE_THAT(refusal("sqlite://host/a.db"), Contains("no host"));
  REQUIRE_THAT(refusal("mysql:a.db"), Contains("sqlite:"));
  REQUIRE_THAT(refusal("sqlite:" + folder.path + "/no/such/folder/a.db"), Contains("cannot be opened"));
  REQUIRE_THAT(refusal("sqlite:" + folder.path), Contains("cannot be opened"));
  REQUIRE(refusal("sqlite:" + folder.path + "/100%3F.db").empty());  // taken as it stands
  REQUIRE(std::filesystem::exists(folder.path + "/100%3F.db"));
  std::ofstream(folder.path + "/text.db") << std::string(5000, 'x');
  REQUIRE_THAT(refusal("sqlite:" + folder.path + "/text.db"), Contains("not an SQLite database"));
}

TEST_CASE("a relative path stays the same file", "[sqlite]") {
  Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  PluginLog log;
  Store store(table(), log.host, "sqlite:clinic.db");
  std::filesystem::current_path(before);
  store.migrate();
  Transaction one(store, Access::read), two(store, Access::read);
  REQUIRE(Repository<User>(two).count() == 0);
  REQUIRE(std::filesystem::exists(folder.file()));
}

TEST_CASE("the files are the owner's alone", "[sqlite]") {
  Database database;
  auto one = user("one");
  Transaction work(database.store, Access::write);
  Repository<User>(work).insert(one);
  work.commit();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    INFO(suffix);
    REQUIRE(stat((database.folder.file() + suffix).c_str(), &status) == 0);
    REQUIRE((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a file that is made where a link leads is its owner's alone, too", "[sqlite]") {
  Folder folder;
  std::filesystem::create_directory(folder.path + "/elsewhere");
  const auto file = folder.path + "/elsewhere/clinic.db";
  std::filesystem::create_symlink("elsewhere/second.db", folder.file());
  std::filesystem::create_symlink(file, folder.path + "/elsewhere/second.db");
  PluginLog log;
  Store store(table(), log.host, folder.url());
  store.migrate();
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  REQUIRE((status.st_mode & 0777) == 0600);
  REQUIRE(std::filesystem::is_symlink(folder.file()));
}

TEST_CASE("a database in memory", "[sqlite]") {
  PluginLog log;
  Store store(table(), log.host, "sqlite::memory:?busy_timeout=50"), other(table(), log.host, "sqlite::memory:");
  store.migrate();
  REQUIRE(other.schema_status().present == 0);
  auto one = user("one");
  {
    Transaction work(store, Access::write);
    Repository<User>(work).insert(one);
    work.commit();
  }
  Transaction reading(store, Access::read);
  REQUIRE(Repository<User>(reading).find("one"));
  REQUIRE(code_of([&] { Transaction second(store, Access::read); }) == CLINIC_PLUGIN_BUSY);  // they take turns
}

TEST_CASE("who finds all connections in use is told so", "[sqlite]") {
  Folder folder;
  PluginLog log;
  Store store(table(), log.host, folder.url("pool=2&pool_timeout=50"));
  store.migrate();
  std::optional<Transaction> one(std::in_place, store, Access::read);
  Transaction two(store, Access::read);
  REQUIRE(code_of([&] { Transaction three(store, Access::read); }) == CLINIC_PLUGIN_BUSY);
  Transaction writing(store, Access::write);  // has its own
  std::thread later([&] {
    std::this_thread::sleep_for(10ms);
    one.reset();
  });
  Transaction three(store, Access::read);
  REQUIRE(Repository<User>(three).count() == 0);
  later.join();
}

TEST_CASE("who waits too long for a lock is told that the database is busy", "[sqlite]") {
  Folder folder;
  PluginLog log;
  Store store(table(), log.host, folder.url("busy_timeout=50")),
      other(table(), log.host, folder.url("busy_timeout=50"));
  store.migrate();
  Transaction writing(store, Access::write);
  REQUIRE(code_of([&] { Transaction second(store, Access::write); }) == CLINIC_PLUGIN_BUSY);  // in this process's queue
  REQUIRE(code_of([&] { Transaction second(other, Access::write); }) == CLINIC_PLUGIN_BUSY);  // at the file
  Transaction reading(other, Access::read);                                                   // reading goes on
  REQUIRE(Repository<User>(reading).count() == 0);
}

TEST_CASE("a connection that finds another file than the store has opened is refused", "[sqlite]") {
  const Folder folder;
  PluginLog log;
  const auto url = folder.url("synchronous=full");
  Store(table(), log.host, url).migrate();
  Store store(table(), log.host, url);  // its connection to write with is opened at the first write
  std::filesystem::rename(folder.file(), folder.file() + ".away");
  std::filesystem::copy_file(folder.file() + ".away", folder.file());
  CHECK(code_of([&] { Transaction(store, Access::write); }) == CLINIC_PLUGIN_UNAVAILABLE);
}

TEST_CASE("a full disk fails the transaction and changes nothing", "[sqlite]") {
  Folder folder;
  PluginLog log;
  Store(table(), log.host, folder.url()).migrate();  // and closed: what was open here could not be opened in the child
  const auto child = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    Store store(table(), log.host, folder.url());
    const rlimit most{200000, 200000};
    if (setrlimit(RLIMIT_FSIZE, &most) != 0) return 2;
    int failed = CLINIC_PLUGIN_OK, after = CLINIC_PLUGIN_OK, committed = CLINIC_PLUGIN_OK;
    {
      Transaction work(store, Access::write);
      Repository<MedicalHistory> histories(work);
      for (int i = 0; i < 100 && failed == CLINIC_PLUGIN_OK; ++i) {
        MedicalHistory row;
        row.id = std::to_string(i);
        row.history = std::string(100000, 'x');
        failed = code_of([&] { histories.insert(row); });
      }
      if (failed == CLINIC_PLUGIN_OK) {  // it went into the cache: the commit finds out
        committed = code_of([&] { work.commit(); });
      } else {
        after = code_of([&] { histories.count(); });
        committed = code_of([&] { work.commit(); });
        if (after != CLINIC_PLUGIN_UNAVAILABLE) return 3;
      }
    }
    if (committed != CLINIC_PLUGIN_UNAVAILABLE) return 10 + committed;
    Transaction reading(store, Access::read);
    if (Repository<MedicalHistory>(reading).count() != 0) return 5;
    return store.healthy() ? 0 : 6;
  });
  REQUIRE(exit_code(child) == 0);
  Store store(table(), log.host, folder.url());
  Transaction work(store, Access::read);
  REQUIRE(Repository<MedicalHistory>(work).count() == 0);
}

TEST_CASE("statements are traced without values", "[sqlite]") {
  Folder folder;
  PluginLog log;
  log.host.log_level = CLINIC_LOG_TRACE;
  Store store(table(), log.host, folder.url());
  store.migrate();
  auto row = user("secret-id");
  row.email = row.email_key = "secret@example.com";
  {
    Transaction work(store, Access::write);
    Repository<User> users(work);
    users.insert(row);
    users.touch("secret-id");
    users.update(row);
    users.first(where(&User::email_key) == "secret@example.com");
    users.count(where(&User::email_key).in(Ids{"secret@example.com"}));
    users.erase("secret-id");
    work.commit();
  }
  for (const char* text : {"BEGIN IMMEDIATE", "INSERT INTO \"users\"", "UPDATE \"users\" SET \"lock_count\"",
                           "UPDATE \"users\" SET \"username\"", "\"users\".\"email_key\" =", "SELECT COUNT(*)",
                           "DELETE FROM \"users\"", "COMMIT"}) {
    INFO(text);
    REQUIRE(log.has(text));
  }
  REQUIRE(!log.has("secret-id"));
  REQUIRE(!log.has("secret@"));
  PluginLog quiet;
  Store silent(table(), quiet.host, folder.url());
  REQUIRE(silent.healthy());
  REQUIRE(quiet.lines.empty());
}
