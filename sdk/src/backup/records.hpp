#pragma once

/// \file
/// What of a database is in a backup, and how one row of it is written: as a list of values, in the order of the fields
/// that are named before. Values are those of the storage line: null, a whole number, or a text.

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
/// Null where backups hold no such records.
const RecordType* backup_record(std::string_view name);

/// The query without criteria.
inline clinic_query all_of(std::uint32_t record) { return {sizeof(clinic_query), record, nullptr, 0, nullptr, 0, 0}; }

/// Appends `["0190…",1,null,…]`, all fields of the type.
void write_row(const clinic_record_type& type, const void* object, std::string& out);

/// Sets the fields, given by their indexes, to the values. What is wrong with them, in a few words without a value;
/// empty: nothing.
std::string read_row(const clinic_record_type& type, std::span<const std::uint32_t> fields,
                     const boost::json::array& values, void* object);

}  // namespace clinic
