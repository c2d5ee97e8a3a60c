#pragma once

/// \file
/// Reads and migrates a database's schema without opening a clinic: `clinic schema status`, `clinic schema migrate`.
/// For hosts that migrate in a separate step and open with `migrate` off.

#include <clinic/configuration.hpp>
#include <clinic/export.hpp>

#include <cstdint>

namespace clinic {

struct SchemaStatus {
  std::uint32_t present = 0;   ///< version in the database; 0: no schema
  std::uint32_t expected = 0;  ///< version that this SDK and its plugin need

  bool current() const { return present == expected; }
  bool newer() const { return present > expected; }  ///< made by a newer SDK, so this one cannot open it
};

/// Reads the status and changes nothing. A missing database file is not created.
///
/// Threads: any. Throws Error: configuration_invalid, plugin_not_found, plugin_refused, busy, unavailable.
CLINIC_API SchemaStatus schema_status(const Configuration& configuration);

/// Creates the schema, or migrates an older one, under a lock that other processes respect: of several processes at
/// once, one migrates, and the others wait and find it done. Returns the status before.
///
/// The policy is not needed. The master key is needed only for a database with data from a schema before 4: the
/// migration makes its data key, and from then on its audit is signed.
///
/// Threads: any. Throws Error as schema_status, and schema_newer, key_missing, key_wrong.
CLINIC_API SchemaStatus migrate_schema(const Configuration& configuration, Environment environment = {});

}  // namespace clinic
