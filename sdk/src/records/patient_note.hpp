#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A short dated note by staff about a patient.
struct PatientNote {
  std::string id;
  std::string patient_id;
  Date noted_on{};
  std::string text;
  std::optional<std::string> sealed_fields;  ///< the text, encrypted, where the policy says so; then that is empty
  std::string created_by;
  Timestamp created_at{};
  std::string updated_by;
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(PatientNote, (),
                      (id, patient_id, noted_on, text, sealed_fields, created_by, created_at, updated_by, updated_at,
                       version))

template <>
struct Table<PatientNote> {
  static constexpr std::string_view name = "patient_notes";
  static constexpr std::string_view resource = "note";
  static constexpr std::array constraints{index_on("patient_id,id")};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes},
                                         done_by("created_by"), done_by("updated_by")};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
