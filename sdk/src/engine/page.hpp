#pragma once

#include "store/store.hpp"

#include <algorithm>

namespace clinic {

/// One page in the order of ids, which is the order of creation; continues behind `after`. One row more than asked
/// tells whether there is a next page.
template <class Page, class Record, class View>
Page page_of(Transaction& transaction, Criteria<Record> criteria, const std::optional<std::string>& after,
             std::int64_t limit, bool newest_first, View view) {
  if (after)
    criteria = std::move(criteria) && (newest_first ? where(&Record::id) < *after : where(&Record::id) > *after);
  const auto most = static_cast<std::size_t>(limit);
  Page page;
  page.items.reserve(std::min<std::size_t>(most, 20));
  const auto query = Query(std::move(criteria)).order_by(&Record::id, newest_first).limit(most + 1);
  Repository<Record>(transaction).each(query, [&](Record& row) {
    if (page.items.size() == most)
      page.next = page.items.back().id;
    else
      page.items.push_back(view(std::move(row)));
    return true;
  });
  return page;
}

}  // namespace clinic
