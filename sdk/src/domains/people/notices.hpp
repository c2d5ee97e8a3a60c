#pragma once

/// \file
/// Messages to the owner of an account.

#include "engine/call.hpp"

namespace clinic {

/// Whether a message can reach the account's owner: by email, or else by SMS.
bool reachable(const User& user);

/// The message that brings a secret of an account to its owner, by email or else by SMS, and says until when the secret
/// is valid. The account is reachable.
void announce_credentials(UnitOfWork& work, const Call& call, const User& user, std::string_view message_template,
                          const std::string& secret, Timestamp valid_until);

/// Tells the owner of a claimed account, at the contact from before the change, what was changed of how the account is
/// entered: `contact_changed`, `username_changed`, `password_changed`. The message names nothing that is new, so that
/// whoever reads the old contact learns nothing by it. `was` and `now` are in normal form.
void tell_owner(UnitOfWork& work, const Call& call, const User& was, const User& now);
/// Tells the owner of a claimed account that a contact has gone to whom it belongs: `contact_changed`, at the contact
/// that is left.
void tell_owner_of_lost_contact(UnitOfWork& work, const Call& call, const User& now);

}  // namespace clinic
