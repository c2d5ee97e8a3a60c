#include "domains/access/operations.hpp"

#include "engine/make_operation.hpp"

namespace clinic {
namespace {

Operation before_password_change(Operation row) {
  row.before_password_change = true;
  return row;
}

Operation challenged(Operation row) {
  row.challenged = true;
  row.errors.push_back(ErrorCode::challenge_failed);
  return row;
}

}  // namespace

std::vector<Operation> auth_operations() {
  using enum ErrorCode;
  const auto anyone = RoleSet::anyone();
  const auto oneself = RoleSet::everyone_for_oneself();
  return {
      operation<log_in>({"auth.login",
                         "Log in with email, phone, username or patient number",
                         Effect::writes,
                         anyone,
                         "POST",
                         "/auth/login",
                         "LOGIN",
                         {login_failed, too_many_attempts, account_inactive, password_expired}}),
      operation<refresh_tokens>({"auth.refresh",
                                 "Exchange a refresh token for new tokens",
                                 Effect::writes,
                                 anyone,
                                 "POST",
                                 "/auth/refresh-token",
                                 "TOKEN_REFRESHED",
                                 {token_invalid}}),
      before_password_change(operation<log_out>({"auth.logout",
                                                 "End the caller's login",
                                                 Effect::writes,
                                                 anyone,
                                                 "POST",
                                                 "/auth/logout",
                                                 "LOGOUT",
                                                 {not_authenticated}})),
      before_password_change(operation<log_out_everywhere>({"auth.logout_everywhere",
                                                            "End all logins of the caller",
                                                            Effect::writes,
                                                            oneself,
                                                            "POST",
                                                            "/auth/logout-everywhere",
                                                            "LOGOUT_EVERYWHERE",
                                                            {not_authenticated}})),
      before_password_change(shows_patients(operation<me>({"auth.me",
                                                           "The caller's user and own patient",
                                                           Effect::reads,
                                                           oneself,
                                                           "GET",
                                                           "/auth/me",
                                                           "ME_READ",
                                                           {not_authenticated, not_found}}))),
      before_password_change(
          operation<change_password>({"auth.change_password",
                                      "Change the caller's password and end the other logins",
                                      Effect::writes,
                                      oneself,
                                      "POST",
                                      "/auth/change-password",
                                      "PASSWORD_CHANGED",
                                      {not_authenticated, not_found, login_failed, too_many_attempts}})),
      challenged(
          operation<register_account>({"auth.register",
                                       "Register as a patient with an account, where the policy has self_registration",
                                       Effect::writes,
                                       anyone,
                                       "POST",
                                       "/auth/register",
                                       "USER_REGISTERED",
                                       {duplicate_email, duplicate_phone, duplicate_username},
                                       "Failed to register"})),
      challenged(operation<request_password_reset>(
          {"auth.request_password_reset",
           "Send the link of a password reset to an account's email, or else its phone",
           Effect::writes,
           anyone,
           "POST",
           "/auth/request-password-reset",
           "PASSWORD_RESET_REQUESTED",
           {too_many_attempts}})),
      operation<reset_password>({"auth.reset_password",
                                 "Set a password by the token of a reset, and end all logins",
                                 Effect::writes,
                                 anyone,
                                 "POST",
                                 "/auth/reset-password",
                                 "PASSWORD_RESET",
                                 {token_invalid}}),
      operation<accept_invitation>({"auth.accept_invitation",
                                    "Set the first password by the token of an invitation",
                                    Effect::writes,
                                    anyone,
                                    "POST",
                                    "/auth/accept-invitation",
                                    "INVITATION_ACCEPTED",
                                    {token_invalid}}),
  };
}

}  // namespace clinic
