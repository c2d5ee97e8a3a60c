#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// The medical history, a record of its own so that lists and logins never load it (MODEL-3). Its id is the patient's.
struct MedicalHistory {
  std::string id;
  std::string history;
  std::optional<std::string> sealed_fields;  ///< the history, encrypted, where the policy says so; then that is empty
  std::string updated_by;
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(MedicalHistory, (), (id, history, sealed_fields, updated_by, updated_at, version))

template <>
struct Table<MedicalHistory> {
  static constexpr std::string_view name = "medical_histories";
  static constexpr std::string_view resource = "medical_history";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array references{Reference{.field = "id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::combine,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes},
                                         done_by("updated_by")};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
  static constexpr SealedForm sealed_form = SealedForm::text;
};

}  // namespace clinic
