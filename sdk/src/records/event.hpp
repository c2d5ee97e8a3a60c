#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// Something that happened, for hosts that subscribe; written in the transaction that made it true.
struct Event {
  std::string id;
  Timestamp created_at{};
  std::string type;  ///< patient.registered, account.linked, …
  std::string resource_id;
  Json data{"{}"};
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, created_at, type, resource_id, data))

template <>
struct Table<Event> {
  static constexpr std::string_view name = "events";
  static constexpr std::string_view resource = "event";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array references{Reference{
      .field = "resource_id", .refers_to = RefersTo::record, .on_erasure = OnErasure::erase, .exported = Exported::no}};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
