#pragma once

/// \file
/// Described records as the storage line sees them: a `clinic_record_type` for each, made from its description.

#include <clinic/description.hpp>
#include <clinic/model/records.hpp>
#include <clinic/plugin/storage.h>

#include <boost/mp11.hpp>

#include <array>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace clinic {

/// The version of the database schema that these records need. Raised with every change to a record, together with a
/// new migration in plugins/*/schema.
inline constexpr std::uint32_t schema_version = 5;

namespace detail {

inline clinic_value integer_value(std::int64_t integer) {
  clinic_value value{};
  value.kind = CLINIC_INT;
  value.as.integer = integer;
  return value;
}

inline clinic_value text_value(std::string_view text) {
  clinic_value value{};
  value.kind = CLINIC_TEXT;
  value.as.text = {text.data(), text.size()};
  return value;
}

inline std::int64_t to_integer(std::int64_t integer) { return integer; }
inline std::int64_t to_integer(bool yes) { return yes ? 1 : 0; }
inline std::int64_t to_integer(Timestamp time) { return time.time_since_epoch().count(); }
inline std::int64_t to_integer(Date date) {
  return static_cast<int>(date.year()) * 10000LL + static_cast<unsigned>(date.month()) * 100LL +
         static_cast<unsigned>(date.day());
}
// False where the integer says none.
inline bool from_integer(std::int64_t integer, std::int64_t& to) {
  to = integer;
  return true;
}
inline bool from_integer(std::int64_t integer, bool& to) {
  to = integer != 0;
  return true;
}
inline bool from_integer(std::int64_t integer, Timestamp& to) {
  to = Timestamp(std::chrono::milliseconds(integer));
  return true;
}
inline bool from_integer(std::int64_t integer, Date& to) {
  if (integer < 1'01'01 || integer > 9999'12'31) return false;  // the narrowed year could be another one
  const Date date{std::chrono::year(static_cast<int>(integer / 10000)),
                  std::chrono::month(static_cast<unsigned>(integer / 100 % 100)),
                  std::chrono::day(static_cast<unsigned>(integer % 100))};
  if (date.ok()) to = date;
  return date.ok();
}

/// The value of a field as it crosses the line, of whatever type; texts point into the object.
inline clinic_value read_value(const TypeDescription& type, const void* at) {
  switch (type.kind) {
    case TypeKind::text:
      return text_value(*static_cast<const std::string*>(at));
    case TypeKind::json:
      return text_value(static_cast<const Json*>(at)->text);
    case TypeKind::integer:
      return integer_value(*static_cast<const std::int64_t*>(at));
    case TypeKind::boolean:
      return integer_value(to_integer(*static_cast<const bool*>(at)));
    case TypeKind::timestamp:
      return integer_value(to_integer(*static_cast<const Timestamp*>(at)));
    case TypeKind::date:
      return integer_value(to_integer(*static_cast<const Date*>(at)));
    case TypeKind::word: {
      int index = type.get_word(at);
      return index < 0 ? clinic_value{} : text_value(type.words[static_cast<std::size_t>(index)]);
    }
    case TypeKind::optional: {
      const void* held = type.held(at);
      return held ? read_value(*type.element, held) : clinic_value{};
    }
    case TypeKind::object:
    case TypeKind::patch:
    case TypeKind::list:
      break;  // not in records: checked where the model is made
  }
  return clinic_value{};
}

/// False when the field cannot hold that value.
inline bool write_value(const TypeDescription& type, void* at, const clinic_value& value) {
  if (type.kind == TypeKind::optional) {
    if (value.kind == CLINIC_NULL) {
      type.reset(at);
      return true;
    }
    return write_value(*type.element, type.emplace(at), value);
  }
  if (type.kind == TypeKind::text || type.kind == TypeKind::json || type.kind == TypeKind::word) {
    if (value.kind != CLINIC_TEXT) return false;
    std::string_view text(value.as.text.data, value.as.text.size);
    if (type.kind == TypeKind::text) {
      static_cast<std::string*>(at)->assign(text);
    } else if (type.kind == TypeKind::json) {
      static_cast<Json*>(at)->text.assign(text);
    } else {
      for (std::size_t i = 0; i < type.words.size(); ++i)
        if (type.words[i] == text) {
          type.set_word(at, static_cast<int>(i));
          return true;
        }
      return false;
    }
    return true;
  }
  if (value.kind != CLINIC_INT) return false;
  const std::int64_t integer = value.as.integer;
  switch (type.kind) {
    case TypeKind::integer:
      return from_integer(integer, *static_cast<std::int64_t*>(at));
    case TypeKind::boolean:
      return from_integer(integer, *static_cast<bool*>(at));
    case TypeKind::timestamp:
      return from_integer(integer, *static_cast<Timestamp*>(at));
    case TypeKind::date:
      return from_integer(integer, *static_cast<Date*>(at));
    default:
      return false;
  }
}

/// The same where the type is known when this is compiled: every field of every row goes through these two.
template <class T>
clinic_value value_of(const T& field) {
  if constexpr (is_optional<T>)
    return field ? value_of(*field) : clinic_value{};
  else if constexpr (std::is_same_v<T, std::string>)
    return text_value(field);
  else if constexpr (std::is_same_v<T, Json>)
    return text_value(field.text);
  else if constexpr (std::is_enum_v<T>)
    return word(field).empty() ? clinic_value{} : text_value(word(field));
  else
    return integer_value(to_integer(field));
}
template <class T>
bool assign_value(T& field, const clinic_value& value) {
  if constexpr (is_optional<T>) {
    if (value.kind != CLINIC_NULL) return assign_value(field ? *field : field.emplace(), value);
    field.reset();
    return true;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Json> || std::is_enum_v<T>) {
    if (value.kind != CLINIC_TEXT) return false;
    const std::string_view text(value.as.text.data, value.as.text.size);
    if constexpr (std::is_same_v<T, std::string>) {
      field.assign(text);
    } else if constexpr (std::is_same_v<T, Json>) {
      field.text.assign(text);
    } else {
      const auto known = from_word<T>(text);
      if (!known) return false;
      field = *known;
    }
    return true;
  } else {
    return value.kind == CLINIC_INT && from_integer(value.as.integer, field);
  }
}

struct FieldAccess {
  clinic_value (*get)(const void* object);
  bool (*set)(void* object, const clinic_value& value);
};

template <class Record>
struct RecordAccess {
  template <class... Descriptor>
  static constexpr auto make(boost::mp11::mp_list<Descriptor...>) {
    return std::array<FieldAccess, sizeof...(Descriptor)>{FieldAccess{
        [](const void* object) { return value_of(static_cast<const Record*>(object)->*Descriptor::pointer); },
        [](void* object, const clinic_value& value) {
          return assign_value(static_cast<Record*>(object)->*Descriptor::pointer, value);
        }}...};
  }
  /// In the order of the description.
  static constexpr auto fields = make(boost::mp11::mp_rename<Members<Record>, boost::mp11::mp_list>{});
};

/// One record type of the model, with the storage that its C description points into.
struct RecordModel {
  RecordModel(const TypeDescription& type, std::string_view table_name, std::span<const Constraint> constraints)
      : name(type.name), table(table_name), field_names(type.fields.size()), words(type.fields.size()) {
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      const auto& field = type.fields[i];
      const auto& bare = field.type->bare();
      field_names[i] = field.name;
      for (auto text : bare.words)
        words[i].push_back(text.data());  // enumerators' names are terminated
      clinic_field out{};
      out.struct_size = sizeof out;
      out.name = field_names[i].c_str();
      out.kind = bare.kind == TypeKind::text || bare.kind == TypeKind::json || bare.kind == TypeKind::word ? CLINIC_TEXT
                                                                                                           : CLINIC_INT;
      out.flags = (field.type->kind == TypeKind::optional ? std::uint32_t{CLINIC_FIELD_NULLABLE} : 0u) |
                  (field.rule->exposure >= Exposure::secret ? std::uint32_t{CLINIC_FIELD_SECRET} : 0u);
      out.form = bare.kind == TypeKind::boolean     ? CLINIC_FORM_BOOLEAN
                 : bare.kind == TypeKind::timestamp ? CLINIC_FORM_TIMESTAMP
                 : bare.kind == TypeKind::date      ? CLINIC_FORM_DATE
                 : bare.kind == TypeKind::word      ? CLINIC_FORM_WORD
                 : bare.kind == TypeKind::json      ? CLINIC_FORM_JSON
                                                    : CLINIC_FORM_PLAIN;
      out.max_length = field.rule->max_length;
      out.word_count = static_cast<std::uint32_t>(words[i].size());
      out.words = words[i].data();
      fields.push_back(out);
    }
    for (const auto& field : fields)
      field_pointers.push_back(&field);
    for (const auto& constraint : constraints) {
      auto& columns = index_fields.emplace_back();
      for (std::size_t begin = 0; begin <= constraint.fields.size();) {
        auto end = std::min(constraint.fields.find(',', begin), constraint.fields.size());
        columns.push_back(index_of(type, constraint.fields.substr(begin, end - begin)));
        begin = end + 1;
      }
      clinic_index out{};
      out.struct_size = sizeof out;
      out.name = index_names.emplace_back(constraint.fields).c_str();
      out.unique = constraint.unique;
      out.field_count = static_cast<std::uint32_t>(columns.size());
      out.fields = columns.data();
      indexes.push_back(out);
    }
    for (const auto& index : indexes)
      index_pointers.push_back(&index);
    record.struct_size = sizeof record;
    record.name = name.c_str();
    record.table = table.c_str();
    record.field_count = static_cast<std::uint32_t>(fields.size());
    record.fields = field_pointers.data();
    record.id_field = index_of(type, "id");
    record.version_field = index_of(type, "version");
    record.lock_field = index_of(type, "lock_count");
    record.index_count = static_cast<std::uint32_t>(indexes.size());
    record.indexes = index_pointers.data();
  }
  RecordModel(const RecordModel&) = delete;
  RecordModel& operator=(const RecordModel&) = delete;

