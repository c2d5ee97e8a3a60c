#include "bare_transaction.hpp"

#include "records/record_model.hpp"

#include <map>
#include <regex>
#include <stdexcept>

namespace clinic::bench {
namespace {

std::vector<std::string> all_matches(const std::string& text, const std::regex& what) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

bool is_parameter(const std::string& value) { return value.starts_with('?') || value.starts_with('$'); }

/// A column for each parameter, and the row of the statement to which it belongs.
struct Place {
  std::string column;
  std::size_t row;
};

std::vector<Place> places_in(const std::string& sql) {
  static const std::regex compared(R"re(["`](\w+)["`]\s*=\s*[?$])re"), listed(R"re(["`](\w+)["`])re"),
      value(R"re(([?$]\d*|\w+)\s*[,)])re");
  std::vector<Place> places;
  if (!sql.starts_with("INSERT")) {
    for (auto& column : all_matches(sql, compared))
      places.push_back({std::move(column), 0});
    return places;
  }
  const auto open = sql.find('('), values = sql.find("VALUES");
  const auto columns = all_matches(sql.substr(open, values - open), listed),
             given = all_matches(sql.substr(values), value);
  for (std::size_t i = 0; i < given.size(); ++i)  // a first version is a literal
    if (is_parameter(given[i])) places.push_back({columns[i % columns.size()], i / columns.size()});
  return places;
}

std::size_t rows_written(const std::string& sql) {
  return sql.starts_with("INSERT") ? places_in(sql).back().row + 1 : 1;
}

}  // namespace

Parameter parameter(const clinic_value& value) {
  Parameter made;
  made.null = value.kind == CLINIC_NULL;
  made.is_integer = value.kind == CLINIC_INT;
  if (made.is_integer) made.text = std::to_string(made.integer = value.as.integer);
  if (value.kind == CLINIC_TEXT) made.text.assign(value.as.text.data, value.as.text.size);
  return made;
}

std::string table_of(const std::string& sql) {
  static const std::regex written(R"re((?:INSERT INTO|UPDATE|DELETE FROM) ["`](\w+)["`][\s\S]*)re");
  std::smatch match;
  return std::regex_match(sql, match, written) ? match[1].str() : std::string();
}

Parameter field_of(std::string_view table, const void* record, std::string_view field) {
  for (const auto& type : record_types()) {
    if (type.table != table || !type.description->field(field)) continue;
    clinic_value value{};
    type.stored->get(record, type.field_index(field), &value);
    return parameter(value);
  }
  throw std::runtime_error("no table has " + std::string(table) + '.' + std::string(field));
}

BareTransaction::BareTransaction(BareServer& server, const Statements& transaction, std::size_t runs,
                                 const std::function<Parameter(const Slot&, std::size_t run)>& value)
    : server_(server) {
  // INSERTs of a table may have different numbers of rows; other statements write one each.
  const auto form_of = [](const std::string& sql) { return sql.starts_with("INSERT") ? table_of(sql) : sql; };
  std::map<std::string, std::size_t> prepared, written, before;
  for (const auto& sql : transaction)
    written[form_of(sql)] += rows_written(sql);
  for (const auto& sql : transaction) {
    const auto table = table_of(sql);
    auto& step = steps_.emplace_back(Step{sql});
    if (table.empty()) continue;
    if (const auto [known, first] = prepared.try_emplace(sql); first) known->second = server.prepare(sql);
    step.prepared = prepared.at(sql);
    const auto places = places_in(sql);
    const auto form = form_of(sql);
    for (std::size_t run = 0; run < runs; ++run) {
      auto& parameters = step.runs.emplace_back();
      for (const auto& place : places)
        parameters.push_back(value({sql, table, place.column, before[form] + place.row, written[form]}, run));
    }
    before[form] += rows_written(sql);
  }
}

void BareTransaction::run(std::size_t i) {
  for (const auto& step : steps_) {
    if (step.runs.empty())
      server_.run(step.sql);
    else
      server_.execute(step.prepared, step.runs.at(i));
  }
}

}  // namespace clinic::bench
