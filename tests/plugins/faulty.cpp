/// \file
/// The memory plugin with one defect, which its URL names: `faulty:crash`.

#include "transaction.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace memory {

class FaultyTransaction : public Transaction {
 public:
  FaultyTransaction(std::shared_ptr<Database> database, bool writes, std::string defect)
      : Transaction(std::move(database), writes, std::chrono::seconds(5)), defect_(std::move(defect)) {}

  void insert(std::uint32_t record, void* object) override {
    if (defect_ == "crash") std::abort();
    if (defect_ == "exit") _exit(0);
    if (defect_ == "wordless") throw Failure::refused("");
    Transaction::insert(record, object);
  }
  bool touch(std::uint32_t record, std::string_view id) override {
    if (defect_ == "hang")
      for (;;)
        pause();
    return Transaction::touch(record, id);
  }
  bool set_version(std::uint32_t record, std::string_view id, std::int64_t version) override {
    if (defect_ == "versionless") throw Failure::refused("versions are not written");
    if (defect_ == "deaf") version = 1;
    return Transaction::set_version(record, id, version);
  }
  void select(const clinic_query& query, clinic::plugin::Rows& rows) override {
    auto wanted = query;
    if (defect_ == "limitless") wanted.limit = 0;
    Transaction::select(wanted, rows);
  }

 private:
  std::string defect_;
};

class Storage : public clinic::plugin::Storage {
 public:
  Storage(const clinic_model& model, clinic::plugin::Host, std::string_view url)
      : version_(model.schema_version), database_(Database::open(model, "faulty")) {
    if (url.substr(0, 7) != "faulty:") throw Failure::refused("the URL does not begin with faulty:");
    defect_ = url.substr(7, url.find('?') - 7);
  }
  SchemaStatus schema_status() override { return {database_->committed().schema_version, version_}; }
  void migrate() override {
    auto snapshot = database_->committed();
    snapshot.schema_version = version_;
    database_->commit(std::move(snapshot));
  }
  std::unique_ptr<clinic::plugin::Transaction> begin(bool writes) override {
    return std::make_unique<FaultyTransaction>(database_, writes, defect_);
  }

 private:
  std::uint32_t version_;
  std::string defect_{};
  std::shared_ptr<Database> database_;
};

}  // namespace memory

CLINIC_STORAGE_PLUGIN(memory::Storage, "faulty", "1.0.0", "MIT");
