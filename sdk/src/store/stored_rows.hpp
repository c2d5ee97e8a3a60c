#pragma once

/// \file
/// Rows of any record type as they are stored: what is encrypted stays encrypted.

#include "store/store.hpp"

#include <span>
#include <vector>

namespace clinic {

/// The rows that match. Throws StorageError.
std::vector<Object> stored_rows(Transaction& transaction, const RecordType& type, std::span<const clinic_term> terms);

/// All rows in the order of their ids, a page at a time; `look` may read other rows. Answers how many there are. Throws
/// StorageError.
std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look);

}  // namespace clinic
