/// \file
/// A storage plugin that keeps everything in memory: an example, and a database for tests.
///
/// `memory:` is a database of its own; `memory:name` is shared by all stores of the process that have it open.
/// `?wait=100` after it: how many milliseconds a writer waits for another before it is told BUSY (5000).

#include "transaction.hpp"

#include <charconv>

namespace memory {

namespace {

/// The parts of the URL.
struct Address {
  std::string name{};
  std::chrono::milliseconds patience{5000};
};

Address parse(std::string_view url) {
  constexpr std::string_view scheme = "memory:", wait = "wait=";
  if (url.substr(0, scheme.size()) != scheme) throw Failure::refused("the URL does not begin with memory:");
  url.remove_prefix(scheme.size());
  Address address;
  const auto options = std::min(url.find('?'), url.size());
  address.name = url.substr(0, options);
  if (options == url.size()) return address;
  const auto option = url.substr(options + 1);
  long milliseconds = 0;
  const auto end = option.data() + option.size();
  if (option.substr(0, wait.size()) != wait ||
      std::from_chars(option.data() + wait.size(), end, milliseconds).ptr != end || milliseconds < 0)
    throw Failure::refused("the URL has an unknown option; there is ?wait=<milliseconds>");
  address.patience = std::chrono::milliseconds(milliseconds);
  return address;
}

}  // namespace

class Storage : public clinic::plugin::Storage {
 public:
  Storage(const clinic_model& model, clinic::plugin::Host host, std::string_view url)
      : address_(parse(url)), schema_version_(model.schema_version), database_(Database::open(model, address_.name)) {
    host.log(CLINIC_LOG_DEBUG, "memory: opened");
  }

  SchemaStatus schema_status() override { return {database_->committed().schema_version, schema_version_}; }
  void migrate() override {
    const Writing writing(*database_, address_.patience);
    auto snapshot = database_->committed();
    if (snapshot.schema_version > schema_version_) throw Failure::refused("the schema is newer than this model's");
    snapshot.schema_version = schema_version_;
    database_->commit(std::move(snapshot));
  }
  std::unique_ptr<clinic::plugin::Transaction> begin(bool writes) override {
    return std::make_unique<Transaction>(database_, writes, address_.patience);
  }

 private:
  Address address_;
  std::uint32_t schema_version_;
  std::shared_ptr<Database> database_;
};

}  // namespace memory

CLINIC_STORAGE_PLUGIN(memory::Storage, "memory", "1.0.0", "MIT");
