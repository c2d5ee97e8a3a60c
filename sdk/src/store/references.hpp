#pragma once

/// \file
/// What becomes of records when a record that they refer to changes, as they declare it.

#include "store/store.hpp"

#include <string>

namespace clinic {

/// To be called in the transaction in which a user gets another id: the records that refer to it follow, or go, as they
/// declare it (`OnRekey`). Throws StorageError.
void user_rekeyed(Transaction& transaction, const std::string& old_id, const std::string& new_id);

/// A field that refers to a person, or to the account of one, who is not there.
struct Dangling {
  const RecordType* type;
  std::string id;
  const Reference* reference;
};

/// The first one found among all records of a type that must not outlive the person; none where all is right. Reads a
/// page at a time.
std::optional<Dangling> first_dangling(Transaction& transaction, const RecordType& type);

}  // namespace clinic
