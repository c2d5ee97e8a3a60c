#include "base/formats.hpp"
#include "base/unicode.hpp"
#include "base/wiping.hpp"
#include "meta/field_errors.hpp"
#include "meta/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace clinic {
namespace {

/// Where the validation is; written out only when there is an error.
struct Place {
  const Place* parent = nullptr;
  std::string_view name = {};  ///< of the field; empty for an element of a list
  std::size_t index = 0;

  std::string path() const {
    std::string out = parent ? parent->path() : std::string();
    if (!parent) return out;
    if (name.empty()) return out.append("[").append(std::to_string(index)).append("]");
    if (!out.empty()) out += '.';
    return out.append(name);
  }
};

/// Listens to a JSON text only for what is wrong with its strings.
struct JsonTextCheck {
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;
  using Code = boost::json::error_code;
  using View = boost::json::string_view;
  bool& nul;

  bool text(View part) {
    nul = nul || part.find('\0') != View::npos;
    return true;
  }
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(View part, std::size_t, Code&) { return text(part); }
  bool on_key(View part, std::size_t, Code&) { return text(part); }
  bool on_string_part(View part, std::size_t, Code&) { return text(part); }
  bool on_string(View part, std::size_t, Code&) { return text(part); }
  bool on_number_part(View, Code&) { return true; }
  bool on_int64(std::int64_t, View, Code&) { return true; }
  bool on_uint64(std::uint64_t, View, Code&) { return true; }
  bool on_double(double, View, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

bool only(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(), [marks](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
  });
}

class Validator {
 public:
  explicit Validator(std::vector<FieldError>& errors) : errors_(errors) {}

  /// A text that stands in no struct.
  void alone(const std::string& given, const FieldRule& rule) {
    const Place nowhere;
    text(given, rule, {&nowhere, rule.name});
  }

  void object(const TypeDescription& type, void* address, const Place& place) {
    for (const auto& field : type.fields)
      value(*field.type, field.address(address), *field.rule, {&place, field.name});
  }

 private:
  void value(const TypeDescription& type, void* address, const FieldRule& rule, const Place& place) {
    switch (type.kind) {
      case TypeKind::optional:
      case TypeKind::patch:
        if (const void* held = type.held(address)) {
          if (type.element->kind == TypeKind::text && static_cast<const std::string*>(held)->empty())
            type.reset(address);  // what forms send for a field left blank
          else
            value(*type.element, const_cast<void*>(held), rule, place);
        }
        return;
      case TypeKind::list:
        for (std::size_t i = 0, size = type.size(address); i < size; ++i)
          value(*type.element, const_cast<void*>(type.at(address, i)), rule, {&place, {}, i});
        return;
      case TypeKind::object:
        object(type, address, place);
        return;
      case TypeKind::text:
        text(*static_cast<const std::string*>(address), rule, place);
        return;
      case TypeKind::integer: {
        const auto number = *static_cast<const std::int64_t*>(address);
        if (number < rule.minimum || number > rule.maximum)
          fail(place, "out_of_range",
               "must be between " + std::to_string(rule.minimum) + " and " + std::to_string(rule.maximum));
        return;
      }
      case TypeKind::word:
        if (type.get_word(address) < 0) fail(place, "unknown_word", "must be " + one_of(type.words));
        return;
      case TypeKind::date: {
        const auto date = *static_cast<const Date*>(address);
        if (!date.ok() || static_cast<int>(date.year()) < 1 || static_cast<int>(date.year()) > 9999)
          fail(place, "invalid_format", "must be a day of the calendar in the years 1 to 9999");
        return;
      }
      case TypeKind::timestamp: {
        using namespace std::chrono;
        const auto time = *static_cast<const Timestamp*>(address);
        if (time < sys_days(year(1) / January / 1) || time >= sys_days(year(10000) / January / 1))
          fail(place, "out_of_range", "must be a time in the years 1 to 9999");
        return;
      }
      case TypeKind::json:
        json(static_cast<const Json*>(address)->text, place);
        return;
      case TypeKind::boolean:
        return;
    }
  }

