#pragma once

/// \file
/// How rows of the operation table name their subject: the record that the call is about, by the field of the request
/// that names it. A caller who may act on some records only is held to those by it, before the handler runs; to anybody
/// else the record does not exist.

#include "domains/people/visibility.hpp"
#include "engine/call.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

namespace detail {
/// Throws Error(not_found) unless there is such a patient, by id or number, and the caller may see it.
void check_patient(Call& call, const std::string& id_or_number);
/// Throws Error(not_found) unless the user is the caller.
void check_user(const Call& call, const std::string& id);
/// Throws Error(not_found), about the field `key` of the request, unless the caller may see the patient of the record.
void check_patient_of_record(const Call& call, Transaction& transaction, const std::string* patient_id,
                             const Member& key);

inline const std::string* text_of(const std::string& text) { return &text; }
inline const std::string* text_of(const std::optional<std::string>& text) { return text ? &*text : nullptr; }

/// The record that the field `key` names, whose field `patient` names its patient.
template <auto key, auto patient>
void check_record(Call& call, const void* request) {
  using Key = ObjectOf<key>;
  const auto& id = static_cast<const Key*>(request)->*key;
  call.read([&](Transaction& transaction) {
    const auto record = Repository<ObjectOf<patient>>(transaction).find(id);
    const auto* patient_id = record ? text_of((*record).*patient) : nullptr;
    check_patient_of_record(call, transaction, patient_id, told_by<key>);
    return true;
  });
}
}  // namespace detail

/// `patient_named_by<&PatientKey::patient>`: the patient of that id or number.
template <auto key>
inline constexpr Subject patient_named_by{
    Subject::Kind::named, &describe<ObjectOf<key>>(), [](Call& call, const void* request) {
      detail::check_patient(call, static_cast<const ObjectOf<key>*>(request)->*key);
    }};

/// `user_named_by<&UserKey::user>`: the user of that id.
template <auto key>
inline constexpr Subject user_named_by{Subject::Kind::named, &describe<ObjectOf<key>>(),
                                       [](Call& call, const void* request) {
                                         detail::check_user(call, static_cast<const ObjectOf<key>*>(request)->*key);
                                       }};

/// `record_named_by<&NoteKey::note, &PatientNote::patient_id>`: the record of that id, which belongs to a patient.
template <auto key, auto patient>
inline constexpr Subject record_named_by{Subject::Kind::named, &describe<ObjectOf<key>>(),
                                         detail::check_record<key, patient>};

}  // namespace clinic
