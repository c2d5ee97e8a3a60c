#include "store/store.hpp"

#include <cstring>
#include <utility>

namespace clinic {

namespace {

constexpr std::uint32_t no_record = CLINIC_NO_FIELD;

/// The store whose rows this thread is being handed. Of two stores, one may be read while the other is written.
thread_local const clinic_store* handing_rows = nullptr;

class HandingRows {
 public:
  explicit HandingRows(const clinic_store* store) : before_(std::exchange(handing_rows, store)) {}
  ~HandingRows() { handing_rows = before_; }
  HandingRows(const HandingRows&) = delete;
  HandingRows& operator=(const HandingRows&) = delete;

 private:
  const clinic_store* before_;
};

const char* default_message(int code) {
  switch (code) {
    case CLINIC_PLUGIN_UNIQUE_VIOLATION:
      return "another row has this value";
    case CLINIC_PLUGIN_STALE:
      return "the row has another version, or is gone";
    case CLINIC_PLUGIN_CONFLICT:
      return "another transaction is in the way";
    case CLINIC_PLUGIN_BUSY:
      return "waited too long";
    case CLINIC_PLUGIN_UNAVAILABLE:
      return "the database is not available";
    case CLINIC_PLUGIN_OUTCOME_UNKNOWN:
      return "the connection broke during commit";
    case CLINIC_PLUGIN_CONSTRAINT:
      return "a constraint does not hold";
    case CLINIC_PLUGIN_REFUSED:
      return "refused";
    default:
      return "the plugin failed and says no more";
  }
}

const char* record_name(std::uint32_t record) {
  const auto& model = record_model();
  return record < model.record_count ? model.records[record]->name : "";
}

/// A text of a plugin's error, which a careless plugin did not terminate.
template <std::size_t Size>
std::string bounded(const char (&text)[Size]) {
  return {text, ::strnlen(text, Size)};
}

[[noreturn]] void fail(int code, int native_code, const char* call, std::uint32_t record, std::string constraint,
                       const std::string& message) {
  std::string name = record_name(record);
  std::string text = std::string("storage: ") + call + (name.empty() ? "" : " ") + name + ": " + message;
  throw StorageError(code, native_code, std::move(name), std::move(constraint), std::move(text));
}

/// One call over the line: lends the error struct, and turns the answer into a value or an exception. The struct's
/// texts are not cleared beyond their first character: this is on the way of every query.
class Call {
 public:
  explicit Call(const char* name, std::uint32_t record = no_record) : name_(name), record_(record) {
    error_.struct_size = sizeof error_;
    error_.code = CLINIC_PLUGIN_OK;
    error_.native_code = 0;
    error_.constraint[0] = error_.message[0] = '\0';
  }
  clinic_plugin_error* error() { return &error_; }

  /// Throws unless the answer is OK.
  void must(int code) const {
    if (code != CLINIC_PLUGIN_OK) raise(code);
  }
  /// False for NOT_FOUND, which is an answer.
  bool found(int code) const {
    if (code == CLINIC_PLUGIN_NOT_FOUND) return false;
    must(code);
    return true;
  }
  [[noreturn]] void raise(int code) const {
    if (code <= CLINIC_PLUGIN_NOT_FOUND || code > CLINIC_PLUGIN_INTERNAL || code == CLINIC_PLUGIN_HOST_STOPPED)
      fail(CLINIC_PLUGIN_INTERNAL, error_.native_code, name_, record_, {},
           "the plugin answered " + std::to_string(code) + ", which does not answer this call");
    auto message = bounded(error_.message);
    fail(code, error_.native_code, name_, record_, bounded(error_.constraint),
         message.empty() ? default_message(code) : message);
  }

 private:
  const char* name_;
  std::uint32_t record_;
  clinic_plugin_error error_;
};

/// Where rows or groups go while a plugin hands them over. No exception may cross the line: it waits here.
template <class Function>
struct Receiver {
  Function function;
  std::exception_ptr failure{};
  bool stopped = false;

