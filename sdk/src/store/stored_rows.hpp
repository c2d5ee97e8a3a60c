#pragma once

/// \file
/// Rows of any record type as they are stored: what is encrypted stays encrypted.

#include "store/store.hpp"

#include <span>
#include <vector>

namespace clinic {

/// The rows that match. Throws StorageError.
std::vector<Object> stored_rows(Transaction& transaction, const RecordType& type, std::span<const clinic_term> terms);

/// The id of the first row behind that id; to be called while a StorageError is handled that says that the row cannot
/// be read. Throws that error again if there is no such row.
std::string unreadable_row(Transaction& transaction, const RecordType& type, const std::string& last);

/// All rows in the order of their ids, a page at a time; `look` may read other rows. `unreadable` gets the ids of rows
/// that hold what no record can hold. Answers how many there are. Throws StorageError.
std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look,
                       FunctionRef<void(const std::string& id)> unreadable);
/// The same, and throws StorageError for a row that cannot be read.
std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look);

}  // namespace clinic
