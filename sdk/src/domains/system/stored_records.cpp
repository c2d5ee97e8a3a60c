#include "domains/system/stored_records.hpp"

#include "domains/people/people.hpp"

#include <algorithm>
#include <tuple>

namespace clinic {
namespace {

/// Of one that is no damaged one.
template <class Record>
RowFault fault_of_sealing(const FieldProtection& protection, const Record& stored) {
  if (protection.up_to_date(stored)) return RowFault::none;
  if (stored.sealed_fields) return RowFault::other_sealing;
  return has_medical_fields(stored) ? RowFault::not_encrypted : RowFault::not_sealed;
}

bool has_keys(const FieldProtection& protection, const Patient& stored, const Patient& read) {
  auto keyed = read;
  set_text_keys(keyed);
  if (std::tie(keyed.name_key, keyed.last_name_key, keyed.email_key) !=
      std::tie(stored.name_key, stored.last_name_key, stored.email_key))
    return false;
  if (!keyed.national_id_key) return true;
  const auto forms = protection.stored_national_id_keys(*keyed.national_id_key);
  return std::find(forms.begin(), forms.end(), stored.national_id_key) != forms.end();
}

}  // namespace

RowFault fault_of(const FieldProtection& protection, const Patient& stored) {
  auto read = stored;
  protection.unseal(read);
  if (read.sealed_fields) return fields_taken_out(read) ? RowFault::taken_out : RowFault::damaged;
  if (stored.national_id_key && !read.national_id) return RowFault::taken_out;
  if (const auto fault = fault_of_sealing(protection, stored); fault != RowFault::none) return fault;
  return has_keys(protection, stored, read) ? RowFault::none : RowFault::other_keys;
}

RowFault fault_of(const FieldProtection& protection, const MedicalHistory& stored) {
  auto read = stored;
  protection.unseal(read);
  return read.sealed_fields ? RowFault::damaged : fault_of_sealing(protection, stored);
}

RowFault fault_of(const FieldProtection&, const User& stored) {
  auto keyed = stored;
  set_text_keys(keyed);
  return std::tie(keyed.name_key, keyed.username_key, keyed.email_key) ==
                 std::tie(stored.name_key, stored.username_key, stored.email_key)
             ? RowFault::none
             : RowFault::other_keys;
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
