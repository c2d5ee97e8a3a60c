#pragma once

/// \file
/// Registrations that the SDK has made and that the bare side repeats.

#include "bare.hpp"
#include "folder.hpp"
#include "people.hpp"
#include "ways.hpp"

namespace clinic::bench {

/// A database in which the SDK registered `count` people, and the transaction that it logged for one of them.
struct Registered {
  Registered(const Folder& folder, std::size_t count, bool with_account) : file(folder.file("source")) {
    {
      CppWay way(file, "?synchronous=normal");
      for (std::size_t i = 0; i < count; ++i)
        way.desk.patients().register_patient(person(i, with_account));
    }
    Traced traced(file);
    traced.desk().patients().register_patient(person(count, with_account));
    transaction = transaction_with(
        traced.during([&](const Session& desk) { desk.patients().register_patient(person(count + 1, with_account)); }),
        "INSERT INTO \"patients\"");
  }
  std::string file;
  Statements transaction;
};

/// An empty database with the SDK's tables.
inline std::string empty_database(const Folder& folder, const std::string& name) {
  const auto file = folder.file(name);
  CppWay way(file);
  return file;
}

/// The rows of one record type in the order of insertion.
template <class Record>
std::vector<Record> all_records(Store& store) {
  Transaction transaction(store, Access::read);
  return Repository<Record>(transaction).select(Query<Record>().order_by(&Record::id));
}

}  // namespace clinic::bench
