#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// The answer to a call that carried an idempotency key, kept in that call's own transaction (HTTP-5). The answer may
/// hold personal data, and the row refers to nobody: its retention ends it, and an erasure of a person does not.
struct IdempotencyRecord {
  std::string id;  ///< hash of the actor and the key
  std::string operation;
  std::string request_hash;
  std::string sealed_response;
  Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(IdempotencyRecord, (), (id, operation, request_hash, sealed_response, created_at))

template <>
struct Table<IdempotencyRecord> {
  static constexpr std::string_view name = "idempotency_records";
  static constexpr std::string_view resource = "idempotency_record";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array<Reference, 0> references{};
  static constexpr Retention retention = Retention::window;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