  void finish(const Call& call, int code) const {
    if (failure) std::rethrow_exception(failure);
    if (!(stopped && code == CLINIC_PLUGIN_HOST_STOPPED)) call.must(code);
  }
};
using Rows = Receiver<FunctionRef<void*()>>;
using Groups = Receiver<FunctionRef<bool(std::span<const clinic_value>)>>;

void* next_row(void* context) noexcept {
  auto& rows = *static_cast<Rows*>(context);
  if (rows.stopped) return nullptr;
  void* row = nullptr;
  try {
    row = rows.function();
  } catch (...) {
    rows.failure = std::current_exception();
  }
  rows.stopped = row == nullptr;
  return row;
}

int next_group(void* context, const clinic_value* values, std::size_t count) noexcept {
  auto& groups = *static_cast<Groups*>(context);
  if (groups.stopped) return 1;
  groups.stopped = true;
  try {
    groups.stopped = !groups.function({values, count});
  } catch (...) {
    groups.failure = std::current_exception();
  }
  return groups.stopped ? 1 : 0;
}

}  // namespace

StorageError::StorageError(int code, int native_code, std::string record, std::string constraint, std::string message)
    : code_(code),
      native_code_(native_code),
      record_(std::move(record)),
      constraint_(std::move(constraint)),
      message_(std::move(message)) {}

Store::Store(const clinic_storage_table& table, const clinic_plugin_host& host, const std::string& url)
    : table_(table) {
  Call call("open");
  call.must(table_.open(&record_model(), &host, url.c_str(), &store_, call.error()));
  if (store_ == nullptr)
    fail(CLINIC_PLUGIN_INTERNAL, 0, "open", no_record, {}, "the plugin answered OK without a store");
}

Store::~Store() { table_.close(store_); }

clinic_schema_status Store::schema_status() const {
  Call call("schema_status");
  clinic_schema_status status{sizeof status, 0, 0};
  call.must(table_.schema_status(store_, &status, call.error()));
  return status;
}

void Store::migrate() {
  Call call("migrate");
  call.must(table_.migrate(store_, call.error()));
}

bool Store::healthy() const noexcept {
  Call call("health");
  return table_.health(store_, call.error()) == CLINIC_PLUGIN_OK;
}

Transaction::Transaction(Store& store, Access access)
    : table_(store.table_), store_(store.store_), protection_(store.protection_) {
  if (handing_rows == store_) fail(CLINIC_PLUGIN_REFUSED, 0, "begin", no_record, {}, "called from inside a select");
  Call call("begin");
  call.must(table_.begin(store_, static_cast<int>(access), &transaction_, call.error()));
  if (transaction_ == nullptr)
    fail(CLINIC_PLUGIN_INTERNAL, 0, "begin", no_record, {}, "the plugin answered OK without a transaction");
}

Transaction::~Transaction() {
  if (transaction_ != nullptr) table_.rollback(transaction_);
}

void Transaction::require_usable(const char* call, std::uint32_t record) const {
  if (transaction_ == nullptr) fail(CLINIC_PLUGIN_REFUSED, 0, call, record, {}, "the transaction has ended");
  if (handing_rows == store_) fail(CLINIC_PLUGIN_REFUSED, 0, call, record, {}, "called from inside a select");
}

void Transaction::commit() {
  require_usable("commit", no_record);
  Call call("commit");
  auto* ending = std::exchange(transaction_, nullptr);  // commit ends it, whatever it answers
  call.must(table_.commit(ending, call.error()));
}

void Transaction::insert(std::uint32_t record, void* object) {
  require_usable("insert", record);
  Call call("insert", record);
  call.must(table_.insert(transaction_, record, object, call.error()));
}

void Transaction::insert_many(std::uint32_t record, std::span<void* const> objects) {
  if (table_.insert_many == nullptr) {
    for (auto* object : objects)
      insert(record, object);
    return;
  }
  require_usable("insert_many", record);
  if (objects.empty()) return;
  Call call("insert_many", record);
  call.must(table_.insert_many(transaction_, record, objects.data(), objects.size(), call.error()));
}

void Transaction::insert_versioned(std::uint32_t record, std::span<void* const> objects) {
  const auto& type = *record_model().records[record];
  if (type.version_field == CLINIC_NO_FIELD) return insert_many(record, objects);
  const auto version_of = [&](const void* object) {
    clinic_value value{};
    type.get(object, type.version_field, &value);
    return value.as.integer;
  };
  std::vector<std::int64_t> versions;
  for (const auto* object : objects)
    versions.push_back(version_of(object));
  insert_many(record, objects);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (versions[i] <= version_of(objects[i])) continue;
    if (set_version(record, objects[i], versions[i])) {
      const auto value = detail::integer_value(versions[i]);
      type.set(objects[i], type.version_field, &value);
    }
    while (version_of(objects[i]) < versions[i])
      update(record, objects[i]);
  }
}

