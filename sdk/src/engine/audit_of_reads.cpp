#include "engine/audit_of_reads.hpp"

#include "meta/each_object.hpp"

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

}  // namespace

void audit_read(Call& call, const TypeDescription& type, const void* answer) {
  // The records themselves, and what else names a patient by `patient_id`.
  Ids ids;
  each_object(type, answer, [&](const TypeDescription& found, const void* object) {
    collect_text(found.field(found.name == describe<PatientView>().name ? "id" : "patient_id"), object, ids);
  });
  if (ids.empty()) return;
  call.step([&](UnitOfWork& work) {
    for (const auto& id : ids)
      work.audit({.resource_type = "patient", .resource_id = id, .patient_id = id});
  });
}

}  // namespace clinic
