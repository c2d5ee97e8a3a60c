#pragma once

/// \file
/// A transaction that the SDK logged, repeated through a bare client library with the values that the SDK stored.

#include "bare_server.hpp"
#include "captured.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::bench {

/// A place for a value in a statement of the transaction.
struct Slot {
  const std::string& sql;
  std::string table;
  std::string column;
  std::size_t row;   ///< how many rows the statements of this form have written before it in the transaction
  std::size_t rows;  ///< how many they write
};

/// The field of a record, as its client takes it.
Parameter field_of(std::string_view table, const void* record, std::string_view field);

class BareTransaction {
 public:
  /// `transaction` has BEGIN, COMMIT, and statements that write. `value` answers what belongs into a slot in that run.
  BareTransaction(BareServer& server, const Statements& transaction, std::size_t runs,
                  const std::function<Parameter(const Slot&, std::size_t run)>& value);

  void run(std::size_t i);

 private:
  struct Step {
    std::string sql;
    std::size_t prepared = 0;
    std::vector<Parameters> runs{};  ///< none: a statement without parameters
  };
  BareServer& server_;
  std::vector<Step> steps_;
};

/// The table that an INSERT, an UPDATE or a DELETE writes; empty for other statements.
std::string table_of(const std::string& sql);

}  // namespace clinic::bench
