#include "request_json.hpp"

#include <clinic/error.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace clinic::http {
namespace {

using bindings::Field;
using bindings::FieldType;

constexpr std::string_view space = " \t\r\n";

std::string quoted(std::string_view text) { return boost::json::serialize(boost::json::string_view(text)); }

/// Whether JSON would have it as an integer.
bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || (text.size() > 1 && text.front() == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A text as a JSON value of the field's type where it can be one, else as a text, which the SDK then refuses.
std::string value_of(const Field* field, std::string_view text) {
  if (!field) return quoted(text);
  switch (field->type) {
    case FieldType::integer:
      return is_integer(text) ? std::string(text) : quoted(text);
    case FieldType::boolean:
      return text == "true" || text == "false" ? std::string(text) : quoted(text);
    case FieldType::list:
      return field->element.empty() ? quoted(text) : value_of(&field->element.front(), text);
    default:
      return quoted(text);
  }
}

/// The members of a JSON object as text.
class Members {
 public:
  void add(std::string_view name, std::string_view json) {
    if (!text_.empty()) text_ += ',';
    text_.append(quoted(name)).append(":").append(json);
  }
  void add_all_of(std::string_view object) {
    object = object.substr(1, object.size() - 2);
    if (object.empty()) return;
    if (!text_.empty()) text_ += ',';
    text_ += object;
  }
  /// As an object, behind the members of another one that is not parsed yet. The others stay where they are, so an
  /// error tells the right byte.
  std::string behind(std::string_view body) const {
    const auto first = body.find_first_not_of(space);
    if (first == body.npos) return "{" + text_ + "}";
    const auto last = body.find_last_not_of(space);
    if (text_.empty() || body[first] != '{' || body[last] != '}' || first == last) return std::string(body);
    const bool empty = body.find_first_not_of(space, first + 1) == last;
    std::string out(body.substr(0, last));
    return out.append(empty ? "" : ",").append(text_).append(body.substr(last));
  }

 private:
  std::string text_;
};

[[noreturn]] void refuse_secret(const std::string& name) {
  throw Error(ErrorCode::validation_failed, {},
              {{name, "not_applicable", "`" + name + "` is a secret: send it in the body, not in the address."}});
}

}  // namespace

RequestJson::RequestJson(const std::vector<Alias>& field_aliases) {
  for (const auto& alias : field_aliases)
    aliases_.emplace(alias.alias, alias.name);
}

const Field* RequestJson::field(const bindings::Operation& operation, std::string_view name) const {
  if (const auto* own = bindings::find_field(operation.request, name)) return own;
  const auto [begin, end] = aliases_.equal_range(name);
  for (auto alias = begin; alias != end; ++alias)
    if (const auto* meant = bindings::find_field(operation.request, alias->second)) return meant;
  return nullptr;
}

std::string RequestJson::make(const Place& place, const std::vector<std::string>& path, const Pairs& query,
                              const Pairs& in_headers, std::string_view body) const {
  Members members;
  members.add_all_of(place.route.with);
  for (std::size_t i = 0; i < path.size(); ++i)
    members.add(place.parameters[i], value_of(field(*place.operation, place.parameters[i]), path[i]));
  for (const auto& [name, text] : in_headers)
    members.add(name, value_of(field(*place.operation, name), text));
  std::vector<std::pair<std::string_view, std::string>> lists;  // a list's name may stand there several times
  for (const auto& [name, text] : query) {
    const auto* meant = field(*place.operation, name);
    if (meant && meant->secret) refuse_secret(name);
    auto value = value_of(meant, text);
    if (!meant || meant->type != FieldType::list) {
      members.add(name, value);
      continue;
    }
    const auto known = std::find_if(lists.begin(), lists.end(), [&](const auto& list) { return list.first == name; });
    if (known == lists.end())
      lists.emplace_back(name, std::move(value));
    else
      known->second.append(",").append(value);
  }
  for (const auto& [name, values] : lists)
    members.add(name, "[" + values + "]");
  return members.behind(body);
}

}  // namespace clinic::http
