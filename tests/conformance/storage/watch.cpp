#include "watch.hpp"

#include "../core/error_check.hpp"
#include "../core/progress.hpp"
#include "grown_model.hpp"

#include "records/record_model.hpp"

#include <cstring>
#include <mutex>
#include <tuple>

namespace clinic::conformance {

namespace {

using Table = clinic_storage_table;

const Table* real = nullptr;
bool show_grown = false;

std::mutex misfit_mutex;
std::string misfit;

void note(const std::string& text) {
  std::lock_guard lock(misfit_mutex);
  if (misfit.empty()) misfit = text;
}

bool is(const char* call, const char* name) { return std::strcmp(call, name) == 0; }

/// Codes that answer one call only.
bool answers(const char* call, int code) {
  switch (code) {
    case CLINIC_PLUGIN_NOT_FOUND:
      return is(call, "touch") || is(call, "set_version");
    case CLINIC_PLUGIN_STALE:
      return is(call, "update");
    case CLINIC_PLUGIN_HOST_STOPPED:
      return is(call, "select") || is(call, "aggregate");
    default:
      return code >= CLINIC_PLUGIN_OK && code <= CLINIC_PLUGIN_INTERNAL;
  }
}

void judge(const char* call, int code, const clinic_plugin_error& error) {
  const auto answer = std::string(call) + " answers " + code_name(code);
  if (!answers(call, code)) return note(answer + ", which does not answer this call");
  if (const auto misfit_found = misfit_of(call, code, error); !misfit_found.empty()) return note(misfit_found);
  if (code == CLINIC_PLUGIN_UNIQUE_VIOLATION && !is(call, "commit") && error.constraint[0] == '\0' &&
      std::strstr(error.message, "before") == nullptr)
    note(answer + " without naming the constraint");
}

template <auto Slot>
struct Watched;

template <class... Arguments, int (*Table::*Slot)(Arguments...)>
struct Watched<Slot> {
  inline static const char* name = nullptr;
  static int call(Arguments... arguments) {
    clinic_plugin_error* const error = std::get<sizeof...(Arguments) - 1>(std::tie(arguments...));
    error->code = -1;
    int code = CLINIC_PLUGIN_INTERNAL;
    {
      const Running running(name);
      code = (real->*Slot)(arguments...);
    }
    judge(name, code, *error);
    return code;
  }
};

int open(const clinic_model* model, const clinic_plugin_host* host, const char* url, clinic_store** store,
         clinic_plugin_error* error) {
  if (show_grown && model == &record_model()) model = &grown_model();
  return Watched<&Table::open>::call(model, host, url, store, error);
}

void close(clinic_store* store) {
  const Running running("close");
  real->close(store);
}

void rollback(clinic_transaction* transaction) {
  const Running running("rollback");
  real->rollback(transaction);
}

template <auto Slot>
void watch(Table& table, const char* name) {
  Watched<Slot>::name = name;
  if (real->*Slot != nullptr) table.*Slot = Watched<Slot>::call;
}

}  // namespace

const clinic_storage_table& watched(const clinic_storage_table& plugin, bool grown) {
  real = &plugin;
  show_grown = grown;
  static Table table{};
  table = {};
  table.struct_size = sizeof table;
  watch<&Table::open>(table, "open");
  watch<&Table::schema_status>(table, "schema_status");
  watch<&Table::migrate>(table, "migrate");
  watch<&Table::begin>(table, "begin");
  watch<&Table::commit>(table, "commit");
  watch<&Table::insert>(table, "insert");
  watch<&Table::insert_many>(table, "insert_many");
  watch<&Table::update>(table, "update");
  watch<&Table::touch>(table, "touch");
  watch<&Table::erase_where>(table, "erase_where");
  watch<&Table::select>(table, "select");
  watch<&Table::aggregate>(table, "aggregate");
  watch<&Table::health>(table, "health");
  watch<&Table::set_version>(table, "set_version");
  table.open = open;
  table.close = close;
  table.rollback = rollback;
  return table;
}

std::string first_misfit() {
  std::lock_guard lock(misfit_mutex);
  return misfit;
}

}  // namespace clinic::conformance
