#pragma once

/// \file
/// The handlers of this domain, and what they share.

#include "engine/call.hpp"
#include "limits/attempts.hpp"

#include <clinic/services/auth_service.hpp>
#include <clinic/services/profile_service.hpp>

namespace clinic {

Tokens log_in(Call& call, const LogIn& request);
Tokens refresh_tokens(Call& call, const RefreshTokens& request);
EndedSessions log_out(Call& call, const LogOut& request);
EndedSessions log_out_everywhere(Call& call, const Nothing& request);
Me me(Call& call, Transaction& transaction, const Nothing& request);
VerificationStarted start_registration(Call& call, const StartRegistration& request);
CodeResent resend_code(Call& call, const ResendCode& request);
ContactVerified verify_contact(Call& call, const VerifyContact& request);
RegisteredPerson set_password(Call& call, const SetPassword& request);
VerificationStarted start_contact_change(Call& call, const StartContactChange& request);
Me confirm_contact(Call& call, const ConfirmContact& request);
CreatedUser register_account(Call& call, const RegisterAccount& request);
Acknowledged change_password(Call& call, const ChangePassword& request);
Acknowledged request_password_reset(Call& call, const RequestPasswordReset& request);
Acknowledged reset_password(Call& call, const ResetPassword& request);
Acknowledged accept_invitation(Call& call, const ResetPassword& request);

/// Under which name attempts are counted: what was typed, in the form in which it is looked up. Whether there is such
/// an account does not matter: else another way to write it, or another name of the account, would tell (AUTH-6).
std::string attempts_at(const Policy& policy, std::string_view login);
/// Under which name those attempts are counted that somebody makes who is logged in.
std::string attempts_of(const std::string& user_id);
/// Forgets the attempts at all names of an account, those of its own, and `also`; with `kind` those at what it begins,
/// "reset ".
void forget_attempts(UnitOfWork& work, const Call& call, const User& user, std::string_view kind = {},
                     const std::string& also = {});
/// That first; then the address of the caller, where the host names it.
/// For a link, or for a proof.
std::string new_token(const Call& call);
/// Counts a message with a code to that contact, from where the call came: there is no right one. A message goes to
/// somebody who may know nothing of it. Throws Error(too_many_attempts).
void count_code_sent(Call& call, const std::string& contact_key);
std::vector<Guarded> guarded_by(const Call& call, std::string what, std::string_view where_from);

/// The caller's own user, after the password given at `path` was found to be the right one; counted as an attempt.
/// Throws Error: not_authenticated, not_found, too_many_attempts, login_failed.
User confirmed_by_password(Call& call, const std::string& password, const char* path, const char* message);

}  // namespace clinic
