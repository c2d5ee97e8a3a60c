#pragma once

/// \file
/// All record types at run time: what was declared of them, and how the storage line sees them.

#include "records/records.hpp"

#include <clinic/description.hpp>
#include <clinic/plugin/storage.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// A record of any type.
using Object = std::unique_ptr<void, void (*)(void*)>;

/// A record type and its declaration.
struct RecordType {
  std::uint32_t index;                 ///< in the record model
  const TypeDescription* description;  ///< its name and fields
  const clinic_record_type* stored;    ///< as the storage line sees it
  std::string_view table;
  std::string_view resource;
  std::span<const Constraint> constraints;
  const Constraint* primary_key;  ///< null where two rows with one id mean nothing of their own
  std::span<const Reference> references;
  Retention retention;
  bool in_backups;
  std::vector<const FieldDescription*> medical_fields;
  const FieldDescription* sealed_fields;  ///< null where no field is medical
  SealedForm sealed_form;
  std::span<const HashedKey> hashed_keys;

  std::string_view name() const { return description->name; }
  const std::string& id_of(const void* object) const;
  /// The index of a field of that name in the record model.
  std::uint32_t field_index(std::string_view field) const;
  Object fresh() const { return {description->create(), description->destroy}; }
};

/// In the order of `Records`. Constant; lives as long as the process.
std::span<const RecordType> record_types();
template <class Record>
const RecordType& type_of() {
  return record_types()[record_index<Record>];
}
/// The type of that name, or null.
const RecordType* record_type(std::string_view name);

/// The text in a field that is a text or an optional one; null where there is none.
const std::string* text_in(const FieldDescription& field, const void* record);
/// Sets such a field.
void set_text(const FieldDescription& field, void* record, std::string text);

/// All records as the plugin line sees them. Made once; lives as long as the process.
const clinic_model& record_model();

namespace detail {
/// The index of the field that begins at that offset of a record.
std::uint32_t field_at(std::uint32_t record, std::size_t offset);
}  // namespace detail

}  // namespace clinic
