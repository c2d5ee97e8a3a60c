#pragma once

#include "meta/json_object.hpp"

#include <clinic/description.hpp>

namespace clinic {

/// What happens to a member of the request that the record lacks: a defect, or, where one request is for two records,
/// the other one's.
enum class Lacking { defect, skipped };

/// Carries the members that an update request gives over to the record's fields of the same name. Null clears a field
/// that may be empty, and is refused for one that may not. Throws Error(validation_failed).
void apply_patch(const TypeDescription& update_type, const void* update, const TypeDescription& record_type,
                 void* record, Lacking lacking);

template <class Update, class Record>
void apply_patch(const Update& update, Record& record, Lacking lacking = Lacking::defect) {
  apply_patch(describe<Update>(), &update, describe<Record>(), &record, lacking);
}

/// The members that the request gives, for the audit, which names fields and never their values.
Names changed_fields(const TypeDescription& update_type, const void* update);

template <class Update>
Names changed_fields(const Update& update) {
  return changed_fields(describe<Update>(), &update);
}

}  // namespace clinic
