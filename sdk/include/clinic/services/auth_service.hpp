#pragma once

#include <clinic/people.hpp>
#include <clinic/services/common.hpp>
#include <clinic/services/patient_service.hpp>

namespace clinic {

struct LogIn {
  std::string login{};  ///< email, phone number, username or patient number
  std::string password{};
};
BOOST_DESCRIBE_STRUCT(LogIn, (), (login, password))

/// The answer of a login (names of RFC 6749).
struct Tokens {
  std::string access_token{};
  std::string refresh_token{};
  std::string token_type{"Bearer"};
  std::int64_t expires_in = 0;
  Timestamp refresh_expires_at{};
  bool password_change_required = false;  ///< if true, call auth.change_password before anything else
  UserView user{};
};
BOOST_DESCRIBE_STRUCT(Tokens, (),
                      (access_token, refresh_token, token_type, expires_in, refresh_expires_at,
                       password_change_required, user))

template <>
struct FieldRules<Tokens> {
  static constexpr std::array rules{FieldRule{"user", "The user who logged in"}};
};

struct RefreshTokens {
  std::string refresh_token{};
};
BOOST_DESCRIBE_STRUCT(RefreshTokens, (), (refresh_token))

/// Ends the caller's login, or the login of a refresh token if the caller no longer has an access token.
struct LogOut {
  std::optional<std::string> refresh_token{};
};
BOOST_DESCRIBE_STRUCT(LogOut, (), (refresh_token))

struct EndedSessions {
  std::int64_t sessions_ended = 0;
};
BOOST_DESCRIBE_STRUCT(EndedSessions, (), (sessions_ended))

struct Me {
  UserView user{};
  std::optional<PatientView> patient{};
};
BOOST_DESCRIBE_STRUCT(Me, (), (user, patient))

template <>
struct FieldRules<Me> {
  static constexpr std::array rules{
      FieldRule{"user", "The user"},
      FieldRule{"patient", "The user's own patient; none for staff"},
  };
};

struct ChangePassword {
  std::string current_password{};
  std::string new_password{};
};
BOOST_DESCRIBE_STRUCT(ChangePassword, (), (current_password, new_password))

struct RequestPasswordReset {
  std::string login{};
};
BOOST_DESCRIBE_STRUCT(RequestPasswordReset, (), (login))

struct ResetPassword {
  std::string token{};
  std::string new_password{};
};
BOOST_DESCRIBE_STRUCT(ResetPassword, (), (token, new_password))

/// What a person enters to become a patient of the clinic.
struct RegisterAccount {
  std::string first_name{};
  std::string last_name{};
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> username{};  ///< default: the email, else the phone
  std::string password{};
  std::optional<Date> birth_date{};
  std::optional<std::string> address{};
  std::optional<std::string> locale{};
  Role role = Role::patient;
};
BOOST_DESCRIBE_STRUCT(RegisterAccount, (),
                      (first_name, last_name, email, phone, username, password, birth_date, address, locale, role))

template <>
struct FieldRules<RegisterAccount> {
  static constexpr std::array rules{FieldRule{"role", "patient: every other role is given by the clinic"}};
};

/// A user, and the user's own patient if there is one.
struct CreatedUser {
  UserView user{};
  std::optional<PatientView> patient{};
};
BOOST_DESCRIBE_STRUCT(CreatedUser, (), (user, patient))

template <>
struct FieldRules<CreatedUser> {
  static constexpr std::array rules{
      FieldRule{"user", "The user"},
      FieldRule{"patient", "The user's own patient; none for staff"},
  };
};

/// A person who has registered with a proven contact, and the login with which the registration ends.
struct RegisteredPerson {
  UserView user{};
  std::optional<PatientView> patient{};
  std::optional<Tokens> tokens{};
};
BOOST_DESCRIBE_STRUCT(RegisteredPerson, (), (user, patient, tokens))

template <>
struct FieldRules<RegisteredPerson> {
  static constexpr std::array rules{
      FieldRule{"user", "The user"},
      FieldRule{"patient", "The user's own patient"},
      FieldRule{"tokens",
                "The login. None where a call is repeated under its idempotency key, or the database was busy: "
                "auth.login follows"},
  };
};

struct Acknowledged {
  bool success = true;
  std::string message{};
};
BOOST_DESCRIBE_STRUCT(Acknowledged, (), (success, message))

/// Exactly one contact. The code goes there.
struct StartRegistration {
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> locale{};
};
BOOST_DESCRIBE_STRUCT(StartRegistration, (), (email, phone, locale))

/// A code was sent, or for a contact that is registered already a message that says so: the answer is the same.
struct VerificationStarted {
  bool success = true;
  std::string message{};
  std::string verification_token{};  ///< to be given with the code; shown this once
  MessageChannel channel = MessageChannel::email;
  Timestamp resend_at{};   ///< from when on auth.resend_code sends another code
  Timestamp expires_at{};  ///< of the code
};
BOOST_DESCRIBE_STRUCT(VerificationStarted, (), (success, message, verification_token, channel, resend_at, expires_at))

struct ResendCode {
  std::string verification_token{};
};
BOOST_DESCRIBE_STRUCT(ResendCode, (), (verification_token))

struct CodeResent {
  bool success = true;
  std::string message{};
  MessageChannel channel = MessageChannel::email;
  Timestamp resend_at{};
  Timestamp expires_at{};
};
BOOST_DESCRIBE_STRUCT(CodeResent, (), (success, message, channel, resend_at, expires_at))

/// The contact is the one that the registration was started with.
struct VerifyContact {
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::string code{};
  std::string verification_token{};
};
BOOST_DESCRIBE_STRUCT(VerifyContact, (), (email, phone, code, verification_token))

template <>
struct FieldRules<VerifyContact> {
  static constexpr std::array rules{
      FieldRule{"code", "The code of the message, six digits", Format::token, 20, Exposure::secret}};
};

struct ContactVerified {
  bool success = true;
  std::string message{};
  std::string verified_token{};  ///< for auth.set_password, once
  Timestamp expires_at{};
};
BOOST_DESCRIBE_STRUCT(ContactVerified, (), (success, message, verified_token, expires_at))

/// The contact is the one that was verified. Without names the patient is "New Patient" until somebody gives them.
struct SetPassword {
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::string verified_token{};
  std::string password{};
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> username{};  ///< default: the contact
  std::optional<Date> birth_date{};
  std::optional<std::string> address{};
  std::optional<std::string> locale{};
};
BOOST_DESCRIBE_STRUCT(SetPassword, (),
                      (email, phone, verified_token, password, first_name, last_name, username, birth_date, address,
                       locale))

/// Logins, tokens and passwords. Thread-safe; every method throws Error.
///
/// An access token is a JWT that is valid for a few minutes. A refresh token can be exchanged once for new tokens. Both
/// end with the login: at logout, at a change of password or role, and when the user is deactivated. They end in all
/// processes at once.
class CLINIC_API AuthService {
 public:
  explicit AuthService(Session session) : session_(std::move(session)) {}

