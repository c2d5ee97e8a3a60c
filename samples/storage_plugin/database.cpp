#include "database.hpp"

#include <map>

namespace memory {

std::shared_ptr<Database> Database::open(const clinic_model& model, const std::string& name) {
  if (name.empty()) return std::make_shared<Database>(model);
  static std::mutex mutex;
  static auto& named = *new std::map<std::string, std::weak_ptr<Database>>;
  std::lock_guard lock(mutex);
  auto database = named[name].lock();
  if (!database) named[name] = database = std::make_shared<Database>(model);
  // The same records, perhaps of another schema version.
  if (database->model().records != model.records) throw Failure::refused("this database is open with another model");
  return database;
}

Database::Database(const clinic_model& model) : model_(model) {
  for (std::uint32_t i = 0; i < model.record_count; ++i)
    committed_.tables.push_back(std::make_shared<Table>(*model.records[i]));
}

Snapshot Database::committed() const {
  std::lock_guard lock(mutex_);
  return committed_;
}

void Database::commit(Snapshot snapshot) {
  std::lock_guard lock(mutex_);
  std::swap(committed_, snapshot);
}

Writing::Writing(Database& database, std::chrono::milliseconds patience) : database_(database) {
  std::unique_lock lock(database_.mutex_);
  if (!database_.writer_ended_.wait_for(lock, patience, [&] { return !database_.writing_; }))
    throw Failure::busy("another transaction has been writing for too long");
  database_.writing_ = true;
}

Writing::~Writing() {
  {
    std::lock_guard lock(database_.mutex_);
    database_.writing_ = false;
  }
  database_.writer_ended_.notify_one();
}

}  // namespace memory
