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
  std::optional<std::int64_t> position;  ///< given after the commit: the order in which subscribers see events
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, created_at, type, resource_id, data, position))

template <>
struct Table<Event> {
  static constexpr std::string_view name = "events";
  static constexpr std::string_view resource = "event";
  // One index for both ends: events without a position, and events behind one. That a position is given once is for the
  // lock of the sequence to say: a unique index would be one more to write with every change.
  static constexpr std::array constraints{index_on("position,id")};
  static constexpr std::array references{Reference{
      .field = "resource_id", .refers_to = RefersTo::record, .on_erasure = OnErasure::erase, .exported = Exported::no}};
  static constexpr Retention retention = Retention::window;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