  void text(const std::string& text, const FieldRule& rule, const Place& place) {
    if (text.empty()) {
      // Normal forms of ours may be empty: that of a user without a name is.
      if (rule.exposure != Exposure::internal) fail(place, "required", "must not be empty");
      return;
    }
    if (!valid_utf8(text)) return fail(place, "invalid_utf8", "is not valid UTF-8");
    if (text.find('\0') != text.npos) return fail(place, "contains_nul", "must not hold a NUL character");
    // No text has more code points than bytes, nor has its normal form.
    if (rule.max_length > 0 && text.size() > rule.max_length) {
      if (const auto length = length_of(text, rule); length > rule.max_length)
        return fail(place, "too_long",
                    "has " + std::to_string(length) + " characters; at most " + std::to_string(rule.max_length) +
                        " are allowed");
    }
    if (rule.format != Format::none && rule.format != Format::multiline && text.find_first_of("\n\r") != text.npos)
      return fail(place, "line_break_not_allowed", words_of("line_break_not_allowed"));
    if (const auto kind = kind_of(rule.format))
      if (const auto fault = fault_of_text(text, *kind); !fault.empty()) return fail(place, fault, words_of(fault));
    format(text, rule, place);
  }

  /// A normal form is kept beside the text, in a column of the same length.
  static std::size_t length_of(const std::string& text, const FieldRule& rule) {
    const auto typed = code_points(text);
    return rule.format == Format::multiline ? typed : std::max(typed, code_points(unicode::composed(text)));
  }

  static std::optional<TextKind> kind_of(Format format) {
    switch (format) {
      case Format::line:
      case Format::actor:
      case Format::name:
        return TextKind::line;
      case Format::typed:
      case Format::phone:
        return TextKind::typed_line;
      case Format::multiline:
        return TextKind::lines;
      case Format::none:
      case Format::email:
      case Format::password:
      case Format::id:
      case Format::token:
        break;
    }
    return std::nullopt;
  }

  static std::string_view words_of(std::string_view fault) {
    if (fault == "line_break_not_allowed") return "must be a single line";
    if (fault == "control_character") return "must not hold control characters";
    return "must not hold characters that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069)";
  }

  void format(const std::string& text, const FieldRule& rule, const Place& place) {
    switch (rule.format) {
      case Format::name:
      case Format::typed:
      case Format::phone:
        if (is_blank(text)) fail(place, "blank", "must not be only white space or characters that show nothing");
        return;
      case Format::email:
        if (!valid_email(text)) {
          if (!rule.invalid.empty()) return errors_.add_sentence(place.path(), "invalid_format", rule.invalid);
          fail(place, "invalid_format", "must be an email address, such as jane@example.com");
        }
        return;
      case Format::password:
        if (const auto size = size_of_password(text); size > 72)
          fail(place, "too_long", "has " + std::to_string(size) + " bytes; at most 72 are allowed");
        return;
      case Format::id:
        if (!only(text, "-_")) fail(place, "invalid_format", "may hold only letters, digits, `-` and `_`");
        return;
      case Format::token:
        if (!only(text, "._:-")) fail(place, "invalid_format", "may hold only letters, digits, `.`, `_`, `:` and `-`");
        return;
      case Format::none:
      case Format::line:
      case Format::actor:
      case Format::multiline:
        return;
    }
  }

  static std::size_t size_of_password(const std::string& text) {
    auto form = password_form(text);
    const Wiped wiped(form);
    return form.size();
  }

  void json(const std::string& text, const Place& place) {
    bool nul = false;
    boost::json::basic_parser<JsonTextCheck> parser(boost::json::parse_options(), JsonTextCheck{nul});
    boost::json::error_code failure;
    const auto read = parser.write_some(false, text.data(), text.size(), failure);
    if (failure || read < text.size())
      fail(place, valid_utf8(text) ? "invalid_format" : "invalid_utf8", "must be JSON in valid UTF-8");
    else if (nul)
      fail(place, "contains_nul", "holds a text with a NUL character");
  }

  void fail(const Place& place, std::string_view code, std::string_view rest) {
    // What the reader has complained about is not there to be looked at.
    std::string path = place.path();
    if (errors_.empty() || !errors_.covers(path)) errors_.add(std::move(path), code, rest);
  }

  FieldErrors errors_;
};

}  // namespace

void validate(const TypeDescription& type, void* object, std::vector<FieldError>& errors) {
  Validator(errors).object(type, object, {});
}

void validate_line(std::string_view path, const std::string& text, std::uint32_t most,
                   std::vector<FieldError>& errors) {
  if (!text.empty()) Validator(errors).alone(text, {path, {}, Format::line, most});
}

void validate_name(std::string_view path, const std::string& text, std::uint32_t most,
                   std::vector<FieldError>& errors) {
  Validator(errors).alone(text, {path, {}, Format::name, most});
}

}  // namespace clinic
