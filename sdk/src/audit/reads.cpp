#include "reads.hpp"

#include <clinic/services/patient_service.hpp>

#include <set>

namespace clinic {
namespace {

using Ids = std::set<std::string>;

void collect_text(const FieldDescription* field, const void* object, Ids& ids) {
  if (!field || field->type->bare().kind != TypeKind::text) return;
  const auto value = detail::read_value(*field->type, field->address_in(object));
  if (value.kind == CLINIC_TEXT) ids.emplace(value.as.text.data, value.as.text.size);
}

/// Ids of the patients in an answer: of the records themselves, and of what else names a patient by `patient_id`.
void collect(const TypeDescription& type, const void* value, Ids& ids) {
  switch (type.kind) {
    case TypeKind::optional:
      if (const auto* held = type.held(value)) collect(*type.element, held, ids);
      return;
    case TypeKind::list:
      for (std::size_t i = 0; i < type.size(value); ++i)
        collect(*type.element, type.at(value, i), ids);
      return;
    case TypeKind::object:
      collect_text(type.field(type.name == describe<PatientView>().name ? "id" : "patient_id"), value, ids);
      for (const auto& field : type.fields)
        collect(*field.type, field.address_in(value), ids);
      return;
    default:
      return;
  }
}

}  // namespace

void audit_read(Call& call, const TypeDescription& type, const void* answer) {
  Ids ids;
  collect(type, answer, ids);
  if (ids.empty()) return;
  call.step([&](UnitOfWork& work) {
    for (const auto& id : ids)
      work.audit({.resource_type = "patient", .resource_id = id, .patient_id = id});
  });
}

}  // namespace clinic
