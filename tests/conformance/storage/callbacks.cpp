/// \file
/// What happens while rows and groups are handed over.

#include "checks.hpp"
#include "records.hpp"

#include <deque>

namespace clinic::conformance {

namespace {

void host_stops(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b"), user("c")});
  RawStore raw(bench.table(), bench.model(), bench.host(), bench.url());
  raw.must_be_open();
  raw.begin(false);
  struct Seen {
    int rows = 0, enough;
    User row;
  };
  const auto select = [&](int enough) {
    Seen seen{0, enough, {}};
    clinic_query query{sizeof query, record_index<User>, nullptr, 0, nullptr, 0, 0};
    clinic_slots slots{sizeof slots, &seen, [](void* at) -> void* {
                         auto& counted = *static_cast<Seen*>(at);
                         return ++counted.rows > counted.enough ? nullptr : &counted.row;
                       }};
    const int code = raw.table.select(raw.transaction, &query, &slots, &raw.error);
    expect("the times that `next` is called by a select that is stopped after " + show(enough) + " rows", seen.rows,
           enough + 1);
    return code;
  };
  expect("what a select answers that is stopped at once", code_name(select(0)), code_name(CLINIC_PLUGIN_HOST_STOPPED));
  expect("what a select answers that is stopped after two rows", code_name(select(2)),
         code_name(CLINIC_PLUGIN_HOST_STOPPED));

  const clinic_measure measure{CLINIC_COUNT, 0};
  const auto id = detail::field_index(&User::id);
  const clinic_aggregate wanted{sizeof wanted, record_index<User>, nullptr, 0, &id, 1, &measure, 1, 0};
  int groups_seen = 0;
  const clinic_groups groups{sizeof groups, &groups_seen, [](void* at, const clinic_value*, size_t) {
                               return ++*static_cast<int*>(at) == 2 ? 1 : 0;
                             }};
  const int code = raw.table.aggregate(raw.transaction, &wanted, &groups, &raw.error);
  expect("what an aggregate answers that is stopped", code_name(code), code_name(CLINIC_PLUGIN_HOST_STOPPED));
  expect("the groups handed over until it is stopped", groups_seen, 2);
  raw.must("commit after it", raw.commit());
}

void goes_on_after_a_stop(StorageBench& bench) {
  std::vector<NumberBlock> blocks;
  blocks.reserve(2000);
  for (int i = 0; i < 2000; ++i)
    blocks.push_back(block(std::to_string(10000 + i), i));
  committed(bench.store(), std::move(blocks));
  Transaction work(bench.store(), Access::write);
  Repository<NumberBlock> repository(work);
  for (int i = 0; i < 5; ++i) {
    int seen = 0;
    repository.each(Query<NumberBlock>().order_by(&NumberBlock::id), [&](NumberBlock&) { return ++seen < 3; });
    expect("the rows until the visitor has enough", seen, 3);
    expect("the first row of another select", repository.first(where(&NumberBlock::next_value) > 5)->next_value, 6);
  }
  repository.touch("10000");
  work.commit();
}

/// Where rows go; a slot that was given and not filled keeps an empty id.
struct Slots {
  std::deque<User> rows{};  // which does not move what is in it

  clinic_slots view() {
    return {sizeof(clinic_slots), this,
            [](void* at) -> void* { return &static_cast<Slots*>(at)->rows.emplace_back(); }};
  }
  Ids ids() const {
    Ids found;
    for (const auto& row : rows)
      if (!row.id.empty()) found.push_back(row.id);
    return found;
  }
};

/// The host's mistake must not become silently lost rows.
void called_inside(StorageBench& bench) {
  const Ids everybody{"a", "b", "c"};
  committed(bench.store(), std::vector{user("a"), user("b"), user("c")});
  static const clinic_order by_id{detail::field_index(&User::id), 0};
  static const clinic_query query{sizeof query, record_index<User>, nullptr, 0, &by_id, 1, 0};
  struct Context {
    RawStore raw;
    Slots outer{};
    Ids wrong{};
    const Ids& wanted;
  } context{{bench.table(), bench.model(), bench.host(), bench.url()}, {}, {}, everybody};
  auto& raw = context.raw;
  raw.must_be_open();
  raw.begin(true);
  const clinic_slots slots{
      sizeof slots, &context, [](void* at) -> void* {
        auto& outside = *static_cast<Context*>(at);
        RawError error;
        Slots inner;
        const auto into = inner.view();
        const int code = outside.raw.table.select(outside.raw.transaction, &query, &into, &error);
        if (code != CLINIC_PLUGIN_REFUSED && !(code == CLINIC_PLUGIN_OK && inner.ids() == outside.wanted))
          outside.wrong.push_back(code_name(code) + " with " + show(inner.ids()));
        return &outside.outer.rows.emplace_back();
      }};
  raw.must("the select outside", raw.table.select(raw.transaction, &query, &slots, &raw.error));
  expect_true("a select inside a select's callback is REFUSED, or served whole", context.wrong.empty(),
              context.wrong.empty() ? "" : context.wrong.front());
  expect("the rows of the select outside", context.outer.ids(), everybody);
  raw.must("commit after it", raw.commit());
}

void from_store_to_store(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a", 1), block("b", 2), block("c", 3)});
  const auto other = bench.another();
  Transaction reading(bench.store(), Access::read), writing(*other, Access::write);
  Repository<NumberBlock>(reading).each(Query<NumberBlock>().order_by(&NumberBlock::id), [&](NumberBlock& row) {
    auto copy = block("copy of " + row.id, row.next_value);
    Repository<NumberBlock>(writing).insert(copy);
    return true;
  });
  writing.commit();
  expect("the rows after each was copied through another store", counted<NumberBlock>(bench.store()), 6u);
}

void exceptions_pass(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b"), user("c")});
  Transaction work(bench.store(), Access::write);
  Repository<User> users(work);
  struct Enough {};
  int seen = 0;
  try {
    users.each({}, [&](User&) -> bool {
      if (++seen == 2) throw Enough();
      return true;
    });
    unmet("an exception of a visitor comes out of the select", "none came");
  } catch (const Enough&) {
  }
  expect("the rows seen before the exception", seen, 2);
  expect("the rows counted after it", users.count(), 3u);
  work.commit();
}

}  // namespace

std::vector<StorageCheck> callback_checks() {
  return {
      {"callback.stop", "A select or aggregate that the host stops answers HOST_STOPPED and hands over no more.",
       host_stops},
      {"callback.after_stop", "After a stop the transaction goes on with other statements.", goes_on_after_a_stop},
      {"callback.inside",
       "A call from inside a callback is REFUSED or served whole; rows are never lost without a word.", called_inside},
      {"callback.two_stores", "Of two stores one may be written while the other hands over its rows.",
       from_store_to_store},
      {"callback.exception", "What a visitor throws comes out of the call, and the transaction goes on.",
       exceptions_pass},
  };
}

}  // namespace clinic::conformance
