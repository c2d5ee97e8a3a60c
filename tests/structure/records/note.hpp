#pragma once

// A record as it should be. Each case leaves something unsaid, by a macro.

#include "records/check_record.hpp"

#include <clinic/types.hpp>

#include <boost/describe/class.hpp>

#ifndef REFERENCES
#define REFERENCES                            \
  std::array {                                \
    Reference{.field = "patient_id",          \
              .refers_to = RefersTo::patient, \
              .on_merge = OnMerge::follow,    \
              .on_erasure = OnErasure::erase, \
              .exported = Exported::yes},     \
        done_by("created_by")                 \
  }
#endif
#ifndef CONSTRAINTS
#define CONSTRAINTS \
  std::array { index_on("patient_id") }
#endif
#ifndef SEALED
#define SEALED sealed_fields
#endif

namespace clinic {

struct SampleNote {
  std::string id;
  std::string patient_id;
  std::string history;
  std::optional<std::string> SEALED;
  std::string created_by;
};
BOOST_DESCRIBE_STRUCT(SampleNote, (), (id, patient_id, history, SEALED, created_by))

template <>
struct Table<SampleNote> {
  static constexpr std::string_view name = "sample_notes";
  static constexpr std::string_view resource = "note";
  static constexpr auto constraints = CONSTRAINTS;
  static constexpr auto references = REFERENCES;
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

static_assert(detail::CheckedRecord<SampleNote>::value);

}  // namespace clinic
