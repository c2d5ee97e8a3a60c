#include "store/stored_rows.hpp"

#include "store/pages.hpp"

namespace clinic {
namespace {

std::vector<Object> select(Transaction& transaction, const RecordType& type, const clinic_query& query) {
  std::vector<Object> rows;
  transaction.select(query, [&]() -> void* { return rows.emplace_back(type.fresh()).get(); });
  return rows;
}

}  // namespace

std::vector<Object> stored_rows(Transaction& transaction, const RecordType& type, std::span<const clinic_term> terms) {
  return select(transaction, type, {sizeof(clinic_query), type.index, terms.data(), terms.size(), nullptr, 0, 0});
}

std::string unreadable_row(Transaction& transaction, const RecordType& type, const std::string& last) {
  const auto id = type.stored->id_field;
  const clinic_term behind{CLINIC_GT, id, 0, 0, detail::text_value(last)};
  std::string found;
  transaction.smallest({sizeof(clinic_query), type.index, &behind, last.empty() ? 0u : 1u, nullptr, 0, 0}, id,
                       [&](const clinic_value& value) { detail::assign_value(found, value); });
  if (found.empty()) throw;
  return found;
}

std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look,
                       FunctionRef<void(const std::string& id)> unreadable) {
  const clinic_order by_id{type.stored->id_field, 0};
  const auto page_behind = [&](std::string& last, std::uint64_t most) {
    const clinic_term behind{CLINIC_GT, type.stored->id_field, 0, 0, detail::text_value(last)};
    const auto page =
        select(transaction, type, {sizeof(clinic_query), type.index, &behind, last.empty() ? 0u : 1u, &by_id, 1, most});
    look(page);
    if (!page.empty()) last = type.id_of(page.back().get());
    return static_cast<std::uint64_t>(page.size());
  };
  return in_pages(page_behind, [&](std::string& last) {
    last = unreadable_row(transaction, type, last);
    unreadable(last);
  });
}

std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look) {
  return each_page(transaction, type, look, [](const std::string&) { throw; });
}

}  // namespace clinic
