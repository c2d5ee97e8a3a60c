#pragma once

#include "domains/people/people.hpp"

namespace clinic {

enum class SyncOutcome { nothing, patient_created, user_linked };

/// Links one patient-role user with the patient whom the policy's keys find, or makes one; as `run_sync` does, in a
/// unit of work of its own. A dry run only says what would be done. Throws as `check_match` does, and already_linked.
SyncOutcome sync_user(Call& call, const std::string& id, bool dry_run);

/// Links all unlinked patient-role users and patients, page by page. Those who have one match each are linked a few in
/// a unit of work, the others each in one of their own.
SyncReport run_sync(Call& call, const RunSync& request);

}  // namespace clinic
