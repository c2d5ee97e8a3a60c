#include "meta/json_object.hpp"

#include "meta/json.hpp"

namespace clinic {
namespace {

struct Write {
  std::string& json;

  void operator()(std::monostate) const {}
  void operator()(std::string_view text) const { write_json_string(text, json); }
  void operator()(std::int64_t number) const { json += std::to_string(number); }
  void operator()(bool value) const { json += value ? "true" : "false"; }
  void operator()(std::span<const std::string_view> names) const {
    json += '[';
    for (const auto& name : names) {
      if (&name != names.data()) json += ',';
      write_json_string(name, json);
    }
    json += ']';
  }
};

}  // namespace

std::string json_object(std::initializer_list<std::pair<std::string_view, JsonValue>> members) {
  std::string json = "{";
  for (const auto& [key, value] : members) {
    if (std::holds_alternative<std::monostate>(value.get())) continue;
    if (json.size() > 1) json += ',';
    write_json_string(key, json);
    json += ':';
    std::visit(Write{json}, value.get());
  }
  return json += '}';
}

}  // namespace clinic
