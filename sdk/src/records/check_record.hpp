#pragma once

/// \file
/// What a declaration of a record must say. Included where all records are described; an unsaid thing does not compile.

#include "meta/make_description.hpp"
#include "records/record.hpp"

namespace clinic::detail {

template <class Record, class Visit>
constexpr void each_field(Visit visit) {
  [&]<class... Descriptor>(boost::mp11::mp_list<Descriptor...>) {
    (visit(std::string_view(Descriptor::name), dictionary_entry<Record>(Descriptor::name),
           std::type_identity<MemberType<Descriptor>>{}),
     ...);
  }(boost::mp11::mp_rename<Members<Record>, boost::mp11::mp_list>{});
}

template <class Record>
constexpr bool has_field(std::string_view name) {
  bool found = false;
  each_field<Record>([&](std::string_view field, const FieldRule&, auto) { found = found || field == name; });
  return found;
}

template <class Record>
constexpr bool can_be_empty(std::string_view name) {
  bool found = false;
  each_field<Record>([&]<class T>(std::string_view field, const FieldRule&, std::type_identity<T>) {
    found = found || (field == name && is_optional<T>);
  });
  return found;
}

template <class Record>
constexpr bool refers(std::string_view field) {
  for (const auto& reference : Table<Record>::references)
    if (reference.field == field) return true;
  return false;
}

/// Every field that holds an id, or says who did something, is declared: what becomes of the record is then said, too.
template <class Record>
constexpr bool every_id_is_a_reference() {
  bool all = true;
  each_field<Record>([&](std::string_view field, const FieldRule& rule, auto) {
    const bool names_something = (rule.format == Format::id && field != "id") || rule.format == Format::actor;
    all = all && (!names_something || refers<Record>(field));
  });
  return all;
}

template <class Record>
constexpr bool refers_to_a_person() {
  for (const auto& reference : Table<Record>::references)
    if (reference.refers_to == RefersTo::patient || reference.refers_to == RefersTo::user) return true;
  return false;
}

/// What is personal belongs to somebody. Patients and users refer to each other.
template <class Record>
constexpr bool what_is_personal_has_a_person() {
  bool personal = false;
  each_field<Record>([&](std::string_view, const FieldRule& rule, auto) {
    personal = personal || rule.exposure == Exposure::personal || rule.exposure == Exposure::medical;
  });
  return !personal || refers_to_a_person<Record>();
}

template <class Record>
constexpr int medical_fields() {
  int count = 0;
  each_field<Record>([&](std::string_view, const FieldRule& rule, auto) {
    if (rule.exposure == Exposure::medical) ++count;
  });
  return count;
}

template <class Record>
constexpr bool medical_fields_are_texts() {
  bool all = true;
  each_field<Record>([&]<class T>(std::string_view, const FieldRule& rule, std::type_identity<T>) {
    all = all && (rule.exposure != Exposure::medical || std::is_same_v<T, std::string> ||
                  std::is_same_v<T, std::optional<std::string>>);
  });
  return all;
}

template <class Record>
constexpr bool references_are_right() {
  bool all = true;
  for (const auto& reference : Table<Record>::references) {
    const bool patient = reference.refers_to == RefersTo::patient, user = reference.refers_to == RefersTo::user;
    all = all && has_field<Record>(reference.field);
    if (reference.on_erasure == OnErasure::clear) all = all && can_be_empty<Record>(reference.field);
    if (!user) all = all && reference.on_rekey == OnRekey::unsaid;
    if (!patient) all = all && reference.on_merge == OnMerge::unsaid;
    // The id of a row never changes.
    if (reference.field == "id")
      all = all && reference.on_rekey == OnRekey::unsaid && reference.on_merge != OnMerge::follow;
  }
  return all;
}

template <class Record>
constexpr bool every_reference_says_what_becomes() {
  bool all = true;
  for (const auto& reference : Table<Record>::references) {
    if (reference.refers_to == RefersTo::actor) continue;
    if (reference.refers_to == RefersTo::user) all = all && reference.on_rekey != OnRekey::unsaid;
    if (reference.refers_to == RefersTo::patient) all = all && reference.on_merge != OnMerge::unsaid;
    all = all && reference.on_erasure != OnErasure::unsaid && reference.exported != Exported::unsaid;
  }
  return all;
}

/// Rows are found by the field when the record that it refers to gets another id.
template <class Record>
constexpr bool rekeyed_fields_have_an_index() {
  bool all = true;
  for (const auto& reference : Table<Record>::references) {
    if (reference.on_rekey != OnRekey::follow && reference.on_rekey != OnRekey::erase) continue;
    bool found = false;
    for (const auto& constraint : Table<Record>::constraints)
      found = found || constraint.fields.substr(0, constraint.fields.find(',')) == reference.field;
    all = all && found;
  }
  return all;
}

/// An error is about a field of the request, and a field has an error.
template <class Record>
constexpr bool constraints_say_the_field() {
  bool all = true;
  for (const auto& constraint : Table<Record>::constraints)
    all = all && constraint.field.empty() == constraint.detail.empty() &&
          (constraint.error == ErrorCode::duplicate_record || !constraint.field.empty());
  return all;
}

template <class Record>
constexpr bool constraints_are_of_fields() {
  bool all = true;
  for (const auto& constraint : Table<Record>::constraints)
    for (auto rest = constraint.fields; !rest.empty();) {
      const auto end = rest.find(',');
      all = all && has_field<Record>(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
  return all;
}

template <class Record>
struct CheckedRecord {
  static_assert(every_id_is_a_reference<Record>(),
                "a field holds an id, or says who did something: `references` must say what it refers to, and what "
                "becomes of the record");
  static_assert(what_is_personal_has_a_person<Record>(),
                "a record with personal fields must say in `references` whose they are");
  static_assert(references_are_right<Record>(),
                "a reference is of a field that the record lacks, clears one that cannot be empty, or says something "
                "that does not apply to what it refers to");
  static_assert(every_reference_says_what_becomes<Record>(),
                "a reference must say what becomes of the record: `on_rekey` (of a user), `on_merge` (of a patient), "
                "`on_erasure`, `exported`");
  static_assert(rekeyed_fields_have_an_index<Record>(), "a field that follows a re-keyed user needs an index");
  static_assert(constraints_say_the_field<Record>(),
                "a constraint with an error says the field of the request, and a sentence");
  static_assert(constraints_are_of_fields<Record>(), "a constraint names a field that the record lacks");
  static_assert(
      medical_fields<Record>() == 0 || requires(Record record) { record.sealed_fields->empty(); },
      "a record with medical fields needs `std::optional<std::string> sealed_fields` (or FieldRules with another "
      "exposure)");
  static_assert(medical_fields_are_texts<Record>(), "a medical field must be a text");
  static constexpr bool value = true;
};

}  // namespace clinic::detail
