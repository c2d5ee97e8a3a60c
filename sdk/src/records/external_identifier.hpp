#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// An identifier that another system gave to a patient (MRN, insurance, another hospital's id); FHIR Identifier.
struct ExternalIdentifier {
  std::string id;
  std::string patient_id;
  std::string system;  ///< who gave it: a URI or a short name
  std::string value;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ExternalIdentifier, (), (id, patient_id, system, value, created_at, version))

template <>
struct Table<ExternalIdentifier> {
  static constexpr std::string_view name = "external_identifiers";
  static constexpr std::string_view resource = "identifier";
  static constexpr std::array constraints{Constraint{.fields = "system,value",
                                                     .error = ErrorCode::duplicate_identifier,
                                                     .field = "identifiers",
                                                     .detail = "A patient already has this identifier of that system."},
                                          index_on("patient_id")};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes}};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
