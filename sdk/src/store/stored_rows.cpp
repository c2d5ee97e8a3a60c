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

std::int64_t each_page(Transaction& transaction, const RecordType& type,
                       FunctionRef<void(std::span<const Object>)> look) {
  const clinic_order by_id{type.stored->id_field, 0};
  return in_pages([&](std::string& last, std::uint64_t most) {
    const clinic_term behind{CLINIC_GT, type.stored->id_field, 0, 0, detail::text_value(last)};
    const auto page =
        select(transaction, type, {sizeof(clinic_query), type.index, &behind, last.empty() ? 0u : 1u, &by_id, 1, most});
    look(page);
    if (!page.empty()) last = type.id_of(page.back().get());
    return static_cast<std::uint64_t>(page.size());
  });
}

}  // namespace clinic
