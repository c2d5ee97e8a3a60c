#include "answer_view.hpp"

#include "table.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <ostream>

namespace clinic::cli {
namespace {

namespace json = boost::json;

/// Which fields tell most about a record; the others follow in the record's own order. A field that is not here is no
/// mistake.
constexpr std::array telling_fields = {"number",     "username",      "role",       "first_name",  "last_name",
                                       "birth_date", "gender",        "phone",      "email",       "created_at",
                                       "action",     "outcome",       "error_code", "actor_name",  "actor_username",
                                       "actor_role", "resource_type", "metadata",   "resource_id", "status",
                                       "failure",    "type",          "kind",       "active",      "portal_enabled",
                                       "system",     "value",         "code",       "reason",      "id"};

std::string moment(std::string_view text) {
  // 2026-11-21T02:14:20.123Z reads better as 2026-11-21 02:14:20Z
  bool is_moment = text.size() == 24 && text[10] == 'T' && text[19] == '.' && text.back() == 'Z';
  if (!is_moment) return std::string(text);
  return std::string(text.substr(0, 10)) + " " + std::string(text.substr(11, 8)) + "Z";
}

std::string cell(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_string()) return harmless(moment(std::string_view(value.get_string())));
  return harmless(json::serialize(value));
}

bool is_empty(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty());
}

/// Whether a column says of some record that it is not what was written, or cannot be read whole.
bool warns(const json::array& records, std::string_view column) {
  if (column != "signature" && column != "medical_fields_damaged") return false;
  return std::any_of(records.begin(), records.end(), [&](const json::value& record) {
    const auto* value = record.is_object() ? record.get_object().if_contains(column) : nullptr;
    return value && (*value == true || *value == "invalid");
  });
}

std::vector<std::string> telling_columns(const json::array& records) {
  std::vector<std::string> all;
  for (const auto& record : records)
    if (record.is_object())
      for (const auto& member : record.get_object())
        if (!is_empty(member.value()) && std::find(all.begin(), all.end(), std::string(member.key())) == all.end())
          all.emplace_back(member.key());
  auto rank = [](const std::string& name) {
    return std::find(telling_fields.begin(), telling_fields.end(), name) - telling_fields.begin();
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  // Nobody may overlook it in a narrow window.
  std::stable_partition(all.begin(), all.end(), [&](const auto& name) { return warns(records, name); });
  return all;
}

void print_object(const json::object& object, std::ostream& out, std::size_t indent);

void print_member(std::string_view name, std::size_t label_width, const json::value& value, std::ostream& out,
                  std::size_t indent) {
  auto left = indent + label_width + 2;
  auto width = std::max<std::size_t>(terminal_width(), left + 20);
  out << std::string(indent, ' ') << styled(pad(name, label_width), Style::dim) << "  "
      << wrap(cell(value), width - left, left) << '\n';
}

void print_list(std::string_view name, const json::array& list, const std::vector<std::string>& columns,
                std::ostream& out) {
  if (!name.empty()) out << '\n' << styled(name, Style::bold) << '\n';
  if (const auto* first = list.front().if_object(); first && first->contains("message") && columns.empty()) {
    // A sentence is to be read whole, and not in a column.
    for (const auto& item : list) {
      print_object(item.as_object(), out, 2);
      if (&item != &list.back()) out << '\n';
    }
  } else if (first) {
    print_records(list, columns, out);
  } else {
    for (const auto& item : list)
      out << "  " << cell(item) << '\n';
  }
}

void print_object(const json::object& object, std::ostream& out, std::size_t indent) {
  std::size_t label_width = 0;
  for (const auto& member : object)
    if (!is_empty(member.value())) label_width = std::max<std::size_t>(label_width, member.key().size());
  for (const auto& member : object) {
    const auto& value = member.value();
    if (!is_empty(value) && !value.is_object() && !value.is_array())
      print_member(std::string_view(member.key()), label_width, value, out, indent);
  }
  for (const auto& member : object) {
    const auto& value = member.value();
    if (is_empty(value)) continue;
    if (value.is_object()) {
      out << '\n' << std::string(indent, ' ') << styled(std::string_view(member.key()), Style::bold) << '\n';
      print_object(value.get_object(), out, indent + 2);
    } else if (value.is_array()) {
      print_list(std::string_view(member.key()), value.get_array(), {}, out);
    }
  }
}

void print_page(const json::object& page, const std::vector<std::string>& columns, std::ostream& out) {
  const auto& items = page.at("items").as_array();
  if (items.empty())
    out << "none\n";
  else
    print_list("", items, columns, out);
  if (const auto* next = page.if_contains("next"); next && next->is_string())
    out << styled("more: --after " + harmless(std::string_view(next->get_string())), Style::dim) << '\n';
}

void write_indented(const json::value& value, std::size_t depth, std::string& out) {
  const std::string inner(2 * depth + 2, ' ');
  const std::string outer(2 * depth, ' ');
  if (value.is_object() && !value.get_object().empty()) {
    const char* before = "{\n";
    for (const auto& member : value.get_object()) {
      out += before + inner + json::serialize(member.key()) + ": ";
      write_indented(member.value(), depth + 1, out);
      before = ",\n";
    }
    out += "\n" + outer + "}";
  } else if (value.is_array() && !value.get_array().empty()) {
    const char* before = "[\n";
    for (const auto& item : value.get_array()) {
      out += before + inner;
      write_indented(item, depth + 1, out);
      before = ",\n";
    }
    out += "\n" + outer + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

void print_records(const json::array& records, const std::vector<std::string>& columns, std::ostream& out) {
  Table table;
  table.columns = columns.empty() ? telling_columns(records) : columns;
  table.right_aligned.assign(table.columns.size(), true);
  for (const auto& record : records) {
    std::vector<std::string> row;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto* value = record.is_object() ? record.get_object().if_contains(table.columns[i]) : nullptr;
      row.push_back(value ? cell(*value) : std::string());
      if (value && !value->is_null() && !value->is_number()) table.right_aligned[i] = false;
    }
    table.rows.push_back(std::move(row));
  }
  auto hidden = table.print(out, terminal_width());
  if (!hidden.empty())
    out << styled(wrap("not shown: " + join(hidden, ", ") + "; see --columns a,b,c or --json", terminal_width(), 0),
                  Style::dim)
        << '\n';
}

void print_answer(const json::value& answer, const std::vector<std::string>& columns, std::ostream& out) {
  if (!answer.is_object()) {
    out << cell(answer) << '\n';
    return;
  }
  const auto& object = answer.get_object();
  if (const auto* items = object.if_contains("items"); items && items->is_array())
    print_page(object, columns, out);
  else
    print_object(object, out, 0);
}

std::string indented(const json::value& value) {
  std::string out;
  write_indented(value, 0, out);
  return out;
}

}  // namespace clinic::cli
