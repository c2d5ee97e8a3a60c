#include "markdown.hpp"
#include "pages.hpp"

#include "records/record_model.hpp"

namespace clinic::docs {
namespace {

std::string words_of(RefersTo refers_to) {
  switch (refers_to) {
    case RefersTo::patient:
      return "a patient";
    case RefersTo::user:
      return "a user";
    case RefersTo::actor:
      return "who did something";
    case RefersTo::record:
      return "any record";
  }
  return {};
}

std::string words_of(OnRekey on_rekey) {
  switch (on_rekey) {
    case OnRekey::follow:
      return "takes the new id";
    case OnRekey::erase:
      return "is erased";
    case OnRekey::stay:
    case OnRekey::unsaid:
      break;
  }
  return {};
}

std::string words_of(OnMerge on_merge) {
  switch (on_merge) {
    case OnMerge::follow:
      return "names the survivor";
    case OnMerge::combine:
      return "is combined with the survivor's";
    case OnMerge::erase:
      return "is erased";
    case OnMerge::stay:
    case OnMerge::unsaid:
      break;
  }
  return {};
}

std::string words_of(OnErasure on_erasure) {
  switch (on_erasure) {
    case OnErasure::erase:
      return "is erased";
    case OnErasure::clear:
      return "the field is emptied";
    case OnErasure::stay:
    case OnErasure::unsaid:
      break;
  }
  return {};
}

std::string words_of(Retention retention) {
  switch (retention) {
    case Retention::permanent:
      return "permanent";
    case Retention::until_ended:
      return "until it has ended";
    case Retention::window:
      return "for a time that the policy says";
  }
  return {};
}

std::string medical_fields_of(const RecordType& type) {
  std::string fields;
  for (const auto* field : type.medical_fields)
    fields += (fields.empty() ? "" : ", ") + code(field->name);
  return fields;
}

/// Records of which something becomes when the person goes, and those that the person gets.
template <class Test>
std::string names_where(Test test) {
  std::string names;
  for (const auto& type : record_types())
    for (const auto& reference : type.references)
      if (test(reference)) {
        names += (names.empty() ? "" : ", ") + code(type.table);
        break;
      }
  return names;
}

}  // namespace

std::string records_page() {
  auto page = generated_note("sdk/src/records");
  page +=
      "# Records\n\n"
      "Every record type is a table. What is said here is declared with the record, and code follows from it: the "
      "mapping to the databases, encryption, backups and their checks, re-keying, `system.check` and "
      "`system.reencrypt`. A record that holds an id, or personal fields, and does not say what becomes of it does not "
      "compile.\n\n";
  page += table_head({"Table", "Record", "Encrypted fields", "Kept", "In backups"});
  for (const auto& type : record_types())
    page += table_row({code(type.table), std::string(type.name()), medical_fields_of(type), words_of(type.retention),
                       type.in_backups ? "yes" : "no"});
  page +=
      "\n## References\n\n"
      "What becomes of a row when the record that it refers to gets another id (a user who is linked takes over the id "
      "of its patient), is merged into another, or is erased. Where a cell is empty, the row stays as it is. *Export* "
      "says whether the row is part of what a person gets who asks for the own data.\n\n";
  page += table_head({"Field", "Refers to", "Other id", "Merged", "Erased", "Export"});
  for (const auto& type : record_types())
    for (const auto& reference : type.references)
      page += table_row({code(std::string(type.table) + "." + std::string(reference.field)),
                         words_of(reference.refers_to), words_of(reference.on_rekey), words_of(reference.on_merge),
                         words_of(reference.on_erasure), reference.exported == Exported::yes ? "yes" : ""});
  page += "\nErased with a person, beside the patient's own row: " +
          names_where([](const Reference& reference) { return reference.on_erasure == OnErasure::erase; }) +
          ".\n\nExported for a person, beside the patient's own row: " +
          names_where([](const Reference& reference) { return reference.exported == Exported::yes; }) + ".\n";
  return page;
}

}  // namespace clinic::docs
