#pragma once

#include <clinic/services/auth_service.hpp>

namespace clinic {

/// What a person may change about himself or herself. Nobody may change the own role, links, verified marks and
/// balances (ACCESS-3). A new email or phone has to be proven again.
struct UpdateProfile {
  std::optional<std::int64_t> version{};  ///< of the user
  Patch<std::string> first_name{};
  Patch<std::string> last_name{};
  Patch<std::string> email{};
  Patch<std::string> phone{};
  Patch<std::string> address{};
  Patch<std::string> locale{};
  Patch<std::string> whatsapp{};
  Patch<std::string> emergency_contact_name{};
  Patch<std::string> emergency_contact_phone{};
};
BOOST_DESCRIBE_STRUCT(UpdateProfile, (),
                      (version, first_name, last_name, email, phone, address, locale, whatsapp, emergency_contact_name,
                       emergency_contact_phone))

/// Exactly one contact: the new one, or the own one that is not proven yet. The code goes there.
struct StartContactChange {
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
};
BOOST_DESCRIBE_STRUCT(StartContactChange, (), (email, phone))

struct ConfirmContact {
  std::string code{};
  std::string verification_token{};
};
BOOST_DESCRIBE_STRUCT(ConfirmContact, (), (code, verification_token))

template <>
struct FieldRules<ConfirmContact> {
  static constexpr std::array rules{
      FieldRule{"code", "The code of the message, six digits", Format::token, 20, Exposure::secret}};
};

struct CloseAccount {
  std::string password{};  ///< asked again, in case a browser was left open
};
BOOST_DESCRIBE_STRUCT(CloseAccount, (), (password))

/// A user's own profile. Thread-safe; every method throws Error.
class CLINIC_API ProfileService {
 public:
  explicit ProfileService(Session session) : session_(std::move(session)) {}

  Me get(const CallOptions& options = {}) const;
  Me update(const UpdateProfile& request, const CallOptions& options = {}) const;
  /// Sends a code to a contact that is to become the account's, or to be proven. auth.resend_code sends another one.
  VerificationStarted start_contact_change(const StartContactChange& request, const CallOptions& options = {}) const;
  /// The contact is the account's from then on, and proven. An account that had it without a proof loses it. What the
  /// telephone line booked with a proven phone comes to the account: placeholders become one with the account's own
  /// patient, patients with a name stay people of their own on the account.
  Me confirm_contact(const ConfirmContact& request, const CallOptions& options = {}) const;
  /// Closes the account: it is deactivated and its logins end. The patient's records stay with the clinic.
  Acknowledged close(const CloseAccount& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
