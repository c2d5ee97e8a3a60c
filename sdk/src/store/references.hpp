#pragma once

/// \file
/// What becomes of records when a record that they refer to changes, as they declare it.

#include "store/store.hpp"

#include <map>
#include <string>

namespace clinic {

/// Ids of before, and what they became.
using NewIds = std::map<std::string, std::string>;

/// To be called in the transaction in which users get other ids: the records that refer to them follow, or go, as they
/// declare it (`OnRekey`). Throws StorageError.
void users_rekeyed(Transaction& transaction, const NewIds& ids);

/// To be called in the transaction in which a patient is merged into another: the records that refer to it follow, or
/// go, as they declare it (`OnMerge`). What the two have to be combined of is for the caller. Throws StorageError.
void patient_merged(Transaction& transaction, const std::string& id, const std::string& survivor);

/// Calls `found(id, reference)` for each row of the type that refers to a patient or a user who is not there, though
/// the row would have gone with that person, and `unreadable` for each row that holds what no record can hold. Looks at
/// no type whose rows belong to nobody. Reads a page at a time. Throws StorageError.
void each_dangling(Transaction& transaction, const RecordType& type,
                   FunctionRef<void(const std::string& id, const Reference& reference)> found,
                   FunctionRef<void(const std::string& id)> unreadable);

}  // namespace clinic
