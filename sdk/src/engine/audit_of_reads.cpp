#include "engine/audit_of_reads.hpp"

#include "meta/each_object.hpp"

#include <set>

namespace clinic {

void audit_read(Call& call, const void* answer) {
  std::set<std::string> ids;
  each_object(*call.operation().response, answer, [&](const TypeDescription& type, const void* object) {
    for (const auto& shown : call.operation().shown)
      if (shown.type == &type)
        if (const auto* id = shown.patient(object)) ids.insert(*id);
  });
  if (ids.empty()) return;
  call.step([&](UnitOfWork& work) {
    for (const auto& id : ids)
      work.audit({.resource_type = "patient", .resource_id = id, .patient_id = id});
  });
}

}  // namespace clinic
