#pragma once

#include <clinic/field_rule.hpp>
#include <clinic/services/auth_service.hpp>
#include <clinic/services/common.hpp>

namespace clinic {

/// A short dated note by staff about a patient.
struct PatientNoteView {
  std::string id{};
  std::string patient_id{};
  Date noted_on{};  ///< the day that the note is about
  std::optional<std::string> text{};
  std::string created_by{};
  Timestamp created_at{};
  std::string updated_by{};
  Timestamp updated_at{};
  std::int64_t version = 0;
  bool medical_fields_damaged = false;  ///< then there is no text
};
BOOST_DESCRIBE_STRUCT(PatientNoteView, (),
                      (id, patient_id, noted_on, text, created_by, created_at, updated_by, updated_at, version,
                       medical_fields_damaged))

template <>
struct FieldRules<PatientNoteView> {
  static constexpr std::array rules{
      FieldRule{"medical_fields_damaged", "Whether the encrypted text cannot be read: then it is missing"}};
};

struct NoteKey {
  std::string note{};
};
BOOST_DESCRIBE_STRUCT(NoteKey, (), (note))

struct ListNotes {
  std::string patient{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = true;
};
BOOST_DESCRIBE_STRUCT(ListNotes, (), (patient, after, limit, newest_first))

/// A page in the order in which the notes were written.
struct PatientNotePage {
  std::vector<PatientNoteView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(PatientNotePage, (), (items, next))

struct CreateNote {
  std::string patient{};
  std::optional<Date> noted_on{};  ///< else today, in the clinic's time zone
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(CreateNote, (), (patient, noted_on, text))

struct UpdateNote {
  std::string note{};
  std::optional<std::int64_t> version{};  ///< refused with stale_record when the note has another
  Patch<Date> noted_on{};
  Patch<std::string> text{};
};
BOOST_DESCRIBE_STRUCT(UpdateNote, (), (note, version, noted_on, text))

/// Notes by doctors and nurses about patients. Patients read the notes about them where the policy says so
/// (`portal_notes`). Thread-safe. Every method throws Error; docs/operations.md lists the codes of each.
class CLINIC_API PatientNoteService {
 public:
  explicit PatientNoteService(Session session) : session_(std::move(session)) {}

  PatientNotePage list(const ListNotes& request, const CallOptions& options = {}) const;
  PatientNoteView get(const NoteKey& request, const CallOptions& options = {}) const;
  PatientNoteView create(const CreateNote& request, const CallOptions& options = {}) const;
  PatientNoteView update(const UpdateNote& request, const CallOptions& options = {}) const;
  /// The audit goes on saying that there was the note, who wrote it and who removed it.
  Acknowledged remove(const NoteKey& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
