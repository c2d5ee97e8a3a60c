#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A time that was promised to a patient. Doctor and department are texts until the clinic's day has records for them.
struct Appointment {
  std::string id;
  std::string patient_id;
  Timestamp starts_at{};
  std::optional<std::string> doctor;
  std::optional<std::string> department;
  std::optional<std::string> comment;        ///< what the patient said about it (FHIR Appointment.comment)
  std::optional<std::string> sealed_fields;  ///< the comment, encrypted, where the policy says so; then that is empty
  AppointmentStatus status = AppointmentStatus::scheduled;
  BookingSource source = BookingSource::ivr;
  std::string created_by;
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Appointment, (),
                      (id, patient_id, starts_at, doctor, department, comment, sealed_fields, status, source,
                       created_by, created_at, updated_at, version))

template <>
struct Table<Appointment> {
  static constexpr std::string_view name = "appointments";
  static constexpr std::string_view resource = "appointment";
  static constexpr std::array constraints{index_on("patient_id,id"), index_on("starts_at")};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes},
                                         done_by("created_by")};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
