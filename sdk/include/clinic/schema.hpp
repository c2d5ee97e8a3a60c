#pragma once

/// \file
/// A database's schema, without opening a clinic on it: `clinic schema status`, `clinic schema migrate`. For hosts that
/// migrate as a step of their own and open with `migrate` off.

#include <clinic/configuration.hpp>
#include <clinic/export.hpp>

#include <cstdint>

namespace clinic {

struct SchemaStatus {
  std::uint32_t present = 0;   ///< version in the database; 0: none
  std::uint32_t expected = 0;  ///< version that this SDK and its plugin need

  bool current() const { return present == expected; }
  bool newer() const { return present > expected; }  ///< made by a newer SDK: nothing here opens it
};

/// Changes nothing; a database file that is missing is not made.
///
/// Threads: any. Throws Error: configuration_invalid, plugin_not_found, plugin_refused, busy, unavailable.
CLINIC_API SchemaStatus schema_status(const Configuration& configuration);

/// Creates the schema or brings it forward, under a lock that other processes respect: of several at once one works and
/// the others wait and find it done. Answers the status before. The policy is not needed; the master key is where a
/// database with data comes from a schema before 4: its own key is made at once, and from then on its audit is signed.
///
/// Threads: any. Throws Error as schema_status, and schema_newer, key_missing, key_wrong.
CLINIC_API SchemaStatus migrate_schema(const Configuration& configuration, Environment environment = {});

}  // namespace clinic
