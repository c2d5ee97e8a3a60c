#pragma once

#include "log.hpp"
#include "sealer.hpp"

#include <clinic/configuration.hpp>

#include <functional>
#include <span>

namespace clinic {

/// The master keys: first the present one, from the configuration, from a file, from the host's callback, or for an
/// embedded database from a key file beside it, made (mode 0600) where both the database and the file are new. Throws
/// Error(key_missing) for a server database without a key, and for a database that is there while its key file is not:
/// a new key could not open what the old one sealed. `has_data` tells whether the database already has a schema. After
/// it the previous ones.
MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log);

}  // namespace clinic