  /// Logs in by email, phone number, username or patient number. Neither the answer nor the time reveals whether there
  /// is such a user.
  Tokens log_in(const LogIn& request, const CallOptions& options = {}) const;
  Tokens refresh(const RefreshTokens& request, const CallOptions& options = {}) const;
  EndedSessions log_out(const LogOut& request = {}, const CallOptions& options = {}) const;
  /// Ends all logins of the user, including this one.
  EndedSessions log_out_everywhere(const CallOptions& options = {}) const;
  Me me(const CallOptions& options = {}) const;
  /// Ends the user's other logins.
  Acknowledged change_password(const ChangePassword& request, const CallOptions& options = {}) const;
  /// Makes the account and the patient of a person who registers through the portal, if Policy::self_registration
  /// allows it. Log in afterwards. An existing person with the email, the phone or the username is not changed: nothing
  /// is linked.
  CreatedUser register_account(const RegisterAccount& request, const CallOptions& options = {}) const;
  /// Begins a registration by a contact that the person proves (Policy::registration_channels): sends a code there. The
  /// answer and its time do not tell whether the contact is known; a message tells its owner. After some starts for one
  /// contact or from one origin, further ones are refused for a while.
  VerificationStarted start_registration(const StartRegistration& request, const CallOptions& options = {}) const;
  /// Sends another code; the one before is worth nothing from then on. Wrong guesses go on being counted.
  CodeResent resend_code(const ResendCode& request, const CallOptions& options = {}) const;
  /// Exchanges the code for a token that is good for one registration with that contact. At most
  /// Policy::code_attempts wrong codes are accepted for one contact, however often it is started or sent again.
  ContactVerified verify_contact(const VerifyContact& request, const CallOptions& options = {}) const;
  /// Ends the registration. The person gets an account: one that waits for the proof (made by the telephone line or the
  /// desk), one for the patient who has the email, or one with a new patient. Whoever had the account without a proof
  /// is shut out. The person is logged in.
  RegisteredPerson set_password(const SetPassword& request, const CallOptions& options = {}) const;
  /// Sends a link to the account's email, or to its phone if it has no email. The answer is the same whether there is
  /// such an account or not.
  Acknowledged request_password_reset(const RequestPasswordReset& request, const CallOptions& options = {}) const;
  /// Sets a password with the token of that link, once, and ends all logins.
  Acknowledged reset_password(const ResetPassword& request, const CallOptions& options = {}) const;
  /// Sets the first password with the token of an invitation, once.
  Acknowledged accept_invitation(const ResetPassword& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
