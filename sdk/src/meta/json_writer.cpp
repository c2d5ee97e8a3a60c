#include "base/formats.hpp"
#include "meta/json.hpp"

#include <boost/locale/utf.hpp>

#include <array>
#include <charconv>

namespace clinic {
namespace {

enum : unsigned char { plain, escaped, beyond_ascii };

constexpr auto classes = [] {
  std::array<unsigned char, 256> out{};
  for (std::size_t c = 0; c < 256; ++c)
    out[c] = c < 0x20 || c == '"' || c == '\\' ? escaped : c >= 0x80 ? beyond_ascii : plain;
  return out;
}();

void write_escape(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += "0123456789abcdef"[c >> 4];
      out += "0123456789abcdef"[c & 15];
  }
}

}  // namespace

void write_json_string(std::string_view text, std::string& out) {
  out += '"';
  const char *run = text.data(), *at = run, *const end = run + text.size();
  while (at != end) {
    const auto c = static_cast<unsigned char>(*at);
    if (classes[c] == plain) {
      ++at;
    } else if (classes[c] == escaped) {
      out.append(run, at);
      write_escape(c, out);
      run = ++at;
    } else {
      const char* start = at;
      const auto point = boost::locale::utf::utf_traits<char>::decode(at, end);
      if (point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete) {
        // Validation lets none in. Should a database hold some, readers still get JSON, with the replacement character.
        out.append(run, start).append("\xEF\xBF\xBD");
        run = at = start + 1;
      }
    }
  }
  out.append(run, end).append(1, '"');
}

namespace {

void write(const TypeDescription& type, const void* object, WriteSecrets secrets, std::string& out) {
  switch (type.kind) {
    case TypeKind::text:
      write_json_string(*static_cast<const std::string*>(object), out);
      return;
    case TypeKind::integer: {
      char digits[20];
      const auto end = std::to_chars(digits, digits + sizeof digits, *static_cast<const std::int64_t*>(object)).ptr;
      out.append(digits, end);
      return;
    }
    case TypeKind::boolean:
      out += *static_cast<const bool*>(object) ? "true" : "false";
      return;
    case TypeKind::timestamp:
      out += '"';
      append_timestamp(*static_cast<const Timestamp*>(object), out);
      out += '"';
      return;
    case TypeKind::date:
      out += '"';
      append_date(*static_cast<const Date*>(object), out);
      out += '"';
      return;
    case TypeKind::word: {
      const int index = type.get_word(object);
      if (index < 0) {
        out += "null";
      } else {
        out += '"';
        out += type.words[static_cast<std::size_t>(index)];
        out += '"';
      }
      return;
    }
    case TypeKind::json: {
      const auto& text = static_cast<const Json*>(object)->text;
      out += text.empty() ? std::string_view("null") : std::string_view(text);
      return;
    }
    case TypeKind::optional:
    case TypeKind::patch:
      if (const void* value = type.held(object))
        write(*type.element, value, secrets, out);
      else
        out += "null";
      return;
    case TypeKind::list: {
      out += '[';
      const std::size_t size = type.size(object);
      for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out += ',';
        write(*type.element, type.at(object, i), secrets, out);
      }
      out += ']';
      return;
    }
    case TypeKind::object: {
      char separator = '{';
      for (const auto& field : type.fields) {
        if (field.rule->exposure == Exposure::internal) continue;
        if (field.rule->exposure == Exposure::secret && secrets == WriteSecrets::no) continue;
        const void* value = field.address_in(object);
        if (field.type->kind == TypeKind::patch && field.type->absent(value)) continue;
        out += separator;
        out += '"';
        out += field.name;
        out += "\":";
        write(*field.type, value, secrets, out);
        separator = ',';
      }
      if (separator == '{') out += '{';
      out += '}';
      return;
    }
  }
}

}  // namespace

void write_json(const TypeDescription& type, const void* object, WriteSecrets secrets, std::string& out) {
  // A little more than a record takes; saves the string from growing by doubling.
  if (out.capacity() - out.size() < type.fields.size() * 32) out.reserve(out.size() + type.fields.size() * 32);
  write(type, object, secrets, out);
}

}  // namespace clinic
