#include "base/formats.hpp"
#include "meta/field_errors.hpp"
#include "meta/json.hpp"

#include <clinic/text.hpp>

#include <boost/container/small_vector.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace clinic {
namespace {

constexpr std::int64_t largest_integer = 9007199254740991;  // 2^53 − 1

/// The value of a JSON number that is a whole one however it is written: 12, 12.0, 1.2e1 (JSON Schema calls all of them
/// integers). Worked out from the digits, because a double would take 0.99999999999999999 for 1.
struct WholeNumber {
  enum { whole, fraction, too_large } kind;
  std::int64_t value = 0;
};

WholeNumber whole_number(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != text.npos) {
    auto written = text.substr(e + 1);
    if (written.front() == '+') written.remove_prefix(1);
    const bool small = written.front() == '-';
    if (std::from_chars(written.data(), written.data() + written.size(), exponent).ec != std::errc() ||
        exponent > 1000000 || exponent < -1000000)
      exponent = small ? -1000000 : 1000000;  // as good as any that is so far out
    text = text.substr(0, e);
  }
  std::string digits(text);
  if (const auto point = digits.find('.'); point != digits.npos) {
    exponent -= static_cast<std::int64_t>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return {WholeNumber::whole, 0};
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (exponent < 0) return {WholeNumber::fraction};
  if (exponent + static_cast<std::int64_t>(digits.size()) > 16) return {WholeNumber::too_large};
  digits.append(static_cast<std::size_t>(exponent), '0');
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (value > largest_integer) return {WholeNumber::too_large};
  return {WholeNumber::whole, negative ? -value : value};
}

std::string_view expected(const TypeDescription& type) {
  switch (type.bare().kind) {
    case TypeKind::text:
      return "a text";
    case TypeKind::integer:
      return "a whole number";
    case TypeKind::boolean:
      return "true or false";
    case TypeKind::timestamp:
      return "a text with a time";
    case TypeKind::date:
      return "a text with a date";
    case TypeKind::word:
      return "a text";
    case TypeKind::object:
      return "an object";
    case TypeKind::list:
      return "a list";
    default:
      return "a value";
  }
}

/// A key that somebody else wrote, fit for a path.
std::string shown(std::string_view key) {
  if (!valid_utf8(key)) return "?";
  if (key.size() <= 64) return std::string(key);
  return std::string(first_bytes(key, 64)) + "…";
}

/// Writes the parser's events straight into the struct; nothing is built in between.
class Reader {
 public:
  // Boost.JSON's handler interface. The length of the text is bounded by whoever received it.
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;
  using ErrorCode = boost::json::error_code;
  using View = boost::json::string_view;

  Reader(const TypeDescription& type, void* object, const Aliases& aliases, std::vector<FieldError>& errors)
      : root_{&type, object}, aliases_(aliases), errors_(errors) {}

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }

  bool on_object_begin(ErrorCode&) {
    if (frames_.empty()) {
      push(*root_.type, root_.address);
      return true;
    }
    Slot slot;
    if (!place(slot)) {
      ++skipped_;
    } else if (slot.raw) {
      open_raw(slot.raw, '{');
    } else if (slot.type->bare().kind == TypeKind::object) {
      push(slot.type->bare(), open(slot));
    } else {
      wrong_type(slot, "an object");
      ++skipped_;
    }
    return true;
  }

  bool on_object_end(std::size_t, ErrorCode&) {
    if (skipped_) {
      --skipped_;
    } else if (raw_) {
      close_raw('}');
    } else {
      report_missing();
      seen_.resize(frames_.back().seen);
      frames_.pop_back();
    }
    return true;
  }

  bool on_array_begin(ErrorCode&) {
    Slot slot;
    if (!place(slot)) {
      ++skipped_;
    } else if (slot.raw) {
      open_raw(slot.raw, '[');
    } else if (slot.type->bare().kind == TypeKind::list) {
      void* list = open(slot);
      slot.type->bare().reset(list);  // what is given replaces a default
      push(slot.type->bare(), list);
    } else {
      wrong_type(slot, "a list");
      ++skipped_;
    }
    return true;
  }

