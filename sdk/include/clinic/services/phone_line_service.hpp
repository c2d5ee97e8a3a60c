#pragma once

#include <clinic/services/appointment_service.hpp>

namespace clinic {

/// What a caller chose in the telephone menu. The phone is the caller's number as the telephone network shows it: that
/// proves nothing, so the answer is for the host, which tells the caller the time and nothing of the account.
struct BookByPhone {
  std::string phone{};
  Timestamp starts_at{};
  std::optional<std::string> doctor{};
  std::optional<std::string> department{};  ///< a doctor or a department is needed
  std::optional<std::string> comment{};
  /// Whom the booking is for, where that is not the account's own patient: a person of the household with that name,
  /// who is made where there is none. Needs Policy::household.
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> locale{};  ///< of the message
};
BOOST_DESCRIBE_STRUCT(BookByPhone, (), (phone, starts_at, doctor, department, comment, first_name, last_name, locale))

/// On what a booking by telephone was put: the person's web account, an account that waits for its person since an
/// earlier call, or a new one of that kind.
enum class PhoneAccount { web, waiting, made };
BOOST_DESCRIBE_ENUM(PhoneAccount, web, waiting, made)

struct PhoneBooking {
  AppointmentView appointment{};
  std::string patient_number{};
  PhoneAccount account = PhoneAccount::web;
};
BOOST_DESCRIBE_STRUCT(PhoneBooking, (), (appointment, patient_number, account))

/// The telephone line. Thread-safe; every method throws Error.
class CLINIC_API PhoneLineService {
 public:
  explicit PhoneLineService(Session session) : session_(std::move(session)) {}

  /// Books an appointment for the caller's number (PHONE-1, PHONE-2). Give an idempotency key, so that a call that is
  /// repeated after a broken connection books once.
  PhoneBooking book(const BookByPhone& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
