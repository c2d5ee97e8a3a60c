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
  /// Closes the account: it is deactivated and its logins end. The patient's records stay with the clinic.
  Acknowledged close(const CloseAccount& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
