#pragma once

/// \file
/// The records in a backup, and the format of their rows. A row is a list of values, in the order of the fields that
/// are named before the rows. Values are those of the storage interface: null, an integer, or a text.

#include "records/record_model.hpp"

#include <boost/json/array.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// Those that backups hold, in the order in which they stand there.
std::span<const RecordType* const> backup_records();
/// Null if backups do not contain such records.
const RecordType* backup_record(std::string_view name);

/// A query without criteria.
inline clinic_query all_of(std::uint32_t record) { return {sizeof(clinic_query), record, nullptr, 0, nullptr, 0, 0}; }

/// Appends a row with all fields of the type: `["0190…",1,null,…]`.
void write_row(const clinic_record_type& type, const void* object, std::string& out);

/// Sets the fields, given by their indexes, to the values. Returns the problem in a few words without a value, or an
/// empty text.
std::string read_row(const clinic_record_type& type, std::span<const std::uint32_t> fields,
                     const boost::json::array& values, void* object);

}  // namespace clinic