bool Transaction::set_version(std::uint32_t record, const void* object, std::int64_t version) {
  if (table_.set_version == nullptr) return false;
  require_usable("set_version", record);
  Call call("set_version", record);
  const auto& type = *record_model().records[record];
  clinic_value id{};
  type.get(object, type.id_field, &id);
  const int code = table_.set_version(transaction_, record, id.as.text.data, id.as.text.size, version, call.error());
  if (code == CLINIC_PLUGIN_REFUSED) return false;
  call.must(code);
  return true;
}

void Transaction::update(std::uint32_t record, void* object) {
  require_usable("update", record);
  Call call("update", record);
  call.must(table_.update(transaction_, record, object, call.error()));
}

bool Transaction::touch(std::uint32_t record, std::string_view id) {
  require_usable("touch", record);
  Call call("touch", record);
  return call.found(table_.touch(transaction_, record, id.data(), id.size(), call.error()));
}

std::uint64_t Transaction::erase_where(const clinic_query& query) {
  require_usable("erase_where", query.record);
  Call call("erase_where", query.record);
  std::uint64_t erased = 0;
  return call.found(table_.erase_where(transaction_, &query, &erased, call.error())) ? erased : 0;
}

void Transaction::select(const clinic_query& query, FunctionRef<void*()> next) {
  require_usable("select", query.record);
  Call call("select", query.record);
  Rows rows{next};
  clinic_slots slots{sizeof slots, &rows, next_row};
  HandingRows handing(store_);
  rows.finish(call, table_.select(transaction_, &query, &slots, call.error()));
}

std::uint64_t Transaction::count(const clinic_query& query) {
  std::uint64_t result = 0;
  measure(query, {CLINIC_COUNT, 0},
          [&](const clinic_value& value) { result = static_cast<std::uint64_t>(value.as.integer); });
  return result;
}

void Transaction::smallest(const clinic_query& query, std::uint32_t field,
                           FunctionRef<void(const clinic_value&)> found) {
  measure(query, {CLINIC_MIN, field}, found);
}

void Transaction::measure(const clinic_query& query, const clinic_measure& what,
                          FunctionRef<void(const clinic_value&)> found) {
  const clinic_aggregate all{sizeof all, query.record, query.terms, query.term_count, nullptr, 0, &what, 1, 0};
  aggregate(all, [&](std::span<const clinic_value> values) {
    if (values[0].kind != CLINIC_NULL) found(values[0]);
    return true;
  });
}

void Transaction::aggregate(const clinic_aggregate& query, FunctionRef<bool(std::span<const clinic_value>)> group) {
  require_usable("aggregate", query.record);
  Call call("aggregate", query.record);
  // A plugin of before 1.3 does not know of the limit.
  auto left = query.limit;
  const auto limited = [&](std::span<const clinic_value> values) {
    return group(values) && (query.limit == 0 || --left > 0);
  };
  Groups groups{limited};
  clinic_groups target{sizeof target, &groups, next_group};
  HandingRows handing(store_);
  groups.finish(call, table_.aggregate(transaction_, &query, &target, call.error()));
}

}  // namespace clinic
