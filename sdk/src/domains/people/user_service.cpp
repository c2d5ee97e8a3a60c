#include <clinic/services/user_service.hpp>

namespace clinic {

UserService Session::users() const { return UserService(*this); }

CreatedUser UserService::create(const CreateUser& request, const CallOptions& options) const {
  return session_.call<CreatedUser>("users.create", request, options);
}

UserView UserService::get(const UserKey& request, const CallOptions& options) const {
  return session_.call<UserView>("users.get", request, options);
}

UserPage UserService::list(const ListUsers& request, const CallOptions& options) const {
  return session_.call<UserPage>("users.list", request, options);
}

UserView UserService::update(const UpdateUser& request, const CallOptions& options) const {
  return session_.call<UserView>("users.update", request, options);
}

UserView UserService::change_role(const ChangeRole& request, const CallOptions& options) const {
  return session_.call<UserView>("users.change_role", request, options);
}

Invitation UserService::invite(const UserKey& request, const CallOptions& options) const {
  return session_.call<Invitation>("users.invite", request, options);
}

Acknowledged UserService::revoke_invitation(const UserKey& request, const CallOptions& options) const {
  return session_.call<Acknowledged>("users.revoke_invitation", request, options);
}

UserView UserService::unlock(const UserKey& request, const CallOptions& options) const {
  return session_.call<UserView>("users.unlock", request, options);
}

EndedSessions UserService::end_logins(const UserKey& request, const CallOptions& options) const {
  return session_.call<EndedSessions>("users.end_logins", request, options);
}

ImportedUsers UserService::import_users(const ImportUsers& request, const CallOptions& options) const {
  return session_.call<ImportedUsers>("users.import", request, options);
}

}  // namespace clinic