  bool on_array_end(std::size_t, ErrorCode&) {
    if (skipped_)
      --skipped_;
    else if (raw_)
      close_raw(']');
    else
      frames_.pop_back();
    return true;
  }

  bool on_key_part(View part, std::size_t, ErrorCode&) {
    parts_.append(part.data(), part.size());
    return true;
  }
  bool on_key(View last, std::size_t, ErrorCode&) {
    with_whole(last, [this](std::string_view key) { begin_member(key); });
    return true;
  }
  bool on_string_part(View part, std::size_t, ErrorCode&) {
    parts_.append(part.data(), part.size());
    return true;
  }
  bool on_string(View last, std::size_t, ErrorCode&) {
    with_whole(last, [this](std::string_view text) { text_value(text); });
    return true;
  }

  bool on_number_part(View, ErrorCode&) { return true; }  // never: the text comes in one piece
  bool on_int64(std::int64_t value, View text, ErrorCode&) {
    if (value < -largest_integer || value > largest_integer)
      number({WholeNumber::too_large}, text);
    else
      number({WholeNumber::whole, value}, text);
    return true;
  }
  bool on_uint64(std::uint64_t, View text, ErrorCode&) {
    number({WholeNumber::too_large}, text);  // what fits comes as int64
    return true;
  }
  bool on_double(double value, View text, ErrorCode&) {
    number(whole_number(text), text, !std::isinf(value));
    return true;
  }

  bool on_bool(bool value, ErrorCode&) {
    Slot slot;
    if (!place(slot)) return true;
    if (slot.raw)
      slot.raw->append(value ? "true" : "false");
    else if (slot.type->bare().kind == TypeKind::boolean)
      *static_cast<bool*>(open(slot)) = value;
    else
      wrong_type(slot, "true or false");
    return true;
  }

  bool on_null(ErrorCode&) {
    Slot slot;
    if (!place(slot, true)) return true;
    if (slot.raw)
      slot.raw->append("null");
    else if (slot.type->kind == TypeKind::optional || slot.type->kind == TypeKind::patch)
      slot.type->reset(slot.address);
    else
      errors_.add(path(), "null_not_allowed", "must not be null");
    return true;
  }

  bool on_comment_part(View, ErrorCode&) { return true; }
  bool on_comment(View, ErrorCode&) { return true; }

 private:
  /// An object or a list that has begun and not ended.
  struct Frame {
    const TypeDescription* type;
    void* address;
    const FieldDescription* field = nullptr;  // object: to whom the next value belongs; null: to nobody
    std::size_t next = 0;                     // object: where the next key is looked for first; list: values so far
    std::size_t seen = 0;                     // object: where its flags begin in seen_
  };

  /// Where a value belongs: into a described field, or as text into a free JSON value.
  struct Slot {
    const TypeDescription* type = nullptr;
    void* address = nullptr;
    std::string* raw = nullptr;
  };

  void push(const TypeDescription& type, void* address) {
    frames_.push_back({&type, address, nullptr, 0, seen_.size()});
    if (type.kind == TypeKind::object) seen_.resize(seen_.size() + type.fields.size(), false);
  }

  template <class Use>
  void with_whole(View last, Use use) {
    if (parts_.empty()) return use(std::string_view(last.data(), last.size()));
    parts_.append(last.data(), last.size());
    use(parts_);
    parts_.clear();
  }

  /// Finds the place of the value that begins now; false where it is to be passed over.
  bool place(Slot& slot, bool null = false) {
    if (skipped_) return false;
    if (raw_) {
      comma();
      slot.raw = raw_;
      return true;
    }
    if (frames_.empty()) throw Error(clinic::ErrorCode::malformed_json, "The JSON text must be an object.");
    Frame& frame = frames_.back();
    if (frame.type->kind == TypeKind::list) {
      slot.type = frame.type->element;
      slot.address = frame.type->emplace(frame.address);
      ++frame.next;
    } else {
      if (!frame.field) return false;
      slot.type = frame.field->type;
      slot.address = frame.field->address(frame.address);
    }
    const bool means_no_value = null && slot.type->kind != TypeKind::json;
    if (slot.type->bare().kind == TypeKind::json && !means_no_value) {
      slot.raw = &static_cast<Json*>(open(slot))->text;
      slot.raw->clear();
    }
    return true;
  }

