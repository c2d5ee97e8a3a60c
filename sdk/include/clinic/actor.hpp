#pragma once

#include <clinic/export.hpp>
#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <optional>
#include <string>

namespace clinic {

/// The login of an actor who acts with an access token. After the login has ended, calls of the actor are refused.
struct Login {
  std::string session_id;
  Timestamp expires_at;  ///< of the access token
};

/// Who acts. The audit records the actor of each call.
class CLINIC_API Actor {
 public:
  /// A trusted part of the host program ("front-desk", "import"): it may do everything, or what the role may if a role
  /// is given. The audit records the name: one line of UTF-8, not blank, at most 100 characters. Throws
  /// Error(validation_failed) with the path `name`.
  static Actor system(std::string name, std::optional<Role> role = std::nullopt);
  /// A user whom the host has authenticated itself. The id is one line of UTF-8, not blank, at most 64 characters.
  /// Throws Error(validation_failed) with the path `id`.
  static Actor user(std::string id, Role role);
  /// An anonymous caller, who may call what needs no role.
  static Actor anonymous() { return Actor(std::nullopt, "anonymous", std::nullopt, false); }

  const std::optional<std::string>& id() const noexcept { return id_; }
  const std::string& name() const noexcept { return name_; }
  const std::optional<Role>& role() const noexcept { return role_; }
  bool unrestricted() const noexcept { return unrestricted_; }
  /// Empty if the host vouches for the actor; see Clinic::act_with_token.
  const std::optional<Login>& login() const noexcept { return login_; }

 private:
  friend class Engine;
  Actor(std::optional<std::string> id, std::string name, std::optional<Role> role, bool unrestricted)
      : id_(std::move(id)), name_(std::move(name)), role_(role), unrestricted_(unrestricted) {}

  std::optional<std::string> id_;
  std::string name_;
  std::optional<Role> role_;
  bool unrestricted_;
  std::optional<Login> login_;
};

}  // namespace clinic
