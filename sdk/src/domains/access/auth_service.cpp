#include <clinic/clinic.hpp>

namespace clinic {

AuthService Session::auth() const { return AuthService(*this); }

Session Clinic::log_in(const LogIn& request, const CallOptions& options) const {
  return act_with_token(act_as(Actor::anonymous()).auth().log_in(request, options).access_token);
}

Tokens AuthService::log_in(const LogIn& request, const CallOptions& options) const {
  return session_.call<Tokens>("auth.login", request, options);
}

Tokens AuthService::refresh(const RefreshTokens& request, const CallOptions& options) const {
  return session_.call<Tokens>("auth.refresh", request, options);
}

EndedSessions AuthService::log_out(const LogOut& request, const CallOptions& options) const {
  return session_.call<EndedSessions>("auth.logout", request, options);
}

EndedSessions AuthService::log_out_everywhere(const CallOptions& options) const {
  return session_.call<EndedSessions>("auth.logout_everywhere", Nothing{}, options);
}

Acknowledged AuthService::change_password(const ChangePassword& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("auth.change_password", request, options);
}

CreatedUser AuthService::register_account(const RegisterAccount& request, const CallOptions& options) const {
  return session_.call<CreatedUser>("auth.register", request, options);
}

VerificationStarted AuthService::start_registration(const StartRegistration& request,
                                                    const CallOptions& options) const {
  return session_.call<VerificationStarted>("auth.start_registration", request, options);
}

CodeResent AuthService::resend_code(const ResendCode& request, const CallOptions& options) const {
  return session_.call<CodeResent>("auth.resend_code", request, options);
}

ContactVerified AuthService::verify_contact(const VerifyContact& request, const CallOptions& options) const {
  return session_.call<ContactVerified>("auth.verify_contact", request, options);
}

RegisteredPerson AuthService::set_password(const SetPassword& request, const CallOptions& options) const {
  return session_.call<RegisteredPerson>("auth.set_password", request, options);
}

Acknowledged AuthService::request_password_reset(const RequestPasswordReset& request,
                                                 const CallOptions& options) const {
  return session_.call<Acknowledged>("auth.request_password_reset", request, options);
}

Acknowledged AuthService::reset_password(const ResetPassword& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("auth.reset_password", request, options);
}

Acknowledged AuthService::accept_invitation(const ResetPassword& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("auth.accept_invitation", request, options);
}

Me AuthService::me(const CallOptions& options) const { return session_.call<Me>("auth.me", Nothing{}, options); }

}  // namespace clinic