  /// The address of the value itself, within optional and patch.
  void* open(const Slot& slot) const {
    void* address = slot.address;
    for (auto* type = slot.type; type->kind == TypeKind::optional || type->kind == TypeKind::patch;
         type = type->element)
      address = type->emplace(address);
    return address;
  }

  void begin_member(std::string_view key) {
    if (skipped_) return;
    if (raw_) {
      comma();
      raw_text(*raw_, key);
      raw_->push_back(':');
      return;
    }
    Frame& frame = frames_.back();
    frame.field = find(frame, key);
    if (!frame.field) {
      const auto [begin, end] = aliases_.fields.equal_range(key);
      for (auto alias = begin; alias != end && !frame.field; ++alias)
        frame.field = find(frame, alias->second);
    }
    if (!frame.field) {
      report_unknown(frame, key);
      return;
    }
    bool& seen = seen_[frame.seen + index(frame)];
    if (seen) {
      errors_.add(
          path(), "duplicate_field",
          key == frame.field->name ? "is given twice" : "is given twice, once under another name that stands for it");
      frame.field = nullptr;
    } else {
      seen = true;
    }
  }

  static std::size_t index(const Frame& frame) {
    return static_cast<std::size_t>(frame.field - frame.type->fields.data());
  }

  /// The field of that name. Most writers keep the order of declaration, so the search starts behind the last one
  /// found.
  static const FieldDescription* find(Frame& frame, std::string_view key) {
    const auto fields = frame.type->fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::size_t at = frame.next + i < fields.size() ? frame.next + i : frame.next + i - fields.size();
      if (fields[at].name != key) continue;
      if (fields[at].rule->exposure == Exposure::internal) return nullptr;  // never comes from outside
      frame.next = at + 1 == fields.size() ? 0 : at + 1;
      return &fields[at];
    }
    return nullptr;
  }

  void report_unknown(const Frame& frame, std::string_view key) {
    if (errors_.full()) return;
    std::vector<std::string_view> candidates;
    for (const auto& field : frame.type->fields)
      if (field.rule->exposure != Exposure::internal) candidates.push_back(field.name);
    std::string rest = "is no known field";
    if (const auto nearest = suggestion(key, candidates); !nearest.empty())
      rest.append("; did you mean `").append(nearest).append("`?");
    std::string whole = path();
    if (!whole.empty()) whole += '.';
    whole += shown(key);
    errors_.add(std::move(whole), "unknown_field", rest);
  }

  void report_missing() {
    Frame& frame = frames_.back();
    for (const auto& field : frame.type->fields) {
      frame.field = &field;
      if (!seen_[frame.seen + index(frame)] && required_in_request(field, frame.address))
        errors_.add(path(), "required", "is required");
    }
  }

  void text_value(std::string_view text) {
    Slot slot;
    if (!place(slot)) return;
    if (slot.raw) return raw_text(*slot.raw, text);
    switch (slot.type->bare().kind) {
      case TypeKind::text:
        static_cast<std::string*>(open(slot))->assign(text);
        break;
      case TypeKind::timestamp:
        if (const auto time = parse_timestamp(text))
          *static_cast<Timestamp*>(open(slot)) = *time;
        else
          errors_.add(path(), "invalid_format", "must be a time with its zone, such as 2026-11-21T02:14:20Z");
        break;
      case TypeKind::date:
        if (const auto date = parse_date(text))
          *static_cast<Date*>(open(slot)) = *date;
        else
          errors_.add(path(), "invalid_format", "must be a day of the calendar, written YYYY-MM-DD");
        break;
      case TypeKind::word:
        word_value(slot, text);
        break;
      default:
        wrong_type(slot, "a text");
    }
  }

  void word_value(const Slot& slot, std::string_view text) {
    const auto words = slot.type->bare().words;
    auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) {
      if (const auto alias = aliases_.words.find(text); alias != aliases_.words.end())
        found = std::find(words.begin(), words.end(), alias->second);
    }
    if (found == words.end())
      errors_.add(path(), "unknown_word", "must be " + one_of(words));
    else
      slot.type->bare().set_word(open(slot), static_cast<int>(found - words.begin()));
  }

  void number(WholeNumber value, View text, bool finite = true) {
    Slot slot;
    if (!place(slot)) return;
    if (slot.raw) {
      if (finite)
        slot.raw->append(text.data(), text.size());
      else
        raw_error(*slot.raw, "out_of_range", "holds a number that is too large");
    } else if (slot.type->bare().kind != TypeKind::integer) {
      wrong_type(slot, "a number");
    } else if (value.kind == WholeNumber::fraction) {
      wrong_type(slot, "a number with a fraction");
    } else if (value.kind == WholeNumber::too_large) {
      errors_.add(path(), "out_of_range", "must be between -9007199254740991 and 9007199254740991");
    } else {
      *static_cast<std::int64_t*>(open(slot)) = value.value;
    }
  }

  void wrong_type(const Slot& slot, std::string_view found) {
    std::string rest = "must be ";
    rest.append(expected(*slot.type)).append(", not ").append(found);
    errors_.add(path(), "wrong_type", rest);
  }

  // Free JSON values: their text without white space, numbers as they were written.
  void comma() {
    if (!raw_->empty() && raw_->back() != '{' && raw_->back() != '[' && raw_->back() != ':') raw_->push_back(',');
  }
  void open_raw(std::string* raw, char bracket) {
    raw_ = raw;
    raw_->push_back(bracket);
    ++raw_depth_;
  }
  void close_raw(char bracket) {
    raw_->push_back(bracket);
    if (--raw_depth_ == 0) raw_ = nullptr;
  }
  void raw_text(std::string& raw, std::string_view text) {
    if (!valid_utf8(text)) return raw_error(raw, "invalid_utf8", "holds a text that is not valid UTF-8");
    if (text.find('\0') != text.npos) return raw_error(raw, "contains_nul", "holds a text with a NUL character");
    write_json_string(text, raw);
  }
  void raw_error(std::string& raw, std::string_view code, std::string_view rest) {
    if (auto where = path(); !errors_.covers(where)) errors_.add(std::move(where), code, rest);
    raw.append("\"\"");  // so that it stays JSON
  }

  /// `identifiers[2].system`: where the reader is now.
  std::string path() const {
    std::string out;
    for (const auto& frame : frames_) {
      if (frame.type->kind == TypeKind::list) {
        out.append("[").append(std::to_string(frame.next - 1)).append("]");
      } else if (frame.field) {
        if (!out.empty()) out += '.';
        out += frame.field->name;
      }
    }
    return out;
  }

  Slot root_;
  const Aliases& aliases_;
  FieldErrors errors_;
  boost::container::small_vector<Frame, 8> frames_;
  boost::container::small_vector<bool, 128> seen_;
  std::string parts_;           // the beginning of a text with escapes, which comes in parts
  std::size_t skipped_ = 0;     // how deep we are in something that is passed over
  std::string* raw_ = nullptr;  // the free JSON value we are in
  std::size_t raw_depth_ = 0;
};

}  // namespace

bool required_in_request(const FieldDescription& field, const void* fresh) {
  if (field.rule->exposure == Exposure::internal) return false;
  switch (field.type->kind) {
    case TypeKind::text:
      return static_cast<const std::string*>(field.address_in(fresh))->empty();
    case TypeKind::timestamp:
    case TypeKind::date:
      return true;
    case TypeKind::object: {
      const auto* object = field.address_in(fresh);
      return std::any_of(field.type->fields.begin(), field.type->fields.end(),
                         [&](const FieldDescription& member) { return required_in_request(member, object); });
    }
    default:
      return false;
  }
}

void read_json(std::string_view text, const TypeDescription& type, void* object, const Aliases& aliases,
               std::vector<FieldError>& errors) {
  boost::json::parse_options options;
  options.max_depth = 32;
  options.allow_invalid_utf8 = true;  // so that validate() can say which field it is in
  boost::json::basic_parser<Reader> parser(options, type, object, aliases, errors);
  boost::json::error_code failure;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && read < text.size()) failure = boost::json::error::extra_data;
  if (failure)
    throw Error(ErrorCode::malformed_json, "At byte " + std::to_string(read) + ": " + failure.message() + ".");
}

}  // namespace clinic
