#include "support/json_match.hpp"

#include <charconv>
#include <regex>
#include <stdexcept>

namespace clinic::test {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

const json::value& variable(const Variables& variables, std::string_view path) {
  const auto dot = path.find('.');
  const auto* found = variables.if_contains(path.substr(0, dot));
  if (found && dot != path.npos) found = at_path(*found, path.substr(dot + 1));
  if (!found) throw std::runtime_error("there is no variable " + std::string(path));
  return *found;
}

std::string as_text(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

json::value substituted_text(std::string_view text, const Variables& variables) {
  std::string out;
  for (;;) {
    const auto begin = text.find("${");
    const auto end = begin == text.npos ? begin : text.find('}', begin);
    if (end == text.npos) return json::string(out.append(text));
    const auto& value = variable(variables, text.substr(begin + 2, end - begin - 2));
    if (out.empty() && begin == 0 && end + 1 == text.size()) return value;
    out.append(text.substr(0, begin)).append(as_text(value));
    text.remove_prefix(end + 1);
  }
}

Lines one(const std::string& path, const std::string& what) {
  return {(path.empty() ? "the answer" : path) + " " + what};
}

Lines contained(const json::array& expected, const json::value& actual, const std::string& path) {
  if (!actual.is_array()) return one(path, "is no list: " + json::serialize(actual));
  Lines lines;
  for (const auto& wanted : expected) {
    bool found = false;
    for (const auto& element : actual.as_array())
      found = found || differences(wanted, &element).empty();
    if (!found) lines.push_back(path + " holds no " + json::serialize(wanted) + ": " + json::serialize(actual));
  }
  return lines;
}

/// `{"$matches":"^P"}` and its like.
Lines matcher(std::string_view name, const json::value& argument, const json::value* actual, const std::string& path) {
  if (name == "$absent") return actual ? one(path, "is there: " + json::serialize(*actual)) : Lines();
  if (!actual) return one(path, "is missing");
  const auto found = json::serialize(*actual);
  if (name == "$any") return actual->is_null() ? one(path, "is null") : Lines();
  if (name == "$not")
    return differences(argument, actual).empty() ? one(path, "is what it must not be: " + found) : Lines();
  if (name == "$contains") return contained(argument.as_array(), *actual, path);
  if (name == "$length") {
    const auto length = actual->is_array()    ? actual->as_array().size()
                        : actual->is_string() ? actual->as_string().size()
                                              : 0;
    return length == argument.to_number<std::size_t>() ? Lines() : one(path, "has another length: " + found);
  }
  if (name == "$matches") {
    const std::regex pattern{std::string(argument.as_string())};
    return actual->is_string() && std::regex_search(std::string(actual->as_string()), pattern)
               ? Lines()
               : one(path, "does not match " + std::string(argument.as_string()) + ": " + found);
  }
  throw std::runtime_error("there is no matcher " + std::string(name));
}

}  // namespace

const json::value* at_path(const json::value& value, std::string_view path) {
  if (path.empty()) return &value;
  const auto dot = path.find('.');
  const auto name = path.substr(0, dot);
  const json::value* found = nullptr;
  if (value.is_object()) {
    found = value.as_object().if_contains(name);
  } else if (value.is_array()) {
    std::size_t index = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
    if (parsed.ec == std::errc()) found = value.as_array().if_contains(index);
  }
  return found && dot != path.npos ? at_path(*found, path.substr(dot + 1)) : found;
}

json::value substituted(const json::value& value, const Variables& variables) {
  if (value.is_string()) return substituted_text(value.as_string(), variables);
  if (value.is_array()) {
    json::array out;
    for (const auto& element : value.as_array())
      out.push_back(substituted(element, variables));
    return out;
  }
  if (!value.is_object()) return value;
  json::object out;
  for (const auto& [key, member] : value.as_object())
    out[key] = substituted(member, variables);
  return out;
}

Lines differences(const json::value& expected, const json::value* actual, const std::string& path) {
  if (const auto* object = expected.if_object()) {
    if (object->size() == 1 && object->begin()->key().starts_with('$'))
      return matcher(object->begin()->key(), object->begin()->value(), actual, path);
    if (!actual || !actual->is_object())
      return one(path, "is no object: " + (actual ? json::serialize(*actual) : "missing"));
    Lines lines;
    for (const auto& [key, member] : *object)
      for (auto& line : differences(member, actual->as_object().if_contains(key),
                                    path.empty() ? std::string(key) : path + "." + std::string(key)))
        lines.push_back(std::move(line));
    return lines;
  }
  if (!actual) return one(path, "is missing");
  if (const auto* list = expected.if_array()) {
    const auto* found = actual->if_array();
    if (!found || found->size() != list->size())
      return one(path, "is no list of " + std::to_string(list->size()) + ": " + json::serialize(*actual));
    Lines lines;
    for (std::size_t i = 0; i < list->size(); ++i)
      for (auto& line : differences((*list)[i], &(*found)[i], path + "." + std::to_string(i)))
        lines.push_back(std::move(line));
    return lines;
  }
  if (expected == *actual) return {};
  return one(path, "is " + json::serialize(*actual) + ", not " + json::serialize(expected));
}

}  // namespace clinic::test
