/// \file
/// ivr.book: what a caller chose in a telephone menu (PHONE-1, PHONE-2, PHONE-5, PHONE-7).

#include "domains/people/linking.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/proven_people.hpp"
#include "domains/schedule/appointments.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"

#include <clinic/services/phone_line_service.hpp>

#include <algorithm>

namespace clinic {
namespace {

/// The person whom a booking is for, and what became of the account.
struct Caller {
  User account;
  Patient patient;
  PhoneAccount kind = PhoneAccount::web;
};

constexpr std::uint64_t most_of_household = 100;

/// An account, and its own patient where it has one.
struct Account {
  User user;
  std::optional<Patient> patient;
};

Account with_patient(Transaction& transaction, User user) {
  auto patient = own_patient(transaction, user);
  return {std::move(user), std::move(patient)};
}

/// The account of that phone, open or closed: nobody else's where phones are keys. Where households share phones, the
/// one that has proven it, or else the one that an earlier call made: a phone that was only typed gets nobody's
/// bookings.
std::optional<Account> account_of_phone(Transaction& transaction, const Policy& policy, const std::string& key) {
  Repository<User> users(transaction);
  if (phones_are_keys(policy)) {
    auto holder = users.first(where(&User::phone_login_key) == key);
    return holder ? std::optional(with_patient(transaction, std::move(*holder))) : std::nullopt;
  }
  auto sharing = users.select(Query(where(&User::phone_key) == key && where(&User::role) == Role::patient)
                                  .order_by(&User::id)
                                  .limit(most_of_household));
  const auto has_proven = [](const User& user) { return user.phone_verified_at.has_value(); };
  if (std::count_if(sharing.begin(), sharing.end(), has_proven) == 1)
    return with_patient(transaction, std::move(*std::find_if(sharing.begin(), sharing.end(), has_proven)));
  for (auto& user : sharing) {
    if (has_proven(user)) continue;
    auto account = with_patient(transaction, std::move(user));
    if (account.patient && account.patient->kind == PatientKind::ivr) return account;
  }
  return std::nullopt;
}

/// Whether nobody else may have the number by now.
bool is_callers(const Call& call, const std::optional<Account>& account) {
  return account && !(account->patient && is_of_long_ago(call, account->user, *account->patient));
}

Patient phone_patient(const Call& call, Timestamp now, const Contact& phone, const std::string& number) {
  Patient patient;
  patient.number = number;
  patient.phone = phone.text;
  patient.kind = PatientKind::ivr;
  patient.birth_date = call.policy().default_birth_date;
  patient.created_by = call.actor_key();
  patient.called_at = patient.created_at = patient.updated_at = now;
  return patient;
}

/// "IVR Patient 9999", after the last digits of the number.
void name_placeholder(const std::string& phone_key, Patient& patient) {
  patient.first_name = "IVR";
  patient.last_name = "Patient " + phone_key.substr(phone_key.size() - std::min<std::size_t>(4, phone_key.size()));
  patient.placeholder = PlaceholderName::phone_booking;
}

class Booking {
 public:
  Booking(Call& call, const BookByPhone& request)
      : call_(call),
        request_(request),
        phone_(contact_in(call.policy(), std::nullopt, request.phone)),
        for_dependent_(request.first_name.has_value()) {}

  PhoneBooking run() {
    // A password is hashed before the transaction, and only where an account has to be made.
    const bool known = call_.read([&](Transaction& transaction) {
      return is_callers(call_, account_of_phone(transaction, call_.policy(), phone_.key));
    });
    if (!known) credentials_ = make_credentials(call_, std::nullopt, CredentialDelivery::message, {});
    try {
      return attempt();
    } catch (const AccountGone&) {
      credentials_ = make_credentials(call_, std::nullopt, CredentialDelivery::message, {});
      return attempt();
    }
  }

 private:
  /// The account of the phone was there when it was looked for, and no longer is.
  struct AccountGone {};

  /// A call may make two patients: the account's own, and a person of the household.
  PhoneBooking attempt() {
    const auto store_with = [&](const std::string& own, const std::string& dependent) {
      return call_.write([&](UnitOfWork& work) { return store(work, own, dependent); });
    };
    return with_number(
        call_,
        [&](const std::string& own) {
          if (!for_dependent_) return store_with(own, {});
          return with_number(
              call_, [&](const std::string& dependent) { return store_with(own, dependent); },
              [&](const PhoneBooking&) { return dependents_number_; });
        },
        [&](const PhoneBooking&) { return own_number_; });
  }

  PhoneBooking store(UnitOfWork& work, const std::string& own, const std::string& dependent) {
    own_number_.clear();
    dependents_number_.clear();
    auto caller = find_or_make(work, own);
    if (for_dependent_) caller.patient = dependent_of(work, caller.account, dependent);
    Appointment appointment;
    appointment.patient_id = caller.patient.id;
    appointment.starts_at = request_.starts_at;
    appointment.doctor = request_.doctor;
    appointment.department = request_.department;
    appointment.comment = request_.comment;
    appointment.source = BookingSource::ivr;
    book(work, call_, appointment);
    if (caller.kind == PhoneAccount::web) tell(work, caller, "ivr_synced", std::nullopt);
    work.audit({.resource_id = appointment.id,
                .patient_id = caller.patient.id,
                .metadata = json_object({{"patient_id", caller.patient.number}, {"account", word(caller.kind)}})});
    return {view(call_, caller.patient, appointment), caller.patient.number, caller.kind};
  }

