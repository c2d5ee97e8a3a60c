#pragma once

/// \file
/// What a record type declares beside its fields: its table, its constraints and what each of them means, the records
/// that it refers to and what becomes of it when those change, and where its rows are kept.
///
/// A record is a described struct with an `id`, a `version` where it is updated, a `lock_count` where rows are locked
/// by writing, and `sealed_fields` where a field is medical. Its header specialises `Table<Record>`, and
/// `records/records.hpp` lists it. What storage, encryption, re-keying, backups, checks and documents do with it
/// follows from that. `records/check_record.hpp` refuses to compile a declaration that leaves something unsaid.

#include <clinic/error.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// A unique constraint or an index over fields; the name is the fields joined by commas.
struct Constraint {
  std::string_view fields;  ///< `system,value`
  bool unique = true;
  // What a caller is told who violates it. The field is the request's.
  ErrorCode error = ErrorCode::duplicate_record;
  std::string_view field{};
  std::string_view detail{};
  std::optional<ErrorCode> worded_as{};  ///< whose message the error takes, where its own says something else
};

/// An index that is not unique.
constexpr Constraint index_on(std::string_view fields) { return {.fields = fields, .unique = false}; }

/// What a field refers to.
enum class RefersTo : std::uint8_t {
  patient,  ///< the id of a patient
  user,     ///< the id of a user
  actor,    ///< who did something: the id of a user, or the name of a system actor
  record    ///< the id of a record of any type, or of nothing that is stored
};

/// What becomes of a record when the record that it refers to gets another id: a user that is linked takes over its
/// patient's id.
enum class OnRekey : std::uint8_t {
  unsaid,
  follow,  ///< the field takes the new id
  erase,   ///< the record goes: it was about the old id only
  stay     ///< the field keeps the old id: it says what was
};

/// What becomes of a record when the patient that it refers to is merged into another (MERGE-2).
enum class OnMerge : std::uint8_t {
  unsaid,
  follow,   ///< the field names the survivor
  combine,  ///< the survivor has one of its own: the merge makes one of the two
  erase,    ///< the record goes
  stay      ///< the field goes on naming the merged patient, which stays as a tombstone
};

/// What becomes of a record when the person that it refers to is erased (ERASE-1).
enum class OnErasure : std::uint8_t {
  unsaid,
  erase,  ///< the record goes
  clear,  ///< the field is emptied
  stay    ///< the record stays: it holds nothing personal but the id, or the law asks for it
};

/// Whether a record is part of what a person gets who asks for the own data.
enum class Exported : std::uint8_t { unsaid, no, yes };

/// A field that refers to another record, and what becomes of this one. `on_rekey` is said of users, `on_merge` of
/// patients, `on_erasure` and `exported` of all that is not an actor.
struct Reference {
  std::string_view field;
  RefersTo refers_to;
  OnRekey on_rekey = OnRekey::unsaid;
  OnMerge on_merge = OnMerge::unsaid;
  OnErasure on_erasure = OnErasure::unsaid;
  Exported exported = Exported::unsaid;

  /// Whether a row goes, or loses the reference, with the person: the person is there as long as the row.
  constexpr bool lives_with_person() const {
    return (refers_to == RefersTo::patient || refers_to == RefersTo::user) &&
           (on_erasure == OnErasure::erase || on_erasure == OnErasure::clear);
  }
};

/// Who did something stays as it is: it says what was, and a user's id says nothing of the person.
constexpr Reference done_by(std::string_view field) { return {.field = field, .refers_to = RefersTo::actor}; }

/// How long rows are kept that nobody erases.
enum class Retention : std::uint8_t {
  permanent,    ///< until the person that the record refers to is erased, or for ever
  until_ended,  ///< until it has ended: `system.clean_up` removes it
  window        ///< for a time that the policy says; then `system.clean_up` removes it
};

/// Whether rows are in backups. What is no longer there means that it has ended: such rows would come back to life.
enum class InBackups : bool { no, yes };

/// How the medical fields of a record are encrypted together in `sealed_fields`.
enum class SealedForm : std::uint8_t {
  object,  ///< a JSON object of the fields that have a value
  text     ///< the text of the one medical field
};

/// A field by which rows are found whose medical field is encrypted: it is stored as a keyed hash of a normal form.
struct HashedKey {
  std::string_view key;  ///< the field that is looked up
  std::string_view of;   ///< the medical field
  std::string_view purpose;
  std::string (*normal_form)(std::string_view value);
};

/// The declaration of a record type, see the file's comment. Its members:
///
///     static constexpr std::string_view name = "patients";       // the table
///     static constexpr std::string_view resource = "patient";    // what the audit and the checks call a row; it binds
///                                                                // the row's encrypted fields: never change it
///     static constexpr std::array<Constraint, N> constraints{…};
///     static constexpr std::array<Reference, N> references{…};   // every field that holds an id, or who did something
///     static constexpr Retention retention = Retention::permanent;
///     static constexpr InBackups in_backups = InBackups::yes;
///
/// and where they apply:
///
///     static constexpr Constraint primary_key{.fields = "id", …};  // what it means that two rows have one id
///     static constexpr SealedForm sealed_form = SealedForm::text;
///     static constexpr std::array<HashedKey, N> hashed_keys{…};
template <class Record>
struct Table;

}  // namespace clinic
