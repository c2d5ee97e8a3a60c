#include "default_text.hpp"

#include <cstdint>

namespace clinic::docs {

std::string default_text(const TypeDescription& type, const void* value) {
  switch (type.kind) {
    case TypeKind::text: {
      const auto& text = *static_cast<const std::string*>(value);
      return text.empty() ? std::string() : "\"" + text + "\"";
    }
    case TypeKind::integer:
      return std::to_string(*static_cast<const std::int64_t*>(value));
    case TypeKind::boolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case TypeKind::word:
      return "\"" + std::string(type.words[static_cast<std::size_t>(type.get_word(value))]) + "\"";
    case TypeKind::json:
      return static_cast<const Json*>(value)->text;
    case TypeKind::optional: {
      const auto* held = type.held(value);
      return held ? default_text(*type.element, held) : std::string();
    }
    case TypeKind::list: {
      std::string list;
      for (std::size_t i = 0; i < type.size(value); ++i)
        list += (i == 0 ? "" : ", ") + default_text(*type.element, type.at(value, i));
      return "[" + list + "]";
    }
    default:
      return {};
  }
}

std::string type_text(const TypeDescription& type) {
  switch (type.kind) {
    case TypeKind::text:
      return "text";
    case TypeKind::integer:
      return "integer";
    case TypeKind::boolean:
      return "true/false";
    case TypeKind::timestamp:
      return "time";
    case TypeKind::date:
      return "YYYY-MM-DD";
    case TypeKind::json:
      return "JSON object";
    case TypeKind::object: {
      std::string members;
      for (const auto& field : type.fields)
        members += (members.empty() ? "" : ", ") + std::string(field.name);
      return "{" + members + "}";
    }
    case TypeKind::word: {
      std::string words;
      for (auto word : type.words)
        words += (words.empty() ? "" : " | ") + std::string(word);
      return words;
    }
    case TypeKind::optional:
    case TypeKind::patch:
      return type_text(*type.element);
    case TypeKind::list:
      return "list of " + type_text(*type.element);
  }
  return {};
}

}  // namespace clinic::docs
