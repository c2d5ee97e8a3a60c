#pragma once

/// \file
/// One row of the operation table: everything that the C API, HTTP, the command line, the bindings and the docs need to
/// know of a capability.

#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/words.hpp>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace clinic {

class Call;

/// On which records a role may act: all; its own; or its own and those of the patients on its account.
enum class Scope : std::uint8_t { any, own, linked };
BOOST_DESCRIBE_ENUM(Scope, any, own, linked)

/// Roles that may call an operation. Superadmin is in every set; a set cannot be left out.
class RoleSet {
 public:
  constexpr RoleSet(std::initializer_list<Role> roles) {  // NOLINT(google-explicit-constructor)
    add(Role::superadmin);
    for (auto role : roles)
      add(role);
  }
  /// Callers without a role too.
  static constexpr RoleSet anyone() {
    RoleSet set{Role::admin,   Role::doctor,     Role::nurse,  Role::receptionist,
                Role::cashier, Role::technician, Role::patient};
    set.anyone_ = true;
    return set;
  }
  /// Every role, each for its own records only.
  static constexpr RoleSet everyone_for_oneself() {
    RoleSet set{};
    for (auto role : {Role::superadmin, Role::admin, Role::doctor, Role::nurse, Role::receptionist, Role::cashier,
                      Role::technician, Role::patient})
      set = set.with_own(role);
    return set;
  }
  /// The same set, in which the role may act on its own records only.
  constexpr RoleSet with_own(Role role) const { return with(role, Scope::own); }
  /// The same set, in which the role may act on its own records and on those of patients on its account.
  constexpr RoleSet with_linked(Role role) const { return with(role, Scope::linked); }

  constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1u) != 0; }
  constexpr bool has_anyone() const { return anyone_; }
  constexpr Scope scope(Role role) const {
    const auto bit = 1u << static_cast<unsigned>(role);
    return own_ & bit ? Scope::own : linked_ & bit ? Scope::linked : Scope::any;
  }

 private:
  constexpr void add(Role role) { bits_ |= 1u << static_cast<unsigned>(role); }
  constexpr RoleSet with(Role role, Scope scope) const {
    RoleSet set = *this;
    set.add(role);
    (scope == Scope::own ? set.own_ : set.linked_) |= 1u << static_cast<unsigned>(role);
    return set;
  }
  std::uint32_t bits_ = 0, own_ = 0, linked_ = 0;
  bool anyone_ = false;
};

enum class Effect : bool { reads, writes };

/// What a row says in words.
struct OperationText {
  std::string_view name;  ///< patients.register
  std::string_view help;  ///< one line
  Effect effect;
  RoleSet roles;
  std::string_view http_method;
  std::string_view http_path;                         ///< after /api/v1
  std::string_view audit_action;                      ///< PATIENT_CREATED; what a refusal is filed under
  std::vector<ErrorCode> errors;                      ///< beside the common ones
  std::string_view failure = "The operation failed";  ///< message of `internal`
  bool before_password_change = false;                ///< allowed with a password that must be changed first
  bool challenged = false;                            ///< an anonymous caller answers the host's challenge first
  bool shows_patients = false;                        ///< a read that is audited where Policy::audit_reads says so
  std::string_view fault_field{};                     ///< see faults_in
};

struct Operation : OperationText {
  const TypeDescription* request;
  const TypeDescription* response;
  /// Validates a copy of the request, checks the challenge and runs the handler.
  void (*invoke)(Call& call, const void* request, void* response);
};

namespace detail {
/// Throws Error(validation_failed). May trim what it validates.
void validate_request(const TypeDescription& type, void* request);
}  // namespace detail

/// The row of a read whose answer holds data of patients.
inline Operation shows_patients(Operation row) {
  row.shows_patients = true;
  return row;
}

}  // namespace clinic
