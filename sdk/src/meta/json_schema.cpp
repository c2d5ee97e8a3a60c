#include "meta/json.hpp"

#include <memory>

namespace clinic {
namespace {

/// Writes the members of a JSON object in turn.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    write_json_string(name, out_);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { write_json_string(value, member(name)); }
  void number(std::string_view name, std::int64_t value) { member(name) += std::to_string(value); }
  void flag(std::string_view name) { member(name) += "true"; }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

class Schema {
 public:
  Schema(SchemaOf direction, std::string& out) : request_(direction == SchemaOf::request), out_(out) {}

  void root(const TypeDescription& type) {
    Members members(out_);
    members.text("$schema", "https://json-schema.org/draft/2020-12/schema");
    object(type, false, members);
    members.end();
  }

 private:
  void object(const TypeDescription& type, bool nullable, Members& members) {
    members.text("title", type.name);
    kind("object", nullable, members);
    // Defaults are those of a fresh struct: said once, in C++.
    std::unique_ptr<void, void (*)(void*)> fresh(type.create(), type.destroy);
    Members properties(members.member("properties"));
    std::string required;
    for (const auto& field : type.fields) {
      if (field.rule->exposure == Exposure::internal) continue;
      Members property(properties.member(field.name));
      property.text("description", field.rule->help);
      value(*field.type, *field.rule, false, property);
      // Where nothing is given, the record's field stays; null empties it.
      if (request_ && field.type->kind == TypeKind::patch) property.flag("x-clinic-patch");
      if (request_ ? required_in_request(field, fresh.get()) : field.type->kind != TypeKind::patch) {
        required += required.empty() ? "[" : ",";
        write_json_string(field.name, required);
      } else if (request_) {
        add_default(field, fresh.get(), property);
      }
      property.end();
    }
    properties.end();
    members.member("required") += required.empty() ? "[]" : required + "]";
    members.member("additionalProperties") += "false";
  }

  static void add_default(const FieldDescription& field, const void* object, Members& property) {
    const void* address = field.address_in(object);
    // That a missing optional is null goes without saying; a missing patch is not even that.
    if (field.type->kind == TypeKind::patch) return;
    if (field.type->kind == TypeKind::optional && !field.type->held(address)) return;
    write_json(*field.type, address, WriteSecrets::yes, property.member("default"));
  }

  void value(const TypeDescription& type, const FieldRule& rule, bool nullable, Members& members) {
    switch (type.kind) {
      case TypeKind::optional:
      case TypeKind::patch:
        value(*type.element, rule, true, members);
        return;
      case TypeKind::text:
        text(rule, nullable, members);
        return;
      case TypeKind::integer:
        kind("integer", nullable, members);
        members.number("minimum", rule.minimum);
        members.number("maximum", rule.maximum);
        return;
      case TypeKind::boolean:
        kind("boolean", nullable, members);
        return;
      case TypeKind::timestamp:
        kind("string", nullable, members);
        members.text("format", "date-time");
        return;
      case TypeKind::date:
        kind("string", nullable, members);
        members.text("format", "date");
        return;
      case TypeKind::word: {
        kind("string", nullable, members);
        char separator = '[';
        auto& out = members.member("enum");
        for (const auto word : type.words) {
          out += separator;
          write_json_string(word, out);
          separator = ',';
        }
        out += nullable ? ",null]" : "]";
        return;
      }
      case TypeKind::json:
        return;  // anything
      case TypeKind::object:
        object(type, nullable, members);
        return;
      case TypeKind::list: {
        kind("array", nullable, members);
        Members items(members.member("items"));
        value(*type.element, rule, false, items);
        items.end();
        return;
      }
    }
  }

  void text(const FieldRule& rule, bool nullable, Members& members) {
    kind("string", nullable, members);
    if (rule.format == Format::email) members.text("format", "email");
    if (rule.format == Format::password) members.text("format", "password");
    if (rule.max_length > 0) members.number("maxLength", rule.max_length);
    // What is said from here on is asked of requests; an answer shows what there is. Optional ones may be empty, which
    // means null.
    if (!request_) return;
    if (!nullable) members.number("minLength", 1);
    if (rule.format == Format::id) members.text("pattern", "^[A-Za-z0-9_-]*$");
    if (rule.format == Format::token) members.text("pattern", "^[A-Za-z0-9._:-]*$");
    if (rule.format == Format::line || rule.format == Format::actor || rule.format == Format::typed)
      members.text("pattern", "^[^\\n\\r]*$");
    if (rule.format == Format::name) members.text("pattern", nullable ? "^$|\\S" : "\\S");
  }

  static void kind(std::string_view name, bool nullable, Members& members) {
    if (!nullable) {
      members.text("type", name);
    } else {
      auto& out = members.member("type");
      out += '[';
      write_json_string(name, out);
      out += ",\"null\"]";
    }
  }

  bool request_;
  std::string& out_;
};

}  // namespace

std::string json_schema(const TypeDescription& type, SchemaOf direction) {
  std::string out;
  Schema(direction, out).root(type);
  return out;
}

}  // namespace clinic
