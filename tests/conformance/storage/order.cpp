/// \file
/// Order, limits, pages.

#include "checks.hpp"
#include "records.hpp"

#include <algorithm>

namespace clinic::conformance {

namespace {

void several_fields(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a", 2), block("b", 1), block("c", 2), block("d", 3)});
  Transaction work(bench.store(), Access::read);
  const auto ordered = [&](bool descending, bool id_descending) {
    return select_ids(
        work,
        Query<NumberBlock>().order_by(&NumberBlock::next_value, descending).order_by(&NumberBlock::id, id_descending));
  };
  expect("the order by value, id", ordered(false, false), Ids{"b", "a", "c", "d"});
  expect("the order by value, id descending", ordered(false, true), Ids{"b", "c", "a", "d"});
  expect("the order by value descending, id", ordered(true, false), Ids{"d", "a", "c", "b"});
  expect("the order by both descending", ordered(true, true), Ids{"d", "c", "a", "b"});
}

void page_limits(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a"), block("b"), block("c")});
  Transaction work(bench.store(), Access::read);
  const auto first = [&](std::uint64_t limit) {
    return select_ids(work, Query<NumberBlock>().order_by(&NumberBlock::id).limit(limit));
  };
  expect("the rows up to a limit of 2", first(2), Ids{"a", "b"});
  expect("the rows up to a limit of 3", first(3), Ids{"a", "b", "c"});
  expect("the rows without a limit", first(0), Ids{"a", "b", "c"});
  expect("the rows up to the greatest limit", first(UINT64_MAX), Ids{"a", "b", "c"});
  expect("the number of rows up to a limit, without an order", select_ids(work, Query<NumberBlock>().limit(2)).size(),
         2u);
}

void pages(StorageBench& bench) {
  std::vector<User> users;
  users.reserve(97);
  for (int i = 0; i < 97; ++i) {
    auto& made = users.emplace_back(user(std::to_string(1000 + i * 37 % 97)));
    made.name_key = Ids{"ann", "Ann", "\u00e4nn", "ann ", "bo", ""}[static_cast<std::size_t>(i % 6)];
  }
  users = committed(bench.store(), std::move(users));
  const auto by_name = [](const User& left, const User& right) {
    return std::tie(left.name_key, left.id) < std::tie(right.name_key, right.id);
  };
  std::sort(users.begin(), users.end(), by_name);
  Transaction work(bench.store(), Access::read);
  std::vector<User> seen;
  for (;;) {
    Criteria<User> behind;
    if (!seen.empty())
      behind = where(&User::name_key) > seen.back().name_key ||
               (where(&User::name_key) == seen.back().name_key && where(&User::id) > seen.back().id);
    const auto page = Repository<User>(work).select(
        Query<User>(std::move(behind)).order_by(&User::name_key).order_by(&User::id).limit(10));
    seen.insert(seen.end(), page.begin(), page.end());
    if (page.size() < 10) break;
  }
  expect("the users on pages of ten, in the order of name and id", ids_of(seen), ids_of(users));
}

void streamed(StorageBench& bench) {
  std::vector<NumberBlock> blocks;
  blocks.reserve(3000);
  for (int i = 0; i < 3000; ++i)
    blocks.push_back(block(std::to_string(10000 + i), i));
  committed(bench.store(), std::move(blocks));
  Transaction work(bench.store(), Access::read);
  std::int64_t next = 0;
  Repository<NumberBlock>(work).each(Query<NumberBlock>().order_by(&NumberBlock::id), [&](NumberBlock& row) {
    expect("the value of row " + row.id + ", which is complete when the next is asked for", row.next_value, next);
    ++next;
    return true;
  });
  expect("the rows handed over one by one", next, 3000);
}

}  // namespace

std::vector<StorageCheck> order_checks() {
  return {
      {"order.fields", "Rows come in the order of several fields, each ascending or descending.", several_fields},
      {"order.limit", "No more rows than the limit, the first ones of the order; 0 is no limit.", page_limits},
      {"order.pages", "Pages that each begin behind the last row of the one before hold every row once.", pages},
      {"order.stream", "Rows are handed over one by one, each complete when the next is asked for.", streamed},
  };
}

}  // namespace clinic::conformance
