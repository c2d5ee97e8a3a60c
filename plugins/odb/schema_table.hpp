#pragma once

namespace clinic::mapping {

/// The table that holds one row for each step of the schema that was taken.
inline constexpr const char* schema_table =
    "CREATE TABLE IF NOT EXISTS clinic_schema (version INTEGER NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)";

}  // namespace clinic::mapping