  static std::uint32_t index_of(const TypeDescription& type, std::string_view field_name) {
    for (std::uint32_t i = 0; i < type.fields.size(); ++i)
      if (type.fields[i].name == field_name) return i;
    return CLINIC_NO_FIELD;
  }

  std::string name, table;
  std::vector<std::string> field_names;
  std::vector<std::vector<const char*>> words;
  std::deque<clinic_field> fields;
  std::vector<const clinic_field*> field_pointers;
  std::deque<std::string> index_names;
  std::deque<std::vector<std::uint32_t>> index_fields;
  std::deque<clinic_index> indexes;
  std::vector<const clinic_index*> index_pointers;
  clinic_record_type record{};
};

template <class Record>
const clinic_record_type& make_record_type() {
  static auto& model = *new RecordModel(describe<Record>(), Table<Record>::name, Table<Record>::constraints);
  model.record.get = [](const void* object, std::uint32_t field, clinic_value* out) {
    const auto& fields = RecordAccess<Record>::fields;
    *out = field < fields.size() ? fields[field].get(object) : clinic_value{};
  };
  model.record.set = [](void* object, std::uint32_t field, const clinic_value* in) -> int {
    const auto& fields = RecordAccess<Record>::fields;
    try {
      return field < fields.size() && fields[field].set(object, *in) ? 0 : -1;
    } catch (...) {
      return -1;
    }
  };
  return model.record;
}

}  // namespace detail

/// The index of a record type in the model.
template <class Record>
inline constexpr std::uint32_t record_index = boost::mp11::mp_find<Records, Record>::value;

/// All records as the plugin line sees them. Made once; lives as long as the process.
inline const clinic_model& record_model() {
  static const clinic_model& made = []() -> const clinic_model& {
    static auto& types = *new std::vector<const clinic_record_type*>;  // reachable: not a leak
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>(
        [&](auto record) { types.push_back(&detail::make_record_type<typename decltype(record)::type>()); });
    return *new clinic_model{sizeof(clinic_model), schema_version, static_cast<std::uint32_t>(types.size()),
                             types.data()};
  }();
  return made;
}

}  // namespace clinic
