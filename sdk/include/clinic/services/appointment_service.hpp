#pragma once

#include <clinic/field_rule.hpp>
#include <clinic/services/common.hpp>
#include <clinic/session.hpp>

#include <array>

namespace clinic {

/// A time that was promised to a patient.
struct AppointmentView {
  std::string id{};
  std::string patient_id{};
  Timestamp starts_at{};
  std::optional<std::string> doctor{};
  std::optional<std::string> department{};
  std::optional<std::string> comment{};
  AppointmentStatus status = AppointmentStatus::scheduled;
  BookingSource source = BookingSource::desk;
  std::string created_by{};
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t version = 0;
  bool medical_fields_damaged = false;  ///< then there is no comment
};
BOOST_DESCRIBE_STRUCT(AppointmentView, (),
                      (id, patient_id, starts_at, doctor, department, comment, status, source, created_by, created_at,
                       updated_at, version, medical_fields_damaged))

template <>
struct FieldRules<AppointmentView> {
  static constexpr std::array rules{
      FieldRule{"status", "Whether it is to come, took place or not"},
      FieldRule{"medical_fields_damaged", "Whether the encrypted comment cannot be read: then it is missing"}};
};

struct ListAppointments {
  std::string patient{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = true;
};
BOOST_DESCRIBE_STRUCT(ListAppointments, (), (patient, after, limit, newest_first))

/// A page in the order in which the appointments were booked.
struct AppointmentPage {
  std::vector<AppointmentView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(AppointmentPage, (), (items, next))

struct AppointmentKey {
  std::string appointment{};
};
BOOST_DESCRIBE_STRUCT(AppointmentKey, (), (appointment))

/// Appointments of patients. Patients and guardians see their own. Thread-safe; every method throws Error.
class CLINIC_API AppointmentService {
 public:
  explicit AppointmentService(Session session) : session_(std::move(session)) {}

  AppointmentPage list(const ListAppointments& request, const CallOptions& options = {}) const;
  AppointmentView get(const AppointmentKey& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
