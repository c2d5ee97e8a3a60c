/// \file
/// patients.notes.*: short dated notes by staff about a patient.

#include "domains/people/patch.hpp"
#include "domains/people/people.hpp"
#include "domains/people/subjects.hpp"
#include "engine/make_operation.hpp"
#include "engine/page.hpp"
#include "meta/move_fields.hpp"

#include <clinic/services/patient_note_service.hpp>

namespace clinic {
namespace {

/// A damaged note is shown without its text, so that a list goes on behind it.
PatientNoteView view(PatientNote note) {
  PatientNoteView view;
  move_fields(note, view);
  view.medical_fields_damaged = note.sealed_fields.has_value();
  if (view.medical_fields_damaged) view.text.reset();
  return view;
}

/// Patients, and guardians of theirs, read notes where the policy shows them, and where the medical data is open.
void require_open(Call& call, const Patient& patient) {
  if (!reads_every_history(call.actor()) && !call.policy().portal_notes)
    throw Error(ErrorCode::forbidden, "The clinic does not show notes to patients.");
  require_medical_open(call, patient);
}

Error no_such_note() { return Error(ErrorCode::not_found, {}, {{"note", "not_found", "There is no such note."}}); }

PatientNote find_note(Transaction& transaction, const std::string& id) {
  auto note = Repository<PatientNote>(transaction).find(id);
  if (!note) throw no_such_note();
  return std::move(*note);
}

void check_day(const Call& call, Date noted_on) {
  if (noted_on > call.today()) refuse("noted_on", "out_of_range", "The day of the note is after today.");
}

PatientNotePage list_notes(Call& call, Transaction& transaction, const ListNotes& request) {
  const auto patient = find_patient(call, transaction, request.patient);
  call.concerns(Table<PatientNote>::resource, {}, patient.id);
  require_open(call, patient);
  return page_of<PatientNotePage>(transaction, where(&PatientNote::patient_id) == patient.id, request.after,
                                  request.limit, request.newest_first,
                                  [](PatientNote note) { return view(std::move(note)); });
}

PatientNoteView get_note(Call& call, Transaction& transaction, const NoteKey& request) {
  auto note = find_note(transaction, request.note);
  call.concerns(Table<PatientNote>::resource, note.id, note.patient_id);
  const auto patient = Repository<Patient>(transaction).find(note.patient_id);
  if (!patient || !may_see(call, *patient)) throw no_such_note();
  require_open(call, *patient);
  require_readable(note);
  return view(std::move(note));
}

PatientNoteView create_note(Call& call, const CreateNote& request) {
  const auto noted_on = request.noted_on.value_or(call.today());
  check_day(call, noted_on);
  return call.write([&](UnitOfWork& work) {
    const auto patient = find_patient(work.transaction(), request.patient);
    PatientNote note;
    note.id = work.new_id();
    note.patient_id = patient.id;
    note.noted_on = noted_on;
    note.text = request.text;
    note.created_by = note.updated_by = call.actor_key();
    note.created_at = note.updated_at = work.now();
    work.of<PatientNote>().insert(note);
    work.audit({.resource_id = note.id, .patient_id = patient.id});
    work.event("note.created", note.id, json_object({{"patient_number", patient.number}}));
    return view(note);
  });
}

PatientNoteView update_note(Call& call, const UpdateNote& request) {
  if (const auto* noted_on = request.noted_on.value_or_null()) check_day(call, *noted_on);
  return call.write([&](UnitOfWork& work) {
    auto note = find_note(work.transaction(), request.note);
    require_readable(note);
    check_version(note, request.version);
    apply_patch(request, note);
    note.updated_by = call.actor_key();
    note.updated_at = work.now();
    work.of<PatientNote>().update(note);
    work.audit({.resource_id = note.id,
                .patient_id = note.patient_id,
                .metadata = json_object({{"fields", changed_fields(request)}})});
    work.event("note.updated", note.id);
    return view(note);
  });
}

Acknowledged remove_note(Call& call, const NoteKey& request) {
  return call.write([&](UnitOfWork& work) {
    const auto note = find_note(work.transaction(), request.note);
    if (!work.of<PatientNote>().erase(note.id)) throw no_such_note();  // somebody removed it at this moment
    work.audit({.resource_id = note.id,
                .patient_id = note.patient_id,
                .metadata = json_object({{"created_by", note.created_by}})});
    work.event("note.removed", note.id);
    return Acknowledged{true, "The note was removed."};
  });
}

}  // namespace

template <>
std::vector<Operation> rows_of<PatientNoteService>() {
  using enum ErrorCode;
  constexpr auto resource = Table<PatientNote>::resource;
  const RoleSet clinical{Role::doctor, Role::nurse};
  return {
      operation<list_notes>({
          .name = "patients.notes.list",
          .help = "Notes by staff about a patient, page by page",
          .effect = Effect::reads,
          .roles = history_readers,
          .http = {"GET", "/patients/{patient}/notes"},
          .audit = "NOTE_READ",
          .resource = resource,
          .subject = patient_named_by<&ListNotes::patient>,
          .errors = {not_found},
      }),
      operation<get_note>({
          .name = "patients.notes.get",
          .help = "One note",
          .effect = Effect::reads,
          .roles = history_readers,
          .http = {"GET", "/notes/{note}"},
          .audit = "NOTE_READ",
          .resource = resource,
          .subject = record_named_by<&NoteKey::note, &PatientNote::patient_id>,
          .errors = {not_found, record_damaged},
      }),
      operation<create_note>({
          .name = "patients.notes.create",
          .help = "Write a note about a patient",
          .effect = Effect::writes,
          .roles = clinical,
          .http = {"POST", "/patients/{patient}/notes", 201},
          .audit = "NOTE_CREATED",
          .resource = resource,
          .subject = patient_named_by<&CreateNote::patient>,
          .errors = {not_found},
      }),
      operation<update_note>({
          .name = "patients.notes.update",
          .help = "Change a note",
          .effect = Effect::writes,
          .roles = clinical,
          .http = {"PATCH", "/notes/{note}"},
          .audit = "NOTE_UPDATED",
          .resource = resource,
          .subject = record_named_by<&UpdateNote::note, &PatientNote::patient_id>,
          .errors = {not_found, record_damaged, stale_record},
      }),
      operation<remove_note>({
          .name = "patients.notes.remove",
          .help = "Remove a note",
          .effect = Effect::writes,
          .roles = clinical,
          .http = {"DELETE", "/notes/{note}"},
          .audit = "NOTE_REMOVED",
          .resource = resource,
          .subject = record_named_by<&NoteKey::note, &PatientNote::patient_id>,
          .errors = {not_found},
      }),
  };
}

PatientNoteService Session::patient_notes() const { return PatientNoteService(*this); }

PatientNotePage PatientNoteService::list(const ListNotes& request, const CallOptions& options) const {
  return session_.call<PatientNotePage>("patients.notes.list", request, options);
}

PatientNoteView PatientNoteService::get(const NoteKey& request, const CallOptions& options) const {
  return session_.call<PatientNoteView>("patients.notes.get", request, options);
}

PatientNoteView PatientNoteService::create(const CreateNote& request, const CallOptions& options) const {
  return session_.call<PatientNoteView>("patients.notes.create", request, options);
}

PatientNoteView PatientNoteService::update(const UpdateNote& request, const CallOptions& options) const {
  return session_.call<PatientNoteView>("patients.notes.update", request, options);
}

Acknowledged PatientNoteService::remove(const NoteKey& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("patients.notes.remove", request, options);
}

}  // namespace clinic
