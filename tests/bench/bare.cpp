#include "bare.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace clinic::bench {
namespace {

/// What stands between two places of a statement.
std::string between(const std::string& sql, char begin, char end) {
  const auto from = sql.find(begin);
  const auto to = sql.find(end, from + 1);
  if (from == sql.npos || to == sql.npos) throw std::runtime_error("an INSERT of another form: " + sql);
  return sql.substr(from + 1, to - from - 1);
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts(1);
  for (char c : list)
    if (c == ',')
      parts.emplace_back();
    else if (c != ' ' && c != '\n')
      parts.back() += c;
  return parts;
}

/// The columns of an INSERT whose value is a parameter; ODB writes a first version as a literal.
std::string bound_columns(const std::string& sql) {
  const auto columns = parts_of(between(sql, '(', ')')),
             values = parts_of(between(sql.substr(sql.find("VALUES")), '(', ')'));
  std::string bound;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (values.at(i).starts_with('?')) bound += (bound.empty() ? "" : ", ") + columns[i];
  return bound;
}

Cell column(sqlite3_stmt* statement, int i) {
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return integer(sqlite3_column_int64(statement, i));
    case SQLITE_NULL:
      return {};
    default:
      return text({reinterpret_cast<const char*>(sqlite3_column_text(statement, i)),
                   static_cast<std::size_t>(sqlite3_column_bytes(statement, i))});
  }
}

}  // namespace

BareDatabase::BareDatabase(const std::string& file, const std::string& synchronous) {
  must(sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
  for (const auto& pragma : {std::string("PRAGMA journal_mode=WAL"), "PRAGMA synchronous=" + synchronous})
    must(sqlite3_exec(database_, pragma.c_str(), nullptr, nullptr, nullptr));
  sqlite3_busy_timeout(database_, 10000);
}

BareDatabase::~BareDatabase() {
  for (auto* statement : statements_)
    sqlite3_finalize(statement);
  sqlite3_close(database_);
}

void BareDatabase::must(int code, int expected) {
  if (code != expected) throw std::runtime_error(std::string("bare SQLite: ") + sqlite3_errmsg(database_));
}

sqlite3_stmt* BareDatabase::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  must(sqlite3_prepare_v3(database_, sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                          nullptr));
  return statements_.emplace_back(statement);
}

std::vector<Row> BareDatabase::select(const std::string& sql) {
  auto* statement = prepare(sql);
  std::vector<Row> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      row.push_back(column(statement, i));
  }
  must(sqlite3_reset(statement));
  return rows;
}

std::string BareDatabase::query_plan(const std::string& sql) {
  std::string plan;
  for (const auto& row : select("EXPLAIN QUERY PLAN " + sql))
    plan += (plan.empty() ? "" : " | ") + row.back().text;
  return plan;
}

void BareDatabase::bind(sqlite3_stmt* statement, int place, const Cell& cell) {
  if (cell.type == SQLITE_NULL)
    must(sqlite3_bind_null(statement, place));
  else if (cell.type == SQLITE_INTEGER)
    must(sqlite3_bind_int64(statement, place, cell.integer));
  else
    must(sqlite3_bind_text(statement, place, cell.text.data(), static_cast<int>(cell.text.size()), SQLITE_STATIC));
}

void BareDatabase::bind(sqlite3_stmt* statement, int place, const Parameter& parameter) {
  if (parameter.null)
    must(sqlite3_bind_null(statement, place));
  else if (parameter.is_integer)
    must(sqlite3_bind_int64(statement, place, parameter.integer));
  else
    must(sqlite3_bind_text(statement, place, parameter.text.data(), static_cast<int>(parameter.text.size()),
                           SQLITE_STATIC));
}

void BareDatabase::execute(sqlite3_stmt* statement) {
  must(sqlite3_step(statement), SQLITE_DONE);
  must(sqlite3_reset(statement));
}

std::int64_t BareDatabase::read_all(sqlite3_stmt* statement) {
  std::int64_t sum = 0;
  const int columns = sqlite3_column_count(statement);
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
          sum += sqlite3_column_int64(statement, i);
          break;
        case SQLITE_NULL:
          break;
        default:
          sum += *sqlite3_column_text(statement, i) + sqlite3_column_bytes(statement, i);
      }
    }
  }
  must(code, SQLITE_DONE);
  must(sqlite3_reset(statement));
  return sum;
}

BareInserts::BareInserts(BareDatabase& target, BareDatabase& source, const Statements& transaction) : target_(target) {
  std::map<std::string, std::size_t> of_table;
  for (const auto& sql : transaction)
    if (sql.starts_with("INSERT INTO")) ++of_table[between(sql, '"', '"')];
  std::map<std::string, std::size_t> seen;
  for (const auto& sql : transaction) {
    if (sql.starts_with("BEGIN")) {
      begin_ = target.prepare(sql);
    } else if (sql.starts_with("COMMIT")) {
      commit_ = target.prepare(sql);
    } else if (sql.starts_with("INSERT INTO")) {
      Insert insert{target.prepare(sql), between(sql, '"', '"'), {}};
      const auto all = source.select("SELECT " + bound_columns(sql) + " FROM \"" + insert.table + "\" ORDER BY rowid");
      for (std::size_t i = seen[insert.table]++; i < all.size(); i += of_table[insert.table])
        insert.rows.push_back(all[i]);
      runs_ = inserts_.empty() ? insert.rows.size() : std::min(runs_, insert.rows.size());
      inserts_.push_back(std::move(insert));
    } else {
      throw std::runtime_error("the benchmark can only repeat INSERTs, not: " + sql);
    }
  }
}

void BareInserts::run(std::size_t i, const std::vector<std::string>& leave_out) {
  target_.execute(begin_);
  for (const auto& insert : inserts_) {
    if (!leave_out.empty() && std::find(leave_out.begin(), leave_out.end(), insert.table) != leave_out.end()) continue;
    const auto& row = insert.rows.at(i);
    for (std::size_t place = 0; place < row.size(); ++place)
      target_.bind(insert.statement, static_cast<int>(place) + 1, row[place]);
    target_.execute(insert.statement);
  }
  target_.execute(commit_);
}

}  // namespace clinic::bench
