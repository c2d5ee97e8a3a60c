#pragma once

/// \file
/// Makes the record model that `records/record_model.hpp` declares: included by one source of a library.

#include "meta/make_description.hpp"
#include "records/record_model.hpp"
#include "records/values.hpp"

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace clinic {
namespace detail {

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

inline const clinic_model& make_record_model() {
  static auto& types = *new std::vector<const clinic_record_type*>;  // reachable: not a leak
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>(
      [](auto record) { types.push_back(&make_record_type<typename decltype(record)::type>()); });
  return *new clinic_model{sizeof(clinic_model), schema_version, static_cast<std::uint32_t>(types.size()),
                           types.data()};
}

}  // namespace detail
}  // namespace clinic
