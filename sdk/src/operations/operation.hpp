#pragma once

/// \file
/// One row of the operation table: everything that the C API, HTTP, the command line, the bindings and the docs need to
/// know of a capability.

#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/words.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

class Call;
class Transaction;

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

/// Where the operation is over HTTP.
struct Route {
  std::string_view method;
  std::string_view path;  ///< after /api/v1; `{patient}` is a field of the request
  int status = 200;       ///< of an answer; 201 where it has made a record
};

/// Another place over HTTP, where a document has one.
struct FurtherRoute {
  std::string_view method;
  std::string_view path;
  std::string_view with = "{}";  ///< what the request says by itself there, as JSON
};

/// Which record a call is about. A role that may act on some records only is held to them by this.
struct Subject {
  enum class Kind : std::uint8_t {
    none,      ///< no record, one that does not exist yet, or any of them: no role may be scoped
    caller,    ///< the caller's own user and patient; the request names nobody
    narrowed,  ///< every record that the handler finds; it narrows its query to those that the caller may see
    named      ///< the record that a field of the request names
  };

  Kind kind;
  const TypeDescription* request = nullptr;                  ///< named: the request that has the field
  void (*check)(Call& call, const void* request) = nullptr;  ///< named: throws not_found where the caller may not act
};

inline constexpr Subject no_record{Subject::Kind::none};
inline constexpr Subject the_caller{Subject::Kind::caller};
inline constexpr Subject narrowed_by_handler{Subject::Kind::narrowed};

/// A member of a described struct.
struct Member {
  const TypeDescription* type = nullptr;
  const void* (*address)(const void* object) = nullptr;
};

/// A struct in answers that shows data of a patient.
struct ShownPatient {
  const TypeDescription* type;
  /// The patient's id; null where the struct shows nobody's data.
  const std::string* (*patient)(const void* object);
  /// Takes out what is closed to the caller now, in an answer from before. Null where nothing is ever closed.
  void (*close)(const Call& call, Transaction& transaction, void* object) = nullptr;
};

/// What a row says. A field without a default cannot be left out.
struct Row {
  std::string_view name;  ///< patients.register
  std::string_view help;  ///< one line
  Effect effect;
  RoleSet roles;
  Route http;
  std::string_view audit;     ///< PATIENT_CREATED: the action under which the call is audited
  std::string_view resource;  ///< patient: the type of the record acted on, in the audit
  Subject subject;
  std::vector<ErrorCode> errors{};                    ///< beside the common ones; see ErrorInfo::common
  std::vector<FurtherRoute> also_at{};                ///< beside `http`
  std::string_view failure = "The operation failed";  ///< message of `internal`
  /// The member of the answer that says whether all is as it should be, though the operation succeeded: a list that is
  /// empty, a number that is 0, or true. The command line ends with another code where it is not.
  Member fault{};
  bool before_password_change = false;  ///< allowed with a password that must be changed first
  bool challenged = false;              ///< an anonymous caller answers the host's challenge first
};

struct Operation : Row {
  const TypeDescription* request;
  const TypeDescription* response;
  /// Validates a copy of the request, checks scope and challenge, and runs the handler.
  void (*invoke)(Call& call, const void* request, void* response);
  std::string_view fault_field{};         ///< the name of `fault`
  std::span<const ShownPatient> shown{};  ///< the structs that show patients, where the answer has one of them
  /// The handler is given a transaction: the call reads one state of the database, from the check of the caller's login
  /// on.
  bool reads_one_state = false;

  /// Whether it is a read that is audited where Policy::audit_reads says so.
  bool shows_patients() const { return effect == Effect::reads && !shown.empty(); }
  /// Whether the row lists the error, or every operation may answer it.
  bool lists(ErrorCode code) const;
};

/// The name of a member that a description lists.
std::string_view name_of(const Member& member);

/// Finds the name of the row's fault field. Throws std::logic_error where the row contradicts itself or leaves
/// something out; above all where a role is scoped and no subject says to which records.
void complete(Operation& row);

namespace detail {
/// Throws Error(validation_failed). May trim what it validates.
void validate_request(const TypeDescription& type, void* request);

template <class Pointer>
struct MemberOf;
template <class ObjectType, class MemberType>
struct MemberOf<MemberType ObjectType::*> {
  using Object = ObjectType;
  using Type = MemberType;
};
}  // namespace detail

/// The struct in which a member was declared: `PatientKey` of `&PatientKey::patient`.
template <auto member>
using ObjectOf = typename detail::MemberOf<decltype(member)>::Object;

template <auto member>
const void* address_of(const void* object) {
  return &(static_cast<const ObjectOf<member>*>(object)->*member);
}

/// For Row::fault: `.fault = told_by<&ImportedUsers::conflicts>`.
template <auto member>
inline constexpr Member told_by{&describe<ObjectOf<member>>(), address_of<member>};

}  // namespace clinic
