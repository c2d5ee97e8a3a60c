#pragma once

/// \file
/// Portal accounts: the credentials, made before the transaction, and the account, made in it.

#include "base/wiping.hpp"
#include "domains/people/notices.hpp"
#include "domains/people/people.hpp"

namespace clinic {

/// What makes a new account usable. Made outside of any transaction, since hashing takes long.
struct Credentials {
  std::optional<std::string> password_hash;
  std::optional<std::string> temporary_password;
  std::optional<std::string> invitation_token;
  CredentialDelivery delivery = CredentialDelivery::response;

  ~Credentials() {
    for (auto* secret : {&temporary_password, &invitation_token})
      if (*secret) wipe(**secret);
  }
};

/// With a password: that one, which need not be changed. Else a temporary password or an invitation, as `delivery`
/// says. `words` are what the person's password must not be made of.
Credentials make_credentials(Call& call, const std::optional<std::string>& password, CredentialDelivery delivery,
                             const std::vector<std::string>& words);

/// The contacts of an account that are not its patient's, where it has others.
struct AccountContacts {
  std::optional<std::string> email, phone;
};

/// What the password of a patient's account must not be made of.
std::vector<std::string> words_of(const Patient& patient, const AccountContacts& own);

/// As make_credentials, for a patient who is stored.
Credentials make_credentials_of(Call& call, const std::string& patient, const AccountContacts& own,
                                const std::optional<std::string>& password, CredentialDelivery delivery);

/// Hash of a password that the policy accepts, and that is not made of the person's own `words`. Throws
/// Error(validation_failed).
std::string checked_hash(Call& call, const std::string& password, const std::vector<std::string>& words);

/// The patient-role user of a patient: same id, same names, linked both ways. Not stored yet.
User new_account(const Policy& policy, Timestamp now, const Patient& patient, const Credentials& credentials);

/// Stores the account with its token and messages; its patient has been stored.
void store_account(UnitOfWork& work, const Call& call, User& user, const Patient& patient,
                   const Credentials& credentials);

PortalCredentials shown(const Policy& policy, const User& user, const Credentials& credentials);

}  // namespace clinic
