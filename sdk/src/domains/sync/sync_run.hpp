#pragma once

#include "domains/people/people.hpp"

namespace clinic {

/// Links all unlinked patient-role users and patients, page by page, each in a unit of work of its own.
SyncReport run_sync(Call& call, const RunSync& request);

}  // namespace clinic
