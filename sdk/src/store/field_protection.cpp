#include "store/field_protection.hpp"

#include "base/formats.hpp"
#include "base/log.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace clinic {
namespace {

/// The value of a medical field; null where there is none, which an empty text says, too.
const std::string* medical_text(const FieldDescription& field, const void* record) {
  const auto* text = text_in(field, record);
  return text && text->empty() && field.type->kind == TypeKind::text ? nullptr : text;
}

std::optional<std::string>& optional_text(const FieldDescription& field, void* record) {
  return *static_cast<std::optional<std::string>*>(field.address(record));
}
const std::optional<std::string>& optional_text(const FieldDescription& field, const void* record) {
  return *static_cast<const std::optional<std::string>*>(field.address_in(record));
}

void clear(const FieldDescription& field, void* record) {
  void* at = field.address(record);
  if (field.type->kind == TypeKind::optional)
    field.type->reset(at);
  else
    static_cast<std::string*>(at)->clear();
}

/// Binds encrypted fields to their row, and to the patient whose they are. (What a merge moves to another patient is
/// decrypted and encrypted anew.)
std::string purpose(const RecordType& type, const void* record) {
  auto text = std::string("medical fields of ").append(type.resource).append(" ").append(type.id_of(record));
  for (const auto& reference : type.references)
    if (reference.refers_to == RefersTo::patient && reference.field != "id")
      if (const auto* patient = text_in(*type.description->field(reference.field), record))
        text.append(" of patient ").append(*patient);
  return text;
}

std::string sentence(const RecordType& type, const void* record) {
  std::string resource(type.resource);
  std::replace(resource.begin(), resource.end(), '_', ' ');
  return "The encrypted fields of the " + resource + " " + type.id_of(record) +
         " cannot be read: they were changed, or are another record's.";
}

/// By which field a request names the record: one whose id is a patient's is named by the patient.
std::string path_of(const RecordType& type) {
  for (const auto& reference : type.references)
    if (reference.field == "id" && reference.refers_to == RefersTo::patient) return "patient";
  return std::string(type.resource);
}

[[noreturn]] void refuse_damaged(const RecordType& type, const void* record) {
  throw Error(ErrorCode::record_damaged, {}, {{path_of(type), "fields_damaged", sentence(type, record)}});
}

/// The medical fields as one text; they are empty afterwards.
std::string taken_out(const RecordType& type, void* record) {
  boost::json::object values;
  std::string text;
  for (const auto* field : type.medical_fields) {
    if (const auto* value = medical_text(*field, record)) {
      if (type.sealed_form == SealedForm::text)
        text = *value;
      else
        values[field->name] = *value;
    }
    clear(*field, record);
  }
  return type.sealed_form == SealedForm::text ? text : boost::json::serialize(values);
}

/// Whether what is encrypted can be read back.
bool readable(const RecordType& type, const void* record) {
  return std::all_of(type.medical_fields.begin(), type.medical_fields.end(), [&](const auto* field) {
    const auto* text = medical_text(*field, record);
    return !text || valid_utf8(*text);
  });
}

/// False where the text is not what was taken out of such a row.
bool put_back(const RecordType& type, void* record, std::string text) {
  if (type.sealed_form == SealedForm::text) {
    set_text(*type.medical_fields.front(), record, std::move(text));
    return true;
  }
  boost::json::error_code error;
  const auto values = boost::json::parse(text, error);
  const auto* object = error ? nullptr : values.if_object();
  if (!object) return false;
  // A value for which there is no field would be lost when the row is written.
  for (const auto& [name, value] : *object) {
    const auto* field = type.description->field(name);
    if (!field || field->rule->exposure != Exposure::medical || !value.is_string()) return false;
  }
  for (const auto* field : type.medical_fields)
    if (const auto* value = object->if_contains(field->name))
      set_text(*field, record, std::string(value->get_string()));
  return true;
}

}  // namespace

bool has_medical_fields(const RecordType& type, const void* record) {
  return std::any_of(type.medical_fields.begin(), type.medical_fields.end(),
                     [&](const auto* field) { return medical_text(*field, record) != nullptr; });
}

bool key_without_value(const RecordType& type, const void* record) {
  return std::any_of(type.hashed_keys.begin(), type.hashed_keys.end(), [&](const HashedKey& hashed) {
    return optional_text(*type.description->field(hashed.key), record) &&
           !medical_text(*type.description->field(hashed.of), record);
  });
}

void FieldProtection::seal(const RecordType& type, void* record) const {
  auto& sealed = optional_text(*type.sealed_fields, record);
  if (sealed) {
    if (has_medical_fields(type, record)) refuse_damaged(type, record);
    return;
  }
  if (!active_) return;
  if (!readable(type, record)) refuse_damaged(type, record);
  sealed = sealer_.seal(purpose(type, record), taken_out(type, record));
  for (const auto& hashed : type.hashed_keys)
    if (auto& key = optional_text(*type.description->field(hashed.key), record))
      key = sealer_.keyed_hash(hashed.purpose, *key);
}

void FieldProtection::unseal(const RecordType& type, void* record) const {
  auto& sealed = optional_text(*type.sealed_fields, record);
  if (!sealed) {
    if (!active_ || !key_without_value(type, record)) return;
    sealed.emplace();  // fields_taken_out() tells
    return report(type, record);
  }
  auto text = unsealed(type, record, *sealed);
  if (!text) return;
  if (!put_back(type, record, std::move(*text))) return report(type, record);
  for (const auto& hashed : type.hashed_keys)
    if (const auto* value = medical_text(*type.description->field(hashed.of), record))
      optional_text(*type.description->field(hashed.key), record) = hashed.normal_form(*value);
  sealed.reset();
}

std::optional<std::string> FieldProtection::unsealed(const RecordType& type, const void* record,
                                                     const std::string& sealed) const {
  try {
    return sealer_.unseal(purpose(type, record), sealed);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::key_wrong) throw;
    report(type, record);
    return std::nullopt;
  }
}

void FieldProtection::report(const RecordType& type, const void* record) const {
  if (log_) (*log_)(LogLevel::error, sentence(type, record) + " system.check tells more.");
}

bool FieldProtection::up_to_date(const RecordType& type, const void* stored) const {
  const auto& sealed = optional_text(*type.sealed_fields, stored);
  return sealed ? active_ && sealer_.current(*sealed) : !active_;
}

std::vector<std::string> FieldProtection::stored_forms(const HashedKey& hashed, const std::string& key) const {
  return {sealer_.keyed_hash(hashed.purpose, key), key};
}

void require_readable(const RecordType& type, const void* record) {
  if (optional_text(*type.sealed_fields, record)) refuse_damaged(type, record);
}

}  // namespace clinic
