#include "backup/records.hpp"

#include "base/made_once.hpp"
#include "meta/data_dictionary.hpp"
#include "meta/json.hpp"
#include "records/values.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <optional>

namespace clinic {
namespace {

/// The largest version that the next update can still raise.
constexpr std::int64_t highest_version = dictionary_entry<Patient>("version").maximum;

/// Empty if the value is neither null, nor an integer of 64 bits, nor a text that a database can store.
std::optional<clinic_value> to_value(const boost::json::value& json) {
  if (json.is_null()) return clinic_value{};
  if (const auto* integer = json.if_int64()) return detail::integer_value(*integer);
  if (const auto* text = json.if_string(); text && text->find('\0') == text->npos)
    return detail::text_value({text->data(), text->size()});
  return std::nullopt;
}

}  // namespace

std::span<const RecordType* const> backup_records() {
  return made_once([] {
    std::vector<const RecordType*> list;
    for (const auto& type : record_types())
      if (type.in_backups) list.push_back(&type);
    return list;
  });
}

const RecordType* backup_record(std::string_view name) {
  const auto* type = record_type(name);
  return type && type->in_backups ? type : nullptr;
}

void write_row(const clinic_record_type& type, const void* object, std::string& out) {
  char separator = '[';
  for (std::uint32_t field = 0; field < type.field_count; ++field) {
    clinic_value value{};
    type.get(object, field, &value);
    out += separator;
    separator = ',';
    if (value.kind == CLINIC_TEXT) {
      write_json_string({value.as.text.data, value.as.text.size}, out);
    } else if (value.kind == CLINIC_INT) {
      char digits[24];
      out.append(digits, std::to_chars(digits, digits + sizeof digits, value.as.integer).ptr);
    } else {
      out += "null";
    }
  }
  out += ']';
}

std::string read_row(const clinic_record_type& type, std::span<const std::uint32_t> fields,
                     const boost::json::array& values, void* object) {
  if (values.size() != fields.size()) return "does not have as many values as there are fields";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto value = to_value(values[i]);
    if (!value || type.set(object, fields[i], &*value) != 0)
      return std::string("has a value that is none of the field ") + type.fields[fields[i]]->name;
    if (fields[i] == type.version_field && (value->as.integer < 1 || value->as.integer > highest_version))
      return "has a version that no row has";
  }
  clinic_value id{};
  type.get(object, type.id_field, &id);
  return id.as.text.size == 0 ? "has no id" : "";
}

}  // namespace clinic
