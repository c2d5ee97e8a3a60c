#include "support/bare_client.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace clinic::test {
namespace {

template <auto close>
struct Closer {
  template <class Handle>
  void operator()(Handle* handle) const {
    close(handle);
  }
};
using Database = std::unique_ptr<sqlite3, Closer<sqlite3_close>>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer<sqlite3_finalize>>;

boost::json::value value_of(sqlite3_stmt* row, int column) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(row, column));
    default:
      return boost::json::string(reinterpret_cast<const char*>(sqlite3_column_text(row, column)),
                                 static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
  }
}

boost::json::object object_of(sqlite3_stmt* row) {
  boost::json::object object;
  for (int column = 0; column < sqlite3_column_count(row); ++column)
    object[sqlite3_column_name(row, column)] = value_of(row, column);
  return object;
}

[[noreturn]] void fail(sqlite3* database) { throw std::runtime_error(sqlite3_errmsg(database)); }

class BareSqlite final : public BareClient {
 public:
  explicit BareSqlite(std::string file) : file_(std::move(file)) {}

  boost::json::array rows(const std::string& sql) override {
    sqlite3* opened = nullptr;
    const int answer = sqlite3_open_v2(file_.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    Database database(opened);
    if (answer != SQLITE_OK) fail(opened);
    sqlite3_busy_timeout(opened, 10000);
    boost::json::array rows;
    for (const char* rest = sql.c_str(); *rest;) {
      sqlite3_stmt* prepared = nullptr;
      if (sqlite3_prepare_v2(opened, rest, -1, &prepared, &rest) != SQLITE_OK) fail(opened);
      Statement statement(prepared);
      if (!prepared) break;  // only white space was left
      rows.clear();
      int step;
      while ((step = sqlite3_step(prepared)) == SQLITE_ROW)
        rows.push_back(object_of(prepared));
      if (step != SQLITE_DONE) fail(opened);
    }
    return rows;
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<BareClient> bare_sqlite(const std::string& file) { return std::make_unique<BareSqlite>(file); }

}  // namespace clinic::test
