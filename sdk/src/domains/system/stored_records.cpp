#include "domains/system/stored_records.hpp"

#include "store/stored_rows.hpp"

#include <algorithm>

namespace clinic {
namespace {

bool same(const std::string* one, const std::string* other) { return one && other ? *one == *other : one == other; }

const HashedKey* hashed_key(const RecordType& type, std::string_view field) {
  const auto found = std::find_if(type.hashed_keys.begin(), type.hashed_keys.end(),
                                  [&](const HashedKey& hashed) { return hashed.key == field; });
  return found == type.hashed_keys.end() ? nullptr : &*found;
}

}  // namespace

RowFault detail::fault_of_sealing(const FieldProtection& protection, const RecordType& type, const void* stored,
                                  const void* read) {
  if (key_without_value(type, read)) return RowFault::taken_out;
  if (protection.up_to_date(type, stored)) return RowFault::none;
  if (text_in(*type.sealed_fields, stored)) return RowFault::other_sealing;
  return has_medical_fields(type, stored) ? RowFault::not_encrypted : RowFault::not_sealed;
}

bool detail::same_keys(const FieldProtection& protection, const RecordType& type, const void* stored,
                       const void* keyed) {
  for (const auto& field : type.description->fields) {
    if (field.rule->exposure != Exposure::internal || field.type->bare().kind != TypeKind::text) continue;
    if (&field == type.sealed_fields) continue;
    const auto *is = text_in(field, stored), *would_be = text_in(field, keyed);
    if (const auto* hashed = hashed_key(type, field.name)) {
      if (!would_be) continue;
      const auto forms = protection.stored_forms(*hashed, *would_be);
      if (!is || std::find(forms.begin(), forms.end(), *is) == forms.end()) return false;
    } else if (!same(is, would_be)) {
      return false;
    }
  }
  return true;
}

bool mendable(RowFault fault) {
  switch (fault) {
    case RowFault::none:
    case RowFault::damaged:
    case RowFault::taken_out:
      return false;
    case RowFault::not_encrypted:
    case RowFault::not_sealed:
    case RowFault::other_sealing:
    case RowFault::other_keys:
      break;
  }
  return true;
}

}  // namespace clinic
