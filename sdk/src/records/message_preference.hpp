#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace clinic {

/// Whether a patient wants messages over a channel (NOTE-7). No row: yes.
struct MessagePreference {
  std::string id;
  std::string patient_id;
  MessageChannel channel = MessageChannel::email;
  bool wanted = true;
  std::string updated_by;
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(MessagePreference, (), (id, patient_id, channel, wanted, updated_by, updated_at, version))

template <>
struct Table<MessagePreference> {
  static constexpr std::string_view name = "message_preferences";
  static constexpr std::string_view resource = "message_preference";
  static constexpr std::array constraints{Constraint{"patient_id,channel"}};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::combine,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes},
                                         done_by("updated_by")};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
