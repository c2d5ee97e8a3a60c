#pragma once

/// \file
/// The schema's version, and the steps that bring it forward.
///
/// Step n is the text of schema/000n.sql, which ODB generates for most steps. A statement ends with a semicolon at the
/// end of a line. The table clinic_schema has one row for each step that was taken.

#include "rows.hpp"
#include "schema_table.hpp"

#include <migrations.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

static_assert(std::size(migrations) == schema_version, "each schema version has its step: schema/000n.sql");

/// The version in the database; 0 where there is no schema.
inline std::uint32_t present_schema_version(Driver::Database& database) {
  if (query_integer(database, "COUNT(*)", Driver::schema_table_lookup).value_or(0) == 0) return 0;
  return static_cast<std::uint32_t>(query_integer(database, "MAX(version)", "FROM clinic_schema").value_or(0));
}

inline void run_script(Driver::Connection& connection, std::string_view script) {
  while (!script.empty()) {
    auto end = script.find(";\n");
    auto statement = script.substr(0, end == script.npos ? script.npos : end);
    if (statement.find_first_not_of(" \t\n;") != statement.npos) Driver::change_schema(connection, statement);
    script.remove_prefix(end == script.npos ? script.size() : end + 2);
  }
}

inline void take_step(Driver::Connection& connection, std::uint32_t version) {
  run_script(connection, migrations[version - 1]);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  Driver::change_schema(connection, "INSERT INTO clinic_schema (version, applied_at) VALUES (" +
                                        std::to_string(version) + ", " + std::to_string(now.count()) + ")");
}

/// Runs in a transaction, under a lock that other processes respect. Steps that were taken already are left alone.
inline void take_missing_steps(Driver::Database& database, Driver::Connection& connection) {
  const Driver::SchemaLock lock(connection);
  const auto present = present_schema_version(database);
  if (present > schema_version)
    throw Failure::refused("the database has schema version " + std::to_string(present) + ", newer than version " +
                           std::to_string(schema_version) + " that this plugin knows: use a newer plugin");
  if (present == 0) Driver::change_schema(connection, schema_table);
  for (auto version = present + 1; version <= schema_version; ++version)
    take_step(connection, version);
}

}  // namespace
}  // namespace clinic::mapping
