#pragma once

/// \file
/// The bare SQLite C API: prepared statements, values bound, columns read; nothing around it.

#include "bare_server.hpp"
#include "captured.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

namespace clinic::bench {

/// A value of a row, ready to be bound.
struct Cell {
  int type = SQLITE_NULL;
  std::int64_t integer = 0;
  std::string text{};
};
using Row = std::vector<Cell>;

class BareDatabase {
 public:
  /// With the pragmas of the SDK's plugin: WAL and, unless told otherwise, synchronous=FULL.
  explicit BareDatabase(const std::string& file, const std::string& synchronous = "FULL");
  ~BareDatabase();
  BareDatabase(const BareDatabase&) = delete;
  BareDatabase& operator=(const BareDatabase&) = delete;

  sqlite3_stmt* prepare(const std::string& sql);
  std::vector<Row> select(const std::string& sql);
  std::string query_plan(const std::string& sql);

  /// The value stays where it is until the statement has run.
  void bind(sqlite3_stmt* statement, int place, const Cell& cell);
  void bind(sqlite3_stmt* statement, int place, const Parameter& parameter);
  /// Runs a statement that answers no row, and resets it.
  void execute(sqlite3_stmt* statement);
  /// Runs a select, reads every column of every row in place (nothing is copied), and resets it.
  std::int64_t read_all(sqlite3_stmt* statement);

 private:
  void must(int code, int expected = SQLITE_OK);
  sqlite3* database_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

/// A captured transaction of INSERTs, prepared, with the values that the SDK stored when it ran it.
class BareInserts {
 public:
  /// `source` is a database in which the SDK ran the transaction: the rows of its i-th run are the i-th of their table
  /// (or the i-th pair, where the transaction inserts two).
  BareInserts(BareDatabase& target, BareDatabase& source, const Statements& transaction);

  std::size_t runs() const { return runs_; }
  /// The i-th run. `leave_out` names tables whose rows are not written, to see what they cost.
  void run(std::size_t i, const std::vector<std::string>& leave_out = {});

 private:
  struct Insert {
    sqlite3_stmt* statement;
    std::string table;
    std::vector<Row> rows;
  };
  BareDatabase& target_;
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr;
  std::vector<Insert> inserts_;
  std::size_t runs_ = 0;
};

/// A captured transaction that reads, prepared; every text parameter is bound to the same text, the last (LIMIT) to a
/// number.
class BareReads {
 public:
  BareReads(BareDatabase& database, const Statements& transaction) : database_(database) {
    for (const auto& sql : transaction)
      steps_.push_back({database.prepare(sql), sql.starts_with("SELECT")});
  }
  /// `parameters` are those of the one select among the statements.
  void run(const Row& parameters) {
    for (const auto& step : steps_) {
      if (!step.reads) {
        database_.execute(step.statement);
        continue;
      }
      for (std::size_t i = 0; i < parameters.size(); ++i)
        database_.bind(step.statement, static_cast<int>(i) + 1, parameters[i]);
      sum_ += database_.read_all(step.statement);
    }
  }
  std::int64_t sum() const { return sum_; }

 private:
  struct Step {
    sqlite3_stmt* statement;
    bool reads;
  };
  BareDatabase& database_;
  std::vector<Step> steps_;
  std::int64_t sum_ = 0;
};

inline Cell text(std::string value) { return {SQLITE_TEXT, 0, std::move(value)}; }
inline Cell integer(std::int64_t value) { return {SQLITE_INTEGER, value}; }

}  // namespace clinic::bench
