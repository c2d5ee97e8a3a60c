#pragma once

// Described structs for the tests of the description's users, and helpers that work on any of them.

#include "base/formats.hpp"
#include "meta/json.hpp"

#include "records/records.hpp"
#include <clinic/make_description.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::test {

struct Part {
  std::string system;
  std::string value;
  std::int64_t limit = 7;
};
BOOST_DESCRIBE_STRUCT(Part, (), (system, value, limit))

/// One member of each kind.
struct Sample {
  std::string first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> email;
  std::optional<std::string> address;
  std::optional<std::string> password;
  std::optional<std::string> patient_id;
  std::optional<std::string> number;
  std::string name_key;
  std::int64_t limit = 50;
  std::optional<std::int64_t> age_years;
  bool dry_run = false;
  std::optional<Timestamp> from;
  std::optional<Date> birth_date;
  Role role = Role::nurse;
  std::optional<Gender> gender;
  Patch<std::string> phone;
  Patch<std::int64_t> visit_count;
  std::vector<Part> identifiers;
  std::vector<Role> roles;
  std::vector<std::string> errors;
  std::optional<Part> data;
  Json metadata{"{}"};
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (first_name, last_name, email, address, password, patient_id, number, name_key, limit, age_years,
                       dry_run, from, birth_date, role, gender, phone, visit_count, identifiers, roles, errors, data,
                       metadata))

template <class T>
std::string json_of(const T& object, WriteSecrets secrets = WriteSecrets::yes) {
  std::string out;
  write_json(describe<T>(), &object, secrets, out);
  return out;
}

template <class T>
struct ReadResult {
  T object{};
  std::vector<FieldError> errors;
};

template <class T>
ReadResult<T> read(std::string_view text, const Aliases& aliases = {}) {
  ReadResult<T> result;
  read_json(text, describe<T>(), &result.object, aliases, result.errors);
  return result;
}

template <class T>
std::vector<FieldError> check(T& object) {
  std::vector<FieldError> errors;
  validate(describe<T>(), &object, errors);
  return errors;
}

/// `path code`, one after the other: what most tests compare.
inline std::string brief(const std::vector<FieldError>& errors) {
  std::string out;
  for (const auto& error : errors) {
    if (!out.empty()) out += ", ";
    out += error.path + " " + error.code;
  }
  return out;
}

/// Whether two objects are the same, internal fields aside: those do not travel as JSON.
inline bool same(const TypeDescription& type, const void* a, const void* b) {
  switch (type.kind) {
    case TypeKind::text:
      return *static_cast<const std::string*>(a) == *static_cast<const std::string*>(b);
    case TypeKind::integer:
      return *static_cast<const std::int64_t*>(a) == *static_cast<const std::int64_t*>(b);
    case TypeKind::boolean:
      return *static_cast<const bool*>(a) == *static_cast<const bool*>(b);
    case TypeKind::timestamp:
      return *static_cast<const Timestamp*>(a) == *static_cast<const Timestamp*>(b);
    case TypeKind::date:
      return *static_cast<const Date*>(a) == *static_cast<const Date*>(b);
    case TypeKind::word:
      return type.get_word(a) == type.get_word(b);
    case TypeKind::json:
      return *static_cast<const Json*>(a) == *static_cast<const Json*>(b);
    case TypeKind::optional:
    case TypeKind::patch:
      if (!type.held(a) || !type.held(b))
        return !type.held(a) && !type.held(b) && (!type.absent || type.absent(a) == type.absent(b));
      return same(*type.element, type.held(a), type.held(b));
    case TypeKind::list:
      if (type.size(a) != type.size(b)) return false;
      for (std::size_t i = 0; i < type.size(a); ++i)
        if (!same(*type.element, type.at(a, i), type.at(b, i))) return false;
      return true;
    case TypeKind::object:
      for (const auto& field : type.fields)
        if (field.rule->exposure != Exposure::internal && !same(*field.type, field.address_in(a), field.address_in(b)))
          return false;
      return true;
  }
  return false;
}

/// Fills objects with what validation accepts.
class Randomizer {
 public:
  explicit Randomizer(std::uint32_t seed) : random_(seed) {}

  void fill(const TypeDescription& type, void* object) {
    for (const auto& field : type.fields)
      if (field.rule->exposure != Exposure::internal) value(*field.type, field.address(object), *field.rule);
  }

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  std::string text(const FieldRule& rule) {
    const auto longest = rule.max_length ? std::min<std::int64_t>(rule.max_length, 300) : 300;
    switch (rule.format) {
      case Format::email:
        return "p" + std::to_string(between(0, 1000000)) + "@exämple" + std::to_string(between(0, 9)) + ".org";
      case Format::id:
        return from("abcXYZ019-_", between(1, longest));
      case Format::token:
        return from("abcXYZ019._:-", between(1, longest));
      case Format::password:
        return from("abc 019!", between(1, longest));
      default:
        break;
    }
    std::string out = "x";  // never blank
    for (auto i = between(0, longest - 1); i > 0; --i)
      out += piece(rule.format == Format::multiline);
    return out;
  }

 private:
  std::string from(std::string_view letters, std::int64_t length) {
    std::string out;
    for (; length > 0; --length)
      out += letters[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(letters.size()) - 1))];
    return out;
  }

  std::string piece(bool breaks) {
    static const std::vector<std::string> pieces{"a", "Z", " ",      "\"", "\\", "/",      "<b>", "é", "ß",
                                                 "ف", "ا", "\u200F", "語", "😀",  "\uFEFF", "{",   "'", "\U0010FFFF"};
    if (breaks && between(0, 9) == 0) return std::string(1, "\n\r\t"[between(0, 2)]);
    const auto& text = pieces[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(pieces.size()) - 1))];
    return text == "<b>" ? "<" : text;
  }

  void value(const TypeDescription& type, void* address, const FieldRule& rule) {
    using namespace std::chrono;
    switch (type.kind) {
      case TypeKind::text:
        *static_cast<std::string*>(address) = text(rule);
        break;
      case TypeKind::integer:
        *static_cast<std::int64_t*>(address) = between(rule.minimum, rule.maximum);
        break;
      case TypeKind::boolean:
        *static_cast<bool*>(address) = between(0, 1);
        break;
      case TypeKind::timestamp:
        *static_cast<Timestamp*>(address) = Timestamp(milliseconds(between(-62135596800000, 253402300799999)));
        break;
      case TypeKind::date:
        *static_cast<Date*>(address) = Date(sys_days(days(between(-719162, 2932896))));
        break;
      case TypeKind::word:
        type.set_word(address, static_cast<int>(between(0, static_cast<std::int64_t>(type.words.size()) - 1)));
        break;
      case TypeKind::json: {
        static const char* const texts[] = {
            "null", "{}", "[]", "[1,2.50,-3e-7]", R"({"a":{"b":[true,null,"x\ny"]},"c":""})", "\"é\""};
        static_cast<Json*>(address)->text = texts[between(0, 5)];
        break;
      }
      case TypeKind::optional:
      case TypeKind::patch:
        if (between(0, 2))
          value(*type.element, type.emplace(address), rule);
        else if (type.kind == TypeKind::optional || between(0, 1))
          type.reset(address);
        break;
      case TypeKind::list:
        for (auto i = between(0, 4); i > 0; --i)
          value(*type.element, type.emplace(address), rule);
        break;
      case TypeKind::object:
        fill(type, address);
        break;
    }
  }

  std::mt19937 random_;
};

}  // namespace clinic::test
