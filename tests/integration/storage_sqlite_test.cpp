/// \file
/// The SQLite plugin through the C line: what every storage plugin must do, and what is SQLite's own.

#include "support/catch.hpp"

#include "storage/store.hpp"

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
    static void* library = dlopen(CLINIC_PLUGIN_DIR "/clinic_sqlite.so", RTLD_NOW | RTLD_LOCAL);
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
struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
  clinic_plugin_host host{sizeof(clinic_plugin_host), this, CLINIC_LOG_INFO,
                          [](void* context, int32_t, const char* message, size_t size) {
                            auto& log = *static_cast<Log*>(context);
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
  Log log;
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
  Log log;
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

Patient patient(const std::string& id) {
  Patient made;
  made.id = id;
  made.number = "P-" + id;
  made.first_name = "Jane";
  made.last_name = "Smith";
  made.name_key = "jane smith";
  made.last_name_key = "smith";
  made.created_by = "desk";
  return made;
}

/// A record with a value in every field, another one for every seed.
template <class Record>
Record filled(int seed, bool with_optionals = true) {
  Record record;
  for (const auto& field : describe<Record>().fields) {
    if (field.type->kind == TypeKind::optional && !with_optionals) continue;
    const auto& bare = field.type->bare();
    const std::string text = std::string(field.name) + " é中\U0001F468 " + std::to_string(seed);
    clinic_value value = detail::integer_value(1700000000000 + seed);
    if (bare.kind == TypeKind::text) value = detail::text_value(text);
    if (bare.kind == TypeKind::json) value = detail::text_value("{\"a\":\"'\\\"%\"}");
    if (bare.kind == TypeKind::word)
      value = detail::text_value(bare.words[static_cast<std::size_t>(seed) % bare.words.size()]);
    if (bare.kind == TypeKind::date) value = detail::integer_value(20240229);
    if (bare.kind == TypeKind::boolean) value = detail::integer_value(seed % 2);
    REQUIRE(detail::write_value(*field.type, field.address(&record), value));
  }
  if constexpr (requires { record.version; }) record.version = 0;
  if constexpr (requires { record.lock_count; }) record.lock_count = 0;
  return record;
}

template <class Record>
void require_equal(const Record& left, const Record& right) {
  for (const auto& field : describe<Record>().fields) {
    const auto a = detail::read_value(*field.type, field.address_in(&left));
    const auto b = detail::read_value(*field.type, field.address_in(&right));
    INFO(describe<Record>().name << "." << field.name);
    REQUIRE(a.kind == b.kind);
    if (a.kind == CLINIC_TEXT)
      REQUIRE(std::string(a.as.text.data, a.as.text.size) == std::string(b.as.text.data, b.as.text.size));
    if (a.kind == CLINIC_INT) REQUIRE(a.as.integer == b.as.integer);
  }
}

template <class F>
void for_each_record(F call) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>(
      [&](auto record) { call.template operator()<typename decltype(record)::type>(); });
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

std::vector<std::string> ids(Transaction& work, Query<Patient> query) {
  std::vector<std::string> found;
  for (auto& row : Repository<Patient>(work).select(query))
    found.push_back(row.id);
  return found;
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

TEST_CASE("a database has no schema until it is migrated", "[sqlite]") {
  Folder folder;
  Log log;
  Store store(table(), log.host, folder.url());
  REQUIRE(store.schema_status().present == 0);
  REQUIRE(store.schema_status().expected == schema_version);
  {
    Transaction work(store, Access::read);
    REQUIRE_THROWS_WITH(Repository<User>(work).find("u"), Catch::Matchers::Contains("migrate it first"));
  }
  store.migrate();
  store.migrate();  // finds it done
  REQUIRE(store.schema_status().present == schema_version);
  REQUIRE(store.healthy());
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
      REQUIRE(names[f] == field.name);
      const bool plain_text = field.kind == CLINIC_TEXT && field.form == CLINIC_FORM_PLAIN;
      if (plain_text) REQUIRE(field.max_length > 0);
      std::string type = "BIGINT";
      if (plain_text) type = field.max_length > 1000 ? "TEXT" : "VARCHAR(" + std::to_string(field.max_length) + ")";
      if (field.form == CLINIC_FORM_WORD) type = "VARCHAR(20)";
      if (field.form == CLINIC_FORM_JSON) type = "TEXT";
      if (field.form == CLINIC_FORM_BOOLEAN || field.form == CLINIC_FORM_DATE) type = "INTEGER";
      REQUIRE(types[f] == type);
      REQUIRE((not_null[f] == "0") == ((field.flags & CLINIC_FIELD_NULLABLE) != 0));
      REQUIRE((key[f] == "1") == (f == record.id_field));
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

TEST_CASE("every record comes back as it went in", "[sqlite]") {
  Database database;
  for_each_record([&]<class Record>() {
    for (bool with_optionals : {true, false}) {
      auto record = filled<Record>(with_optionals ? 1 : 2, with_optionals);
      {
        Transaction work(database.store, Access::write);
        Repository<Record>(work).insert(record);
        work.commit();
      }
      if constexpr (requires { record.version; }) REQUIRE(record.version == 1);
      Transaction work(database.store, Access::read);
      auto found = Repository<Record>(work).find(record.id);
      REQUIRE(found);
      require_equal(*found, record);
    }
  });
}

TEST_CASE("difficult texts and numbers come back", "[sqlite]") {
  Database database;
  const std::string long_text(200000, 'x');
  const std::vector<std::string> texts{"",        " ",          "'",      "\"; DROP TABLE users; --",   "%_\\", "\t",
                                       "é",       "e\u0301",    "\u202E", "\U0001F468\u200D\U0001F469", "NULL", "null",
                                       long_text, "short again"};
  for (const auto& text : texts) {
    MedicalHistory history;
    history.id = "h";
    history.history = text;
    history.updated_at = Timestamp(-1ms);
    Transaction work(database.store, Access::write);
    Repository<MedicalHistory> histories(work);
    histories.erase("h");
    histories.insert(history);
    auto found = histories.find("h");
    REQUIRE(found);
    require_equal(*found, history);
    REQUIRE(histories.count(where(&MedicalHistory::history) == text) == 1);
    work.commit();
  }
  for (std::int64_t number : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX}) {
    auto row = patient("n" + std::to_string(number));
    row.balance_minor = number;
    Transaction work(database.store, Access::write);
    Repository<Patient>(work).insert(row);
    REQUIRE(Repository<Patient>(work).count(where(&Patient::balance_minor) == number) == 1);
    work.commit();
  }
}

TEST_CASE("an update needs the row's version", "[sqlite]") {
  Database database;
  auto first = patient("p");
  Transaction work(database.store, Access::write);
  Repository<Patient> patients(work);
  patients.insert(first);
  auto second = *patients.find("p");
  first.email = "a@example.com";
  patients.update(first);
  REQUIRE(first.version == 2);
  second.email = "b@example.com";
  REQUIRE(code_of([&] { patients.update(second); }) == CLINIC_PLUGIN_STALE);
  REQUIRE(patients.find("p")->email == "a@example.com");
  first.email.reset();
  patients.update(first);
  REQUIRE(!patients.find("p")->email);
  patients.erase("p");
  REQUIRE(code_of([&] { patients.update(first); }) == CLINIC_PLUGIN_STALE);
  work.commit();  // a stale row leaves the transaction whole
}

TEST_CASE("records without a version are written once", "[sqlite]") {
  Database database;
  auto entry = filled<AuditEntry>(1);
  Transaction work(database.store, Access::write);
  Repository<AuditEntry>(work).insert(entry);
  REQUIRE(code_of([&] { Repository<AuditEntry>(work).update(entry); }) == CLINIC_PLUGIN_REFUSED);
}

TEST_CASE("a touch moves the lock field only", "[sqlite]") {
  Database database;
  auto row = patient("p");
  Transaction work(database.store, Access::write);
  Repository<Patient> patients(work);
  patients.insert(row);
  REQUIRE(patients.touch("p"));
  REQUIRE(patients.touch("p"));
  REQUIRE(!patients.touch("q"));
  REQUIRE(!patients.touch("p'; --"));
  REQUIRE(patients.find("p")->lock_count == 2);
  patients.update(row);  // an editor that read before is not stale, and does not move the lock back
  REQUIRE(patients.find("p")->lock_count == 2);
  REQUIRE(code_of([&] { Repository<Event>(work).touch("e"); }) == CLINIC_PLUGIN_REFUSED);
}

TEST_CASE("select filters, orders and limits", "[sqlite]") {
  Database database;
  Transaction work(database.store, Access::write);
  Repository<Patient> patients(work);
  const std::map<std::string, std::optional<std::string>> emails{
      {"a", "x@e"}, {"b", std::nullopt}, {"c", "X@e"}, {"d", "x@e "}, {"e", ""}};
  for (const auto& [id, email] : emails) {
    auto row = patient(id);
    row.email = email;
    row.visit_count = id[0] - 'a';
    row.balance_minor = id[0] % 2;
    row.status = id == "e" ? PatientStatus::merged : PatientStatus::active;
    patients.insert(row);
  }
  auto by_id = [&](Criteria<Patient> criteria) {
    return ids(work, Query<Patient>(std::move(criteria)).order_by(&Patient::id));
  };
  auto email = where(&Patient::email);

  SECTION("texts compare by bytes") {
    REQUIRE(by_id(email == "x@e") == Ids{"a"});
    REQUIRE(by_id(email == "") == Ids{"e"});
    REQUIRE(by_id(email < "x") == Ids{"c", "e"});
    REQUIRE(by_id(starts_with(&Patient::email, "x")) == Ids{"a", "d"});
    REQUIRE(by_id(starts_with(&Patient::email, "%")).empty());
  }
  SECTION("a comparison never matches NULL") {
    REQUIRE(by_id(email != "x@e") == Ids{"c", "d", "e"});
    REQUIRE(by_id(!(email == "x@e")) == Ids{"c", "d", "e"});
    REQUIRE(by_id(email.is_null()) == Ids{"b"});
    REQUIRE(by_id(email.is_not_null()) == Ids{"a", "c", "d", "e"});
    REQUIRE(by_id(!email.is_null()) == Ids{"a", "c", "d", "e"});
  }
  SECTION("junctions") {
    auto visits = where(&Patient::visit_count);
    REQUIRE(by_id(visits >= 1 && visits <= 3) == Ids{"b", "c", "d"});
    REQUIRE(by_id(visits == 0 || visits == 4) == Ids{"a", "e"});
    REQUIRE(by_id(!(visits == 0 || visits == 4) && where(&Patient::status) == PatientStatus::active) ==
            Ids{"b", "c", "d"});
    REQUIRE(by_id(where(&Patient::status) != PatientStatus::active) == Ids{"e"});
  }
  SECTION("lists") {
    for (std::size_t count : {1u, 2u, 3u, 4u, 5u})
      REQUIRE(by_id(where(&Patient::id).in(std::vector<std::string>(count, "b"))) == Ids{"b"});
    REQUIRE(by_id(where(&Patient::id).in(Ids{"a", "c", "nobody"})) == Ids{"a", "c"});
    REQUIRE(by_id(where(&Patient::id).in(Ids{})).empty());
    REQUIRE(by_id(!where(&Patient::id).in(Ids{"a", "b", "c"})) == Ids{"d", "e"});
    REQUIRE(by_id(where(&Patient::visit_count).in(std::vector<std::int64_t>{1, 3})) == Ids{"b", "d"});
    REQUIRE(by_id(where(&Patient::id).in(Ids(16384, "b"))) == Ids{"b"});
    REQUIRE(code_of([&] { by_id(where(&Patient::id).in(Ids(16385, "b"))); }) == CLINIC_PLUGIN_REFUSED);
  }
  SECTION("orders and limits") {
    REQUIRE(ids(work, Query<Patient>().order_by(&Patient::id, true)) == Ids{"e", "d", "c", "b", "a"});
    REQUIRE(ids(work, Query<Patient>().order_by(&Patient::balance_minor).order_by(&Patient::id, true)) ==
            Ids{"d", "b", "e", "c", "a"});
    REQUIRE(ids(work, Query<Patient>().order_by(&Patient::id).limit(2)) == Ids{"a", "b"});
    REQUIRE(ids(work, Query<Patient>().order_by(&Patient::id).limit(UINT64_MAX)).size() == 5);
    REQUIRE(ids(work, Query<Patient>(where(&Patient::id) > "b").order_by(&Patient::id).limit(2)) == Ids{"c", "d"});
    REQUIRE(ids(work, Query<Patient>().limit(3)).size() == 3);
    REQUIRE(ids(work, Query<Patient>()).size() == 5);
  }
  SECTION("erase") {
    REQUIRE(patients.erase_where(where(&Patient::visit_count) > 2) == 2);
    REQUIRE(patients.erase_where(where(&Patient::visit_count) > 2) == 0);
    REQUIRE(patients.erase("a"));
    REQUIRE(!patients.erase("a"));
    REQUIRE(patients.erase_where({}) == 2);
    REQUIRE(patients.count() == 0);
  }
  SECTION("the host may stop") {
    std::size_t seen = 0;
    patients.each(Query<Patient>().order_by(&Patient::id), [&](Patient&) { return ++seen < 2; });
    REQUIRE(seen == 2);
    REQUIRE(patients.count() == 5);  // the statement is free again
  }
}

TEST_CASE("more shapes than a connection keeps", "[sqlite]") {
  Database database;
  Transaction work(database.store, Access::write);
  Repository<Patient> patients(work);
  auto row = patient("p");
  patients.insert(row);
  for (int round = 0; round < 2; ++round)
    for (int count = 1; count <= 300; ++count) {
      auto criteria = where(&Patient::visit_count) >= 0;
      for (int i = 1; i < count % 60; ++i)
        criteria = std::move(criteria) && (where(&Patient::visit_count) >= -i);
      if (count / 60 % 2) criteria = std::move(criteria) && (where(&Patient::id) == "p");
      auto query = Query<Patient>(std::move(criteria));
      if (count / 60 > 2) query = std::move(query).order_by(&Patient::id);
      REQUIRE(ids(work, std::move(query).limit(static_cast<unsigned>(count / 60 == 4))) == Ids{"p"});
    }
}

TEST_CASE("calls that make no sense are refused", "[sqlite]") {
  Database database;
  RawStore raw(database.folder.url(), database.log.host);
  raw.begin(1);
  auto select = [&](std::vector<clinic_term> terms, std::vector<clinic_order> order = {},
                    std::uint32_t record = record_index<Patient>) {
    clinic_query query{sizeof query, record, terms.data(), terms.size(), order.data(), order.size(), 0};
    Patient row;
    clinic_slots slots{sizeof slots, &row, [](void* context) { return context; }};
    return table().select(raw.transaction, &query, &slots, &raw.error);
  };
  const auto id = detail::field_index(&Patient::id), email = detail::field_index(&Patient::email);
  const auto text = detail::text_value("a");
  const auto number = detail::integer_value(1);
  REQUIRE(select({{CLINIC_EQ, id, 0, 0, text}}) == CLINIC_PLUGIN_OK);
  REQUIRE(select({{CLINIC_EQ, id, 0, 0, number}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE_THAT(std::string(raw.error.message), Catch::Matchers::Contains("Patient.id"));
  REQUIRE(select({{CLINIC_EQ, id, 0, 0, {}}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_EQ, 999, 0, 0, text}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{99, id, 0, 0, text}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_AND, 0, 2, 0, {}}, {CLINIC_EQ, id, 0, 0, text}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_EQ, id, 0, 0, text}, {CLINIC_EQ, id, 0, 0, text}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_IN, id, 2, 0, {}}, {CLINIC_EQ, id, 0, 0, text}, {CLINIC_EQ, email, 0, 0, text}}) ==
          CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_AND, 0, UINT32_MAX, 0, {}}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_IN, id, UINT32_MAX, 0, {}}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select(std::vector<clinic_term>(1000, {CLINIC_NOT, 0, 1, 0, {}})) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({}, {{email, 0}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({}, {{999, 0}}) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({}, {}, 999) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(select({{CLINIC_AND, 0, 0, 0, {}}}) == CLINIC_PLUGIN_OK);  // true
  REQUIRE(select({{CLINIC_OR, 0, 0, 0, {}}}) == CLINIC_PLUGIN_OK);   // false
  // none of these has hurt the transaction
  REQUIRE(table().commit(std::exchange(raw.transaction, nullptr), &raw.error) == CLINIC_PLUGIN_OK);
}

TEST_CASE("a unique violation names the fields of each constraint", "[sqlite]") {
  Database database;
  for_each_record([&]<class Record>() {
    std::vector<std::string> names{"id"};
    for (const auto& constraint : Table<Record>::constraints)
      if (constraint.unique) names.emplace_back(constraint.fields);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const int seed = static_cast<int>(10 * i) + 1;
      auto there = filled<Record>(seed), other = filled<Record>(seed + 1);
      for (const auto& field : describe<Record>().fields)  // the same in the constraint's fields only
        if (("," + names[i] + ",").find("," + std::string(field.name) + ",") != std::string::npos)
          detail::write_value(*field.type, field.address(&other),
                              detail::read_value(*field.type, field.address_in(&there)));
      Transaction work(database.store, Access::write);
      Repository<Record> records(work);
      records.insert(there);
      INFO(describe<Record>().name << " " << names[i]);
      try {
        records.insert(other);
        FAIL("no violation");
      } catch (const StorageError& error) {
        REQUIRE(error.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION);
        REQUIRE(error.constraint() == names[i]);
        REQUIRE(std::string(error.what()).find("é") == std::string::npos);  // no value
      }
      // On some servers the transaction is over now; so it is here, for all to behave alike.
      REQUIRE(code_of([&] { records.count(); }) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
      REQUIRE(code_of([&] { work.commit(); }) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
    }
  });
  Transaction work(database.store, Access::write);
  auto one = user("one"), two = user("two");
  one.email_key = "e";
  Repository<User>(work).insert(one);
  Repository<User>(work).insert(two);
  two.email_key = "e";
  try {
    Repository<User>(work).update(two);
    FAIL("no violation");
  } catch (const StorageError& error) {
    REQUIRE(error.constraint() == "email_key");
  }
}

TEST_CASE("insert_many inserts all or breaks the transaction", "[sqlite]") {
  Database database;
  std::vector<User> users{user("a"), user("b"), user("c")};
  {
    Transaction work(database.store, Access::write);
    Repository<User>(work).insert_many(users);
    work.commit();
  }
  REQUIRE(users[2].version == 1);
  Transaction work(database.store, Access::write);
  std::vector<User> more{user("d"), user("a")};
  REQUIRE(code_of([&] { Repository<User>(work).insert_many(more); }) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
  REQUIRE(code_of([&] { work.commit(); }) == CLINIC_PLUGIN_UNIQUE_VIOLATION);
  Transaction after(database.store, Access::read);
  REQUIRE(Repository<User>(after).count() == 3);
}

TEST_CASE("aggregates", "[sqlite]") {
  Database database;
  Transaction work(database.store, Access::write);
  Repository<Patient> patients(work);
  for (int i = 0; i < 6; ++i) {
    auto row = patient("p" + std::to_string(i));
    row.balance_minor = i * 10;
    row.status = i < 4 ? PatientStatus::active : PatientStatus::merged;
    row.last_name = i % 2 ? "b" : "a";
    if (i > 0) row.age_years = i;
    patients.insert(row);
  }
  using Rows = std::vector<std::vector<std::string>>;
  auto run = [&](const Criteria<Patient>& criteria, std::vector<std::uint32_t> group,
                 std::vector<clinic_measure> measures) {
    Query<Patient> lasting(criteria);
    const auto query = lasting.view();
    clinic_aggregate wanted{sizeof wanted, record_index<Patient>, query.terms,     query.term_count,
                            group.data(),  group.size(),          measures.data(), measures.size()};
    Rows rows;
    work.aggregate(wanted, [&](std::span<const clinic_value> values) {
      auto& row = rows.emplace_back();
      for (auto& value : values)
        row.push_back(value.kind == CLINIC_TEXT  ? std::string(value.as.text.data, value.as.text.size)
                      : value.kind == CLINIC_INT ? std::to_string(value.as.integer)
                                                 : "null");
      return true;
    });
    return rows;
  };
  const auto balance = detail::field_index(&Patient::balance_minor), status = detail::field_index(&Patient::status),
             age = detail::field_index(&Patient::age_years), name = detail::field_index(&Patient::last_name),
             visits = detail::field_index(&Patient::visit_count);
  REQUIRE(run({}, {}, {{CLINIC_COUNT, 0}}) == Rows{{"6"}});
  REQUIRE(run(where(&Patient::balance_minor) > 20, {},
              {{CLINIC_SUM, balance}, {CLINIC_MIN, balance}, {CLINIC_MAX, name}}) == Rows{{"120", "30", "b"}});
  REQUIRE(run(where(&Patient::balance_minor) > 900, {},
              {{CLINIC_COUNT, 0}, {CLINIC_SUM, balance}, {CLINIC_MAX, name}}) == Rows{{"0", "null", "null"}});
  REQUIRE(run({}, {status}, {{CLINIC_COUNT, 0}, {CLINIC_SUM, balance}}) ==
          Rows{{"active", "4", "60"}, {"merged", "2", "90"}});
  REQUIRE(run({}, {status, name}, {{CLINIC_COUNT, 0}}) ==
          Rows{{"active", "a", "2"}, {"active", "b", "2"}, {"merged", "a", "1"}, {"merged", "b", "1"}});
  REQUIRE(run({}, {visits}, {{CLINIC_SUM, age}, {CLINIC_MIN, age}}) == Rows{{"0", "15", "1"}});
  REQUIRE(run(where(&Patient::id) == "nobody", {status}, {{CLINIC_COUNT, 0}}).empty());
  REQUIRE(run({}, {}, {{CLINIC_COUNT, 0}}) == Rows{{"6"}});
  REQUIRE(code_of([&] { run({}, {}, {{CLINIC_SUM, name}}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { run({}, {}, {{77, name}}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { run({}, {}, {}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { run({}, {999}, {}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { run({}, {name, name, name, name, name}, {}); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(patients.count(where(&Patient::status) == PatientStatus::merged) == 2);
}

TEST_CASE("a transaction that reads sees one state, and does not write", "[sqlite]") {
  Database database;
  Transaction reading(database.store, Access::read);
  REQUIRE(Repository<User>(reading).count() == 0);
  auto one = user("one");
  {
    Transaction work(database.store, Access::write);
    Repository<User>(work).insert(one);
    work.commit();
  }
  REQUIRE(Repository<User>(reading).count() == 0);
  Transaction later(database.store, Access::read);
  REQUIRE(Repository<User>(later).count() == 1);
  auto two = user("two");
  REQUIRE(code_of([&] { Repository<User>(later).insert(two); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { Repository<User>(later).update(one); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { Repository<User>(later).erase("one"); }) == CLINIC_PLUGIN_REFUSED);
  REQUIRE(code_of([&] { Repository<User>(later).touch("one"); }) == CLINIC_PLUGIN_REFUSED);
}

TEST_CASE("a rolled-back transaction leaves nothing", "[sqlite]") {
  Database database;
  auto one = user("one");
  {
    Transaction work(database.store, Access::write);
    Repository<User>(work).insert(one);
  }
  Transaction work(database.store, Access::read);
  REQUIRE(Repository<User>(work).count() == 0);
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

TEST_CASE("of two stores, one may be written while the other is read", "[sqlite]") {
  Database from, to;
  {
    Transaction work(from.store, Access::write);
    std::vector<User> users{user("a"), user("b"), user("c")};
    Repository<User>(work).insert_many(users);
    work.commit();
  }
  Transaction reading(from.store, Access::read), writing(to.store, Access::write);
  Repository<User>(reading).each({}, [&](User& each) {
    Repository<User>(writing).insert(each);
    return true;
  });
  writing.commit();
  Transaction check(to.store, Access::read);
  REQUIRE(Repository<User>(check).count() == 3);
}

TEST_CASE("the host's stop is answered", "[sqlite]") {
  Database database;
  {
    Transaction work(database.store, Access::write);
    auto one = user("a");
    Repository<User>(work).insert(one);
    work.commit();
  }
  RawStore raw(database.folder.url(), database.log.host);
  raw.begin(0);
  clinic_query query{sizeof query, record_index<User>, nullptr, 0, nullptr, 0, 0};
  clinic_slots slots{sizeof slots, nullptr, [](void*) -> void* { return nullptr; }};
  REQUIRE(table().select(raw.transaction, &query, &slots, &raw.error) == CLINIC_PLUGIN_HOST_STOPPED);
  clinic_measure measure{CLINIC_COUNT, 0};
  clinic_aggregate wanted{sizeof wanted, record_index<User>, nullptr, 0, nullptr, 0, &measure, 1};
  clinic_groups groups{sizeof groups, nullptr, [](void*, const clinic_value*, size_t) { return 1; }};
  REQUIRE(table().aggregate(raw.transaction, &wanted, &groups, &raw.error) == CLINIC_PLUGIN_HOST_STOPPED);
  REQUIRE(table().commit(std::exchange(raw.transaction, nullptr), &raw.error) == CLINIC_PLUGIN_OK);
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
    model.model.schema_version = 7;
    REQUIRE_THAT(refused(model), Contains("7") && Contains("version " + std::to_string(schema_version)));
  }
  SECTION("more differences than a message holds") {
    for (auto& field : model.record("Patient").fields)
      field.flags ^= CLINIC_FIELD_NULLABLE;
    REQUIRE_THAT(refused(model), Contains("Patient.id") && Contains(" more"));
  }
}

TEST_CASE("several processes that migrate at once", "[sqlite]") {
  Folder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i)
    children.push_back(in_child([&] {
      Log log;
      Store store(table(), log.host, folder.url());
      store.migrate();
      return store.schema_status().present == schema_version ? 0 : 1;
    }));
  for (auto child : children)
    REQUIRE(exit_code(child) == 0);
  REQUIRE(sqlite_texts(folder.file(), "SELECT version FROM clinic_schema").size() == schema_version);
}

TEST_CASE("a newer schema is refused", "[sqlite]") {
  Database database;
  sqlite_texts(database.folder.file(), "INSERT INTO clinic_schema (version, applied_at) VALUES (41, 0)");
  REQUIRE(database.store.schema_status().present == 41);
  REQUIRE_THROWS_WITH(database.store.migrate(),
                      Catch::Matchers::Contains("version 41") &&
                          Catch::Matchers::Contains("version " + std::to_string(schema_version)));
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
  Log log;
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

TEST_CASE("a database in memory", "[sqlite]") {
  Log log;
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
  REQUIRE(code_of([&] { Transaction second(store, Access::read); }) == CLINIC_PLUGIN_CONFLICT);  // they take turns
}

TEST_CASE("who finds all connections in use is told so", "[sqlite]") {
  Folder folder;
  Log log;
  Store store(table(), log.host, folder.url("pool=2&pool_timeout=50"));
  store.migrate();
  std::optional<Transaction> one(std::in_place, store, Access::read);
  Transaction two(store, Access::read);
  REQUIRE(code_of([&] { Transaction three(store, Access::read); }) == CLINIC_PLUGIN_UNAVAILABLE);
  Transaction writing(store, Access::write);  // has its own
  std::thread later([&] {
    std::this_thread::sleep_for(10ms);
    one.reset();
  });
  Transaction three(store, Access::read);
  REQUIRE(Repository<User>(three).count() == 0);
  later.join();
}

TEST_CASE("a lock held too long is a conflict", "[sqlite]") {
  Folder folder;
  Log log;
  Store store(table(), log.host, folder.url("busy_timeout=50")),
      other(table(), log.host, folder.url("busy_timeout=50"));
  store.migrate();
  Transaction writing(store, Access::write);
  REQUIRE(code_of([&] { Transaction second(store, Access::write); }) ==
          CLINIC_PLUGIN_CONFLICT);  // in this process's queue
  REQUIRE(code_of([&] { Transaction second(other, Access::write); }) == CLINIC_PLUGIN_CONFLICT);  // at the file
  Transaction reading(other, Access::read);                                                       // reading goes on
  REQUIRE(Repository<User>(reading).count() == 0);
}

TEST_CASE("touch before reading: two that book the same doctor", "[sqlite]") {
  Database database;
  Store other(table(), database.log.host, database.folder.url());
  {
    Transaction work(database.store, Access::write);
    auto doctor = user("doctor");
    Repository<User>(work).insert(doctor);
    work.commit();
  }
  // Each books when it counts no booking. A counts after B has committed, so it must see B's.
  auto book = [](Store& store, const std::string& id, const std::function<void()>& before_touch) {
    before_touch();
    for (;;) {
      try {
        Transaction work(store, Access::write);
        REQUIRE(Repository<User>(work).touch("doctor"));
        const bool free = Repository<Event>(work).count() == 0;
        if (free) {
          Event booking;
          booking.id = id;
          booking.resource_id = "doctor";
          Repository<Event>(work).insert(booking);
        }
        work.commit();
        return free;
      } catch (const StorageError& error) {
        if (error.code() != CLINIC_PLUGIN_CONFLICT) throw;
      }
    }
  };
  std::atomic<int> booked = 0;
  std::thread a([&] { booked += book(database.store, "a", [] { std::this_thread::sleep_for(5ms); }); });
  std::thread b([&] { booked += book(other, "b", [] { std::this_thread::sleep_for(5ms); }); });
  a.join();
  b.join();
  REQUIRE(booked == 1);
}

TEST_CASE("many threads and processes write, and all of them get on", "[sqlite]") {
  Database database;
  constexpr int processes = 3, threads = 8, rows = 20;
  auto write_rows = [&](Store& store, const std::string& prefix) {
    std::atomic<int> failures = 0;
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
      running.emplace_back([&, t] {
        for (int i = 0; i < rows; ++i) {
          try {
            auto row = user(prefix + std::to_string(t) + "-" + std::to_string(i));
            Transaction work(store, Access::write);
            Repository<User>(work).insert(row);
            Repository<User>(work).touch(row.id);
            work.commit();
            Transaction reading(store, Access::read);
            if (!Repository<User>(reading).find(row.id)) ++failures;
          } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            ++failures;
          }
        }
      });
    for (auto& thread : running)
      thread.join();
    return failures.load();
  };
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p)
    children.push_back(in_child([&, p] {
      Log log;
      Store store(table(), log.host, database.folder.url());
      return write_rows(store, "child" + std::to_string(p) + "-") == 0 ? 0 : 1;
    }));
  REQUIRE(write_rows(database.store, "parent-") == 0);
  for (auto child : children)
    REQUIRE(exit_code(child) == 0);
  Transaction work(database.store, Access::read);
  REQUIRE(Repository<User>(work).count() == (processes + 1) * threads * rows);
}

TEST_CASE("a transaction may change threads, and two may interleave on one", "[sqlite]") {
  Database one, two;
  auto a = user("a"), b = user("b"), c = user("c");
  Transaction in_one(one.store, Access::write), in_two(two.store, Access::write);
  Repository<User>(in_one).insert(a);
  Repository<User>(in_two).insert(b);
  std::thread([&] {
    Repository<User>(in_one).insert(c);
    in_one.commit();
  }).join();
  in_two.commit();
  Transaction work(one.store, Access::read);
  REQUIRE(Repository<User>(work).count() == 2);
}

TEST_CASE("a full disk fails the transaction and changes nothing", "[sqlite]") {
  Database database;
  const auto child = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    Log log;
    Store store(table(), log.host, database.folder.url());
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
  Transaction work(database.store, Access::read);
  REQUIRE(Repository<MedicalHistory>(work).count() == 0);
}

TEST_CASE("statements are traced without values", "[sqlite]") {
  Folder folder;
  Log log;
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
  Log quiet;
  Store silent(table(), quiet.host, folder.url());
  REQUIRE(silent.healthy());
  REQUIRE(quiet.lines.empty());
}
