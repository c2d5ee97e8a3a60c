#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A key that encrypts or hashes data at rest, itself encrypted with the master key.
struct DataKey {
  std::string id;
  std::string key_use;  ///< what it encrypts or hashes
  std::string sealed_key;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(DataKey, (), (id, key_use, sealed_key, created_at, version))

template <>
struct Table<DataKey> {
  static constexpr std::string_view name = "data_keys";
  static constexpr std::string_view resource = "data_key";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array<Reference, 0> references{};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
