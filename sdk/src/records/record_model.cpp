#include "records/record_model.hpp"

#include "records/check_record.hpp"
#include "records/make_record_model.hpp"

#include <array>
#include <utility>
#include <vector>

namespace clinic {
namespace {

template <class Record>
RecordType make_record_type() {
  static_assert(detail::CheckedRecord<Record>::value);
  using Declaration = Table<Record>;
  RecordType type{.index = record_index<Record>,
                  .description = &describe<Record>(),
                  .stored = record_model().records[record_index<Record>],
                  .table = Declaration::name,
                  .resource = Declaration::resource,
                  .constraints = Declaration::constraints,
                  .primary_key = nullptr,
                  .references = Declaration::references,
                  .retention = Declaration::retention,
                  .in_backups = Declaration::in_backups == InBackups::yes,
                  .medical_fields = {},
                  .sealed_fields = nullptr,
                  .sealed_form = SealedForm::object,
                  .hashed_keys = {}};
  if constexpr (requires { Declaration::primary_key; }) type.primary_key = &Declaration::primary_key;
  if constexpr (requires { Declaration::sealed_form; }) type.sealed_form = Declaration::sealed_form;
  if constexpr (requires { Declaration::hashed_keys; }) type.hashed_keys = Declaration::hashed_keys;
  for (const auto& field : type.description->fields)
    if (field.rule->exposure == Exposure::medical) type.medical_fields.push_back(&field);
  if (!type.medical_fields.empty()) type.sealed_fields = type.description->field("sealed_fields");
  return type;
}

/// For each byte of a record the field that begins there.
using FieldsByOffset = std::vector<std::uint32_t>;

template <class Record>
FieldsByOffset fields_by_offset() {
  FieldsByOffset fields(sizeof(Record), CLINIC_NO_FIELD);
  Record record;
  std::uint32_t index = 0;
  for (const auto& field : describe<Record>().fields)
    fields[static_cast<std::size_t>(static_cast<std::byte*>(field.address(&record)) -
                                    reinterpret_cast<std::byte*>(&record))] = index++;
  return fields;
}

}  // namespace

const clinic_model& record_model() {
  static const auto& model = detail::make_record_model();
  return model;
}

std::span<const RecordType> record_types() {
  static const auto& types = *new auto([]<class... Record>(boost::mp11::mp_list<Record...>) {
    return std::array{make_record_type<Record>()...};
  }(Records{}));  // reachable for ever: a clinic may be used while the process ends
  return types;
}

const std::string& RecordType::id_of(const void* object) const {
  return *static_cast<const std::string*>(description->fields[stored->id_field].address_in(object));
}

std::uint32_t RecordType::field_index(std::string_view field) const {
  return static_cast<std::uint32_t>(description->field(field) - description->fields.data());
}

const RecordType* record_type(std::string_view name) {
  for (const auto& type : record_types())
    if (type.name() == name) return &type;
  return nullptr;
}

const std::string* text_in(const FieldDescription& field, const void* record) {
  const void* at = field.address_in(record);
  return static_cast<const std::string*>(field.type->kind == TypeKind::optional ? field.type->held(at) : at);
}

void set_text(const FieldDescription& field, void* record, std::string text) {
  void* at = field.address(record);
  *static_cast<std::string*>(field.type->kind == TypeKind::optional ? field.type->emplace(at) : at) = std::move(text);
}

std::uint32_t detail::field_at(std::uint32_t record, std::size_t offset) {
  static const auto& all = *new auto([]<class... Record>(boost::mp11::mp_list<Record...>) {
    return std::array{fields_by_offset<Record>()...};
  }(Records{}));  // reachable for ever: queries may be made while the process ends
  return all[record][offset];
}

}  // namespace clinic
