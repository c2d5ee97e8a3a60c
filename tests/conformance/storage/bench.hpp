#pragma once

/// \file
/// What a check of a storage plugin works with: the watched plugin, and an empty database with its schema.

#include "../core/check.hpp"
#include "../core/expect.hpp"
#include "../core/recorded_host.hpp"

#include <store/store.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::conformance {

class StorageBench {
 public:
  /// Throws Skipped where no URL was given.
  explicit StorageBench(const Target& target);

  const clinic_storage_table& table() const { return table_; }
  const std::string& url() const { return url_; }
  /// With the plugin's own option for waiting a moment only, where its quirks name one.
  std::string impatient_url() const;
  const Quirks& quirks() const { return quirks_; }
  const clinic_plugin_host& host() const { return host_.view(); }
  /// That the typed face's stores are opened with.
  const clinic_model& model() const;

  /// Opened, migrated if need be, and emptied at its first use.
  Store& store();
  /// Another one on the same database.
  std::unique_ptr<Store> another() { return another(url_); }
  std::vector<std::unique_ptr<Store>> several(std::size_t count);
  std::unique_ptr<Store> another(const std::string& url) { return std::make_unique<Store>(table_, host(), url); }

 private:
  const clinic_storage_table& table_;
  std::string url_;
  Quirks quirks_;
  bool grown_;
  RecordedHost host_;
  std::unique_ptr<Store> store_;
};

/// Of a file: absolute, loaded and complete. Throws Unmet with the loader's words.
const clinic_storage_table& load_storage(const Target& target);

/// `url` with one more option.
std::string with_option(const std::string& url, const std::string& option);

/// Every record of every type.
void erase_everything(Store& store);
/// Of all types together.
std::uint64_t count_everything(Store& store);

/// What the call throws as StorageError; OK when it throws nothing.
template <class Call>
int code_of(Call&& call) {
  try {
    call();
  } catch (const StorageError& error) {
    return error.code();
  }
  return CLINIC_PLUGIN_OK;
}

template <class Call>
void expect_code(const std::string& what, Call&& call, int wanted) {
  const int found = code_of(call);
  if (found != wanted) unmet(what + " answers " + code_name(wanted), code_name(found));
}

/// A call through the C line, for what the typed face does not do.
struct RawError : clinic_plugin_error {
  RawError() : clinic_plugin_error{} { struct_size = sizeof(clinic_plugin_error); }
};

/// A store opened through the C line.
class RawStore {
 public:
  RawStore(const clinic_storage_table& plugin, const clinic_model& model, const clinic_plugin_host& host,
           const std::string& url)
      : table(plugin), code(table.open(&model, &host, url.c_str(), &store, &error)) {}
  ~RawStore() {
    if (transaction != nullptr) table.rollback(transaction);
    if (store != nullptr && code == CLINIC_PLUGIN_OK) table.close(store);
  }
  RawStore(const RawStore&) = delete;
  RawStore& operator=(const RawStore&) = delete;

  void must_be_open() const {
    if (code != CLINIC_PLUGIN_OK) unmet("open answers OK", code_name(code) + ": " + error.message);
  }
  void must(const std::string& call, int answer) const {
    if (answer != CLINIC_PLUGIN_OK) unmet(call + " answers OK", code_name(answer) + ": " + error.message);
  }
  void begin(bool writes) { must("begin", table.begin(store, writes ? 1 : 0, &transaction, &error)); }
  int commit() { return table.commit(std::exchange(transaction, nullptr), &error); }

  const clinic_storage_table& table;
  RawError error;
  clinic_store* store = nullptr;
  clinic_transaction* transaction = nullptr;
  int code;
};

/// A list of storage checks, and what makes Checks of them.
struct StorageCheck {
  const char* name;
  const char* promise;
  void (*run)(StorageBench&);
};

/// Whether the code says that the same transaction may succeed when it is run again.
inline bool must_be_repeated(int code) { return code == CLINIC_PLUGIN_CONFLICT || code == CLINIC_PLUGIN_BUSY; }

}  // namespace clinic::conformance
