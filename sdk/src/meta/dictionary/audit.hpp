#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// The audit, its seals and its verification.
inline constexpr std::array audit = {
    FieldRule{"actor_id", "Id of the user who acted; none for a system actor", Format::id, 64},
    FieldRule{"actor_name", "Name of the system actor, or `user`", Format::line, 100},
    FieldRule{"actor_role", "Role of the actor when acting", Format::token, 40},
    FieldRule{"actor_username", "Login name that the user who acted has now; for administrators, and one's own",
              Format::line, 254, Exposure::personal},
    FieldRule{"action", "What was done, PATIENT_CREATED", Format::token, 100},
    FieldRule{"resource_type", "Type of the record acted on", Format::token, 60},
    FieldRule{"resource_id", "Id of the record acted on", Format::id, 64},
    FieldRule{"outcome", "Done, refused or failed"},
    FieldRule{"error_code", "Code of the error, see docs/errors.md", Format::token, 60},
    FieldRule{"metadata", "Details; no secret, no medical text"},
    FieldRule{"mac", "Keyed MAC that shows that nobody changed the row", Format::line, 64, Exposure::internal},
    FieldRule{"entry_count", "How many audit entries the seal covers", Format::none, 0, Exposure::open, 0},
    FieldRule{"entry_ids", "Ids of the audit entries that the seal covers", Format::multiline, 1048576,
              Exposure::internal},
    FieldRule{"whole_audit", "Look for unsealed entries from the beginning, not only behind the newest seals"},
    FieldRule{"seals_made", "How many seals were made", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_sealed", "How many audit entries they cover", Format::none, 0, Exposure::open, 0},
    FieldRule{"anchors_failed", "How many of the seals have no anchor where one was wanted; the log says why",
              Format::none, 0, Exposure::open, 0},
    FieldRule{"from_seal", "Number of the seal to begin with; else the first", Format::none, 0, Exposure::open, 1,
              999999999999},
    FieldRule{"anchors", "Anchors kept outside of the database, one line each: number, MAC, time", Format::multiline,
              1048576},
    FieldRule{"valid", "Whether nothing is wrong"},
    FieldRule{"entries_checked", "How many audit entries with a MAC were looked at", Format::none, 0, Exposure::open,
              0},
    FieldRule{"seals_checked", "How many seals were looked at", Format::none, 0, Exposure::open, 0},
    FieldRule{"anchors_checked", "How many anchors were compared", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_unsealed", "How many audit entries no seal covers yet", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_unsigned", "How many audit entries have no MAC, from versions that made none", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"problem_count", "How many problems there are", Format::none, 0, Exposure::open, 0},
    FieldRule{"problems", "The first hundred of them"},
    FieldRule{"seal", "Number of the seal; 0: none", Format::none, 0, Exposure::open, 0},
    FieldRule{"entry_id", "Id of the audit entry", Format::id, 64},
};

}  // namespace clinic::dictionary
