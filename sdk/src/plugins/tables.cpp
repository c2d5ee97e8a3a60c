#include "plugins/tables.hpp"

#include <clinic/error.hpp>

#include <cstddef>
#include <cstring>
#include <span>

namespace clinic {

namespace {

struct Slot {
  const char* name;
  std::size_t offset;
  bool required = true;
};

#define CLINIC_SLOT(table, function) \
  Slot { #function, offsetof(table, function) }
#define CLINIC_OPTIONAL_SLOT(table, function) \
  Slot { #function, offsetof(table, function), false }

constexpr Slot storage_slots[] = {
    CLINIC_SLOT(clinic_storage_table, open),
    CLINIC_SLOT(clinic_storage_table, close),
    CLINIC_SLOT(clinic_storage_table, schema_status),
    CLINIC_SLOT(clinic_storage_table, migrate),
    CLINIC_SLOT(clinic_storage_table, begin),
    CLINIC_SLOT(clinic_storage_table, commit),
    CLINIC_SLOT(clinic_storage_table, rollback),
    CLINIC_SLOT(clinic_storage_table, insert),
    CLINIC_OPTIONAL_SLOT(clinic_storage_table, insert_many),
    CLINIC_SLOT(clinic_storage_table, update),
    CLINIC_SLOT(clinic_storage_table, touch),
    CLINIC_SLOT(clinic_storage_table, erase_where),
    CLINIC_SLOT(clinic_storage_table, select),
    CLINIC_SLOT(clinic_storage_table, aggregate),
    CLINIC_SLOT(clinic_storage_table, health),
    CLINIC_OPTIONAL_SLOT(clinic_storage_table, set_version),
};
constexpr Slot notifier_slots[] = {
    CLINIC_SLOT(clinic_notifier_table, open),
    CLINIC_SLOT(clinic_notifier_table, close),
    CLINIC_SLOT(clinic_notifier_table, send),
    CLINIC_OPTIONAL_SLOT(clinic_notifier_table, health),
    CLINIC_OPTIONAL_SLOT(clinic_notifier_table, submit),
    CLINIC_OPTIONAL_SLOT(clinic_notifier_table, read_receipts),
    CLINIC_OPTIONAL_SLOT(clinic_notifier_table, serves),
};
constexpr Slot limiter_slots[] = {
    CLINIC_SLOT(clinic_limiter_table, open),
    CLINIC_SLOT(clinic_limiter_table, close),
    CLINIC_SLOT(clinic_limiter_table, take),
    CLINIC_SLOT(clinic_limiter_table, reset),
};

using AnyFunction = void (*)();

/// Copies the members that the plugin's table has, one by one. Refuses the plugin if a required function is missing.
template <class Table>
Table copy(const Table& table, std::span<const Slot> slots, const char* kind, const std::string& whose) {
  std::uint32_t size = 0;
  std::memcpy(&size, &table, sizeof size);  // the rest may not exist
  Table result{};
  result.struct_size = sizeof result;
  std::string missing;
  std::size_t least = 0;
  for (const auto& slot : slots) {
    AnyFunction function = nullptr;
    const auto end = slot.offset + sizeof function;
    if (slot.required) least = end;
    if (end <= size) std::memcpy(&function, reinterpret_cast<const char*>(&table) + slot.offset, sizeof function);
    if (function != nullptr)
      std::memcpy(reinterpret_cast<char*>(&result) + slot.offset, &function, sizeof function);
    else if (slot.required)
      missing.append(missing.empty() ? "" : ", ").append(slot.name);
  }
  if (missing.empty()) return result;
  auto text = whose + ": its " + kind + " table lacks required functions: " + missing;
  if (size < least)
    text += " (struct_size: expected at least " + std::to_string(least) + ", found " + std::to_string(size) + ")";
  throw Error(ErrorCode::plugin_refused, text);
}

}  // namespace

clinic_storage_table complete(const clinic_storage_table& table, const std::string& whose) {
  return copy(table, storage_slots, CLINIC_PLUGIN_STORAGE, whose);
}

clinic_notifier_table complete(const clinic_notifier_table& table, const std::string& whose) {
  auto result = copy(table, notifier_slots, CLINIC_PLUGIN_NOTIFIER, whose);
  if (result.health == nullptr)
    result.health = [](clinic_notifier*, clinic_plugin_error*) -> int { return CLINIC_PLUGIN_OK; };
  if (result.serves == nullptr) result.serves = [](clinic_notifier*, const char*) -> int { return 1; };
  return result;
}

clinic_limiter_table complete(const clinic_limiter_table& table, const std::string& whose) {
  return copy(table, limiter_slots, CLINIC_PLUGIN_LIMITER, whose);
}

}  // namespace clinic