  Caller find_or_make(UnitOfWork& work, const std::string& number) {
    auto account = account_of_phone(work.transaction(), call_.policy(), phone_.key);
    if (is_callers(call_, account)) return find(work, std::move(*account));
    if (!credentials_) throw AccountGone{};
    if (account) dissolve(work, call_, std::move(account->user), std::move(*account->patient));
    return make(work, number);
  }

  Caller find(UnitOfWork& work, Account account) {
    if (!account.patient)
      throw Error(ErrorCode::not_linked, "The account of this phone has no patient.",
                  {{"phone", "not_linked", "The account of this phone has no patient: staff has to link it."}});
    // Nobody reads a message about a closed account.
    const bool web = account.user.claimed_at && account.user.active;
    if (!web) keep_fresh(work, *account.patient);
    return {std::move(account.user), std::move(*account.patient), web ? PhoneAccount::web : PhoneAccount::waiting};
  }

  /// What waits is opened by its phone as long as somebody calls from it.
  void keep_fresh(UnitOfWork& work, Patient& patient) {
    patient.called_at = patient.updated_at = work.now();
    work.of<Patient>().update(patient);
  }

  Caller make(UnitOfWork& work, const std::string& number) {
    auto patient = phone_patient(call_, work.now(), phone_, number);
    patient.id = work.new_id();
    name_placeholder(phone_.key, patient);
    normalise(call_.policy(), patient);
    auto account = new_account(call_.policy(), work.now(), patient, *credentials_);
    const bool free = !work.of<User>().first(where(&User::username_key) == phone_.key);
    account.username = free ? phone_.key : number;
    account.locale = request_.locale;
    patient.account_id = account.id;
    work.of<Patient>().insert(patient);
    normalise(call_.policy(), account, &patient);
    store_or_look_again(false, [&] { insert(work, account); });
    own_number_ = number;
    announce(work, "patient.registered", patient.id, patient);
    announce(work, "account.created", account.id, patient);
    audit_account(work, account, patient, "ACCOUNT_CREATED");
    Caller caller{std::move(account), std::move(patient), PhoneAccount::made};
    tell(work, caller, "ivr_welcome", credentials_->temporary_password);
    return caller;
  }

  Patient dependent_of(UnitOfWork& work, const User& guardian, const std::string& number) {
    const auto name = fold(*request_.first_name + " " + *request_.last_name);
    if (auto same =
            work.of<Patient>().first(where(&Patient::account_id) == guardian.id && where(&Patient::name_key) == name)) {
      keep_fresh(work, *same);
      return std::move(*same);
    }
    auto patient = phone_patient(call_, work.now(), phone_, number);
    patient.id = work.new_id();
    set_name(*request_.first_name, *request_.last_name, patient);
    patient.account_id = guardian.id;
    normalise(call_.policy(), patient);
    work.of<Patient>().insert(patient);
    dependents_number_ = number;
    announce(work, "patient.registered", patient.id, patient);
    return patient;
  }

  void tell(UnitOfWork& work, const Caller& caller, std::string_view message_template,
            std::optional<std::string> secret) {
    OutboxMessage message;
    message.channel = MessageChannel::sms;
    message.recipient = phone_.key;
    message.message_template = message_template;
    message.locale = request_.locale.value_or(caller.account.locale.value_or(call_.policy().locale));
    message.patient_id = caller.patient.id;
    message.user_id = caller.account.id;
    message.data.text = json_object({{"username", caller.account.username}, {"login_url", call_.policy().login_url}});
    work.send(std::move(message), std::move(secret));
  }

  Call& call_;
  const BookByPhone& request_;
  Contact phone_;
  bool for_dependent_;
  std::optional<Credentials> credentials_;
  std::string own_number_{}, dependents_number_{};  ///< of the patients that were made
};

PhoneBooking book_by_phone(Call& call, const BookByPhone& request) {
  check_appointment(call, request.starts_at, request.doctor.has_value(), request.department.has_value());
  if ((request.first_name || request.last_name) && !call.policy().household)
    refuse(request.first_name ? "first_name" : "last_name", "not_applicable",
           "The clinic's policy has one person for a phone (`household`).");
  if (request.first_name.has_value() != request.last_name.has_value())
    refuse(request.first_name ? "last_name" : "first_name", "required", "Give both names, or none.");
  return Booking(call, request).run();
}

}  // namespace

template <>
std::vector<Operation> rows_of<PhoneLineService>() {
  using enum ErrorCode;
  return {
      operation<book_by_phone>({
          .name = "ivr.book",
          .help = "Book an appointment for a caller of the telephone line",
          .effect = Effect::writes,
          .roles = {Role::admin, Role::receptionist},
          .http = {"POST", "/ivr/bookings", 201},
          .audit = "APPOINTMENT_BOOKED",
          .resource = "appointment",
          .subject = no_record,
          .errors = {not_found, not_linked, duplicate_number, stale_record},
          .failure = "Failed to book",
      }),
  };
}

PhoneLineService Session::phone_line() const { return PhoneLineService(*this); }

PhoneBooking PhoneLineService::book(const BookByPhone& request, const CallOptions& options) const {
  return session_.call<PhoneBooking>("ivr.book", request, options);
}

}  // namespace clinic
