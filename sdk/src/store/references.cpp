#include "store/references.hpp"

#include "store/stored_rows.hpp"

#include <algorithm>
#include <unordered_set>

namespace clinic {
namespace {

const RecordType& type_referred_to(const Reference& reference) {
  return reference.refers_to == RefersTo::patient ? type_of<Patient>() : type_of<User>();
}

/// Which of the ids are there.
std::unordered_set<std::string> those_there(Transaction& transaction, const RecordType& type,
                                            const std::unordered_set<std::string>& ids) {
  const auto id = type.stored->id_field;
  std::vector<clinic_term> terms{{CLINIC_IN, id, static_cast<std::uint32_t>(ids.size()), 0, {}}};
  for (const auto& wanted : ids)
    terms.push_back({CLINIC_EQ, id, 0, 0, detail::text_value(wanted)});
  std::unordered_set<std::string> found;
  // Their ids alone: a person whose row cannot be read is there all the same.
  const clinic_measure count{CLINIC_COUNT, 0};
  transaction.aggregate({sizeof(clinic_aggregate), type.index, terms.data(), terms.size(), &id, 1, &count, 1},
                        [&](std::span<const clinic_value> group) {
                          found.emplace(group[0].as.text.data, group[0].as.text.size);
                          return true;
                        });
  return found;
}

}  // namespace

void user_rekeyed(Transaction& transaction, const std::string& old_id, const std::string& new_id) {
  for (const auto& type : record_types())
    for (const auto& reference : type.references) {
      if (reference.on_rekey != OnRekey::follow && reference.on_rekey != OnRekey::erase) continue;
      const auto index = type.field_index(reference.field);
      const clinic_term refers{CLINIC_EQ, index, 0, 0, detail::text_value(old_id)};
      if (reference.on_rekey == OnRekey::erase) {
        transaction.erase_where({sizeof(clinic_query), type.index, &refers, 1, nullptr, 0, 0});
        continue;
      }
      for (const auto& row : stored_rows(transaction, type, {&refers, 1})) {
        set_text(type.description->fields[index], row.get(), new_id);
        transaction.update(type.index, row.get());
      }
    }
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
