#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// The clinic itself: operations, versions, checks, keys.
inline constexpr std::array system = {
    FieldRule{"roles", "Roles that may call it"},
    FieldRule{"writes", "Whether it changes anything"},
    FieldRule{"http_method", "HTTP method", Format::token, 10},
    FieldRule{"fault_field",
              "Field of the answer by which it says that not all is as it should be: a list with items, a number other "
              "than 0, or false",
              Format::token, 40},
    FieldRule{"http_path", "HTTP path after /api/v1", Format::line, 200},
    FieldRule{"http_status", "HTTP status of an answer", Format::none, 0, Exposure::open, 200, 299},
    FieldRule{"method", "HTTP method", Format::token, 10},
    FieldRule{"path", "HTTP path after /api/v1", Format::line, 200},
    FieldRule{"also_at", "Other places of the operation over HTTP"},
    FieldRule{"with", "What the request says by itself there"},
    FieldRule{"errors", "Codes of the errors it may answer beside the common ones"},
    FieldRule{"request_schema", "JSON Schema of the request"},
    FieldRule{"response_schema", "JSON Schema of the response"},
    FieldRule{"operations", "The operations"},
    FieldRule{"sdk_version", "Version of the SDK", Format::token, 40},
    FieldRule{"plugin_abi", "Version of the plugin line", Format::token, 20},
    FieldRule{"schema_version", "Version of the database schema"},
    FieldRule{"storage", "Database URL (sqlite:clinic.db), or the storage plugin's name in an answer", Format::line,
              1000},
    FieldRule{"storage_version", "Version of the storage plugin", Format::token, 40},
    FieldRule{"profile", "Name of a policy profile", Format::token, 40},
    FieldRule{"hashes_waiting_desk", "Calls of staff that wait for a password hash, in this process", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"hashes_waiting_door", "Calls of everybody else that wait for a password hash, in this process",
              Format::none, 0, Exposure::open, 0},
    FieldRule{"messages_due", "Messages that are due and not sent yet", Format::none, 0, Exposure::open, 0},
    FieldRule{"oldest_due_seconds", "For how many seconds the oldest of them has been due; 0: none is", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"unsealed_seconds", "Age of the oldest entry of the audit that has no seal yet; 0: all have",
              Format::none, 0, Exposure::open, 0},
    FieldRule{"patients_changed", "Patients that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"histories_changed", "Medical histories that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"users_changed", "Users that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"others_changed", "Records of other types that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"records_left", "Records that were left as they are; system.check says why", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"records_checked", "How many records were looked at", Format::none, 0, Exposure::open, 0},
    FieldRule{"record_type", "Type of the record, or file", Format::token, 60},
    FieldRule{"record_id", "Id of the record", Format::id, 64},
    FieldRule{"remedy", "What to do about it", Format::line, 1000},
    FieldRule{"data_key_resealed", "Whether the database's own key was sealed anew, with the present master key"},
    FieldRule{"attempts_removed", "Counters of attempts that say nothing any more", Format::none, 0, Exposure::open, 0},
    FieldRule{"logins_removed", "Logins that had ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"tokens_removed", "Links that were used or had ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"idempotency_keys_removed", "Idempotency keys older than the policy keeps them", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"healthy", "Whether the database answers"},
    FieldRule{"next_value", "Next unused number", Format::none, 0, Exposure::open, 0},
    FieldRule{"request_hash", "Hash of the request", Format::line, 64, Exposure::internal},
    FieldRule{"sealed_response", "The answer, encrypted", Format::multiline, 1048576, Exposure::internal},
    FieldRule{"sealed_fields", "Medical fields, encrypted", Format::multiline, 1048576, Exposure::internal},
    FieldRule{"key_use", "What the key encrypts or hashes", Format::token, 60},
    FieldRule{"sealed_key", "The key, encrypted with the master key", Format::line, 255, Exposure::internal},
};

}  // namespace clinic::dictionary
