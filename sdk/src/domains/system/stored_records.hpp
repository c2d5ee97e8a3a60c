#pragma once

/// \file
/// What may be wrong with a row as it is stored, for system.check, which tells, and system.reencrypt, which mends.
/// Looked at are all records with medical fields or with normal forms of texts.

#include "domains/people/people.hpp"
#include "store/field_protection.hpp"

namespace clinic {

enum class RowFault {
  none,
  damaged,        ///< the encrypted fields cannot be read
  taken_out,      ///< there was a medical field by which the row is found, and there is none
  not_encrypted,  ///< medical fields in clear, though the policy encrypts
  not_sealed,     ///< nothing where encrypted fields belong: taken out, or from a version that wrote none for nothing
  other_sealing,  ///< readable, but not with the present key, or though the policy does not encrypt
  other_keys      ///< normal forms of another version
};

/// Whether storing it anew mends it, and loses nothing.
bool mendable(RowFault fault);

template <class Record>
concept HasTextKeys = requires(Record& record) {
  set_text_keys(record);
};
template <class Record>
concept Checkable = Protected<Record> || HasTextKeys<Record>;

namespace detail {

/// Of a row whose encrypted fields can be read.
RowFault fault_of_sealing(const FieldProtection& protection, const RecordType& type, const void* stored,
                          const void* read);
/// Whether the normal forms in the row are those that it would get now.
bool same_keys(const FieldProtection& protection, const RecordType& type, const void* stored, const void* keyed);

}  // namespace detail

template <Checkable Record>
RowFault fault_of(const FieldProtection& protection, const Record& stored) {
  auto read = stored;
  if constexpr (Protected<Record>) {
    protection.unseal(read);
    if (read.sealed_fields) return fields_taken_out(read) ? RowFault::taken_out : RowFault::damaged;
    if (const auto fault = detail::fault_of_sealing(protection, type_of<Record>(), &stored, &read);
        fault != RowFault::none)
      return fault;
  }
  if constexpr (HasTextKeys<Record>) {
    set_text_keys(read);
    if (!detail::same_keys(protection, type_of<Record>(), &stored, &read)) return RowFault::other_keys;
  }
  return RowFault::none;
}

/// Calls `visit(std::type_identity<Record>)` for each type that is looked at.
template <class Visit>
void each_checkable(Visit visit) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>(
      [&]<class Record>(std::type_identity<Record> type) {
        if constexpr (Checkable<Record>) visit(type);
      });
}

}  // namespace clinic
