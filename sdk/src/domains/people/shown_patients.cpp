#include "domains/people/shown_patients.hpp"

#include "domains/people/subjects.hpp"
#include "domains/people/visibility.hpp"

#include <clinic/services/appointment_service.hpp>
#include <clinic/services/notification_service.hpp>
#include <clinic/services/patient_note_service.hpp>
#include <clinic/services/patient_service.hpp>

#include <array>

namespace clinic {
namespace {

/// `Struct` shows the patient whose id is the member.
template <class Struct, auto patient>
constexpr ShownPatient shown_by{&describe<Struct>(), [](const void* object) {
                                  return detail::text_of(static_cast<const Struct*>(object)->*patient);
                                }};

void close_medical(const Call& call, Transaction& transaction, void* view) {
  show_what_is_open_now(call, transaction, *static_cast<PatientView*>(view));
}

constexpr ShownPatient closing(ShownPatient shown, decltype(ShownPatient::close) close) {
  shown.close = close;
  return shown;
}

constexpr std::array all{
    closing(shown_by<PatientView, &PatientView::id>, close_medical),
    shown_by<MedicalHistoryView, &MedicalHistoryView::patient_id>,
    shown_by<PatientNoteView, &PatientNoteView::patient_id>,
    shown_by<PatientIdentifiers, &PatientIdentifiers::patient_id>,
    shown_by<UserView, &UserView::patient_id>,
    shown_by<MessageView, &MessageView::patient_id>,
    shown_by<AppointmentView, &AppointmentView::patient_id>,
};

}  // namespace

std::span<const ShownPatient> shown_patients() { return all; }

}  // namespace clinic
