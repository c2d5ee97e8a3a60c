#include <clinic/services/profile_service.hpp>

namespace clinic {

ProfileService Session::profile() const { return ProfileService(*this); }

Me ProfileService::get(const CallOptions& options) const {
  return session_.call<Me>("profile.get", Nothing{}, options);
}

Me ProfileService::update(const UpdateProfile& request, const CallOptions& options) const {
  return session_.call<Me>("profile.update", request, options);
}

VerificationStarted ProfileService::start_contact_change(const StartContactChange& request,
                                                         const CallOptions& options) const {
  return session_.call<VerificationStarted>("profile.start_contact_change", request, options);
}

Me ProfileService::confirm_contact(const ConfirmContact& request, const CallOptions& options) const {
  return session_.call<Me>("profile.confirm_contact", request, options);
}

Acknowledged ProfileService::close(const CloseAccount& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("profile.delete", request, options);
}

}  // namespace clinic
