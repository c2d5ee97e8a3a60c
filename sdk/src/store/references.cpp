#include "store/references.hpp"

#include "store/stored_rows.hpp"

#include <algorithm>
#include <ranges>
#include <unordered_set>

namespace clinic {
namespace {

const RecordType& type_referred_to(const Reference& reference) {
  return reference.refers_to == RefersTo::patient ? type_of<Patient>() : type_of<User>();
}

/// The rows in which the field is one of the ids. The terms refer to the ids.
std::vector<clinic_term> one_of(std::uint32_t field, const auto& ids) {
  std::vector<clinic_term> terms;
  const auto count = static_cast<std::uint32_t>(ids.size());
  if (count > 1) terms.push_back({CLINIC_IN, field, count, 0, {}});
  for (const auto& id : ids)
    terms.push_back({CLINIC_EQ, field, 0, 0, detail::text_value(id)});
  return terms;
}

/// Which of the ids are there.
std::unordered_set<std::string> those_there(Transaction& transaction, const RecordType& type,
                                            const std::unordered_set<std::string>& ids) {
  const auto id = type.stored->id_field;
  const auto terms = one_of(id, ids);
  std::unordered_set<std::string> found;
  // Their ids alone: a person whose row cannot be read is there all the same.
  transaction.aggregate({sizeof(clinic_aggregate), type.index, terms.data(), terms.size(), &id, 1, nullptr, 0, 0},
                        [&](std::span<const clinic_value> group) {
                          found.emplace(group[0].as.text.data, group[0].as.text.size);
                          return true;
                        });
  return found;
}

enum class Becomes : std::uint8_t { left, other_id, erased };

/// Rows that refer to one of the ids get the other one, or go, as `becomes` says of the reference.
void move_references(Transaction& transaction, const NewIds& ids, FunctionRef<Becomes(const Reference&)> becomes) {
  if (ids.empty()) return;
  for (const auto& type : record_types())
    for (const auto& reference : type.references) {
      const auto change = becomes(reference);
      if (change == Becomes::left) continue;
      const auto index = type.field_index(reference.field);
      const auto refers = one_of(index, std::views::keys(ids));
      if (change == Becomes::erased) {
        transaction.erase_where({sizeof(clinic_query), type.index, refers.data(), refers.size(), nullptr, 0, 0});
        continue;
      }
      // What is encrypted is bound to its patient.
      const bool bound = type.sealed_fields && reference.refers_to == RefersTo::patient;
      const auto* protection = bound ? transaction.protection() : nullptr;
      const auto& field = type.description->fields[index];
      for (const auto& row : stored_rows(transaction, type, refers)) {
        if (protection) {
          protection->unseal(type, row.get());
          if (text_in(*type.sealed_fields, row.get())) require_readable(type, row.get());
        }
        set_text(field, row.get(), ids.at(*text_in(field, row.get())));
        if (protection) protection->seal(type, row.get());
        transaction.update(type.index, row.get());
      }
    }
}

}  // namespace

void users_rekeyed(Transaction& transaction, const NewIds& ids) {
  move_references(transaction, ids, [](const Reference& reference) {
    return reference.on_rekey == OnRekey::follow  ? Becomes::other_id
           : reference.on_rekey == OnRekey::erase ? Becomes::erased
                                                  : Becomes::left;
  });
}

void patient_merged(Transaction& transaction, const std::string& id, const std::string& survivor) {
  move_references(transaction, {{id, survivor}}, [](const Reference& reference) {
    return reference.on_merge == OnMerge::follow  ? Becomes::other_id
           : reference.on_merge == OnMerge::erase ? Becomes::erased
                                                  : Becomes::left;
  });
}

void each_dangling(Transaction& transaction, const RecordType& type,
                   FunctionRef<void(const std::string& id, const Reference& reference)> found,
                   FunctionRef<void(const std::string& id)> unreadable) {
  const bool looks = std::any_of(type.references.begin(), type.references.end(),
                                 [](const Reference& reference) { return reference.lives_with_person(); });
  if (!looks) return;
  const auto look = [&](std::span<const Object> page) {
    for (const auto& reference : type.references) {
      if (!reference.lives_with_person()) continue;
      const auto& field = *type.description->field(reference.field);
      std::unordered_set<std::string> ids;
      for (const auto& row : page)
        if (const auto* named = text_in(field, row.get())) ids.insert(*named);
      if (ids.empty()) continue;
      const auto there = those_there(transaction, type_referred_to(reference), ids);
      for (const auto& row : page)
        if (const auto* named = text_in(field, row.get()); named && !there.contains(*named))
          found(type.id_of(row.get()), reference);
    }
  };
  each_page(transaction, type, look, unreadable);
}

}  // namespace clinic
