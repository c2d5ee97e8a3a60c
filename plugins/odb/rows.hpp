#pragma once

/// \file
/// Results that are not records. A statement that is made at run time fills the columns of `Row`.

#include "record_operations.hpp"

#include <array>
#include <string>
#include <vector>

namespace clinic::mapping {
namespace {

inline constexpr std::array row_texts{&Row::text_0, &Row::text_1, &Row::text_2, &Row::text_3,
                                      &Row::text_4, &Row::text_5, &Row::text_6, &Row::text_7};
inline constexpr std::array row_integers{&Row::integer_0, &Row::integer_1, &Row::integer_2, &Row::integer_3,
                                         &Row::integer_4, &Row::integer_5, &Row::integer_6, &Row::integer_7};

/// Assigns the columns of Row to expressions, in the order in which these are added.
class RowColumns {
 public:
  struct Column {
    bool text;
    std::size_t index;

    clinic_value value_in(const Row& row) const {
      if (text) {
        const auto& held = row.*row_texts[index];
        return held ? detail::text_value(*held) : clinic_value{};
      }
      const auto& held = row.*row_integers[index];
      return held ? detail::integer_value(*held) : clinic_value{};
    }
  };

  Column add_text(std::string expression) { return add(texts_, row_texts.size(), true, std::move(expression)); }
  /// The columns of Row are BIGINTs. Without the cast PostgreSQL sends an INTEGER in half as many bytes, and a SUM as a
  /// NUMERIC.
  Column add_integer(const std::string& expression) {
    return add(integers_, row_integers.size(), false, "CAST(" + expression + " AS " + Driver::cast_integer + ")");
  }

  /// SELECT and its list.
  std::string select_list() const {
    std::string list = "SELECT ";
    for (std::size_t i = 0; i < row_texts.size(); ++i)
      list += (i ? ", " : "") + (i < texts_.size() ? texts_[i] : "NULL");
    for (std::size_t i = 0; i < row_integers.size(); ++i)
      list += ", " + (i < integers_.size() ? integers_[i] : "NULL");
    return list;
  }

 private:
  static Column add(std::vector<std::string>& to, std::size_t most, bool text, std::string expression) {
    if (to.size() == most)
      throw Failure::refused("an aggregate has at most " + std::to_string(row_texts.size()) + " texts and " +
                             std::to_string(row_integers.size()) + " integers");
    to.push_back(std::move(expression));
    return {text, to.size() - 1};
  }

  std::vector<std::string> texts_, integers_;
};

/// The integer that a statement answers, which is run once. Nothing when it is NULL.
inline std::optional<std::int64_t> query_integer(Driver::Database& database, const std::string& expression,
                                                 const std::string& rest) {
  RowColumns columns;
  columns.add_integer(expression);
  Row row;
  odb::result<Row> rows = database.query<Row>(columns.select_list() + " " + rest);
  auto first = rows.begin();
  if (first == rows.end()) return std::nullopt;
  first.load(row);
  return row.integer_0;
}

}  // namespace
}  // namespace clinic::mapping
