#include "../core/suites.hpp"
#include "checks.hpp"
#include "watch.hpp"

namespace clinic::conformance {

namespace {

void append(std::vector<Check>& all, const std::vector<StorageCheck>& some) {
  for (const auto& each : some)
    all.push_back({each.name, each.promise, [run = each.run](const Target& target) {
                     StorageBench bench(target);
                     run(bench);
                     if (const auto misfit = first_misfit(); !misfit.empty())
                       unmet("every answer fits its call, and an error has its code and one line of words", misfit);
                   }});
}

}  // namespace

std::vector<Check> storage_checks() {
  std::vector<Check> all;
  append(all, schema_checks());  // first: a database without a schema is one once only
  append(all, opening_checks());
  append(all, model_checks());
  append(all, record_checks());
  append(all, text_checks());
  append(all, number_checks());
  append(all, null_checks());
  append(all, criteria_checks());
  append(all, order_checks());
  append(all, aggregate_checks());
  append(all, change_checks());
  append(all, unique_checks());
  append(all, transaction_checks());
  append(all, broken_checks());
  append(all, touch_checks());
  append(all, waiting_checks());
  append(all, callback_checks());
  append(all, misuse_checks());
  append(all, secrecy_checks());
  append(all, thread_checks());
  append(all, process_checks());
  append(all, newer_schema_checks());
  return all;
}

std::uint64_t records_in(const Target& target) {
  StorageBench bench(target);
  const auto store = bench.another();
  return store->schema_status().present == 0 ? 0 : count_everything(*store);
}

void leave_empty(const Target& target) {
  StorageBench bench(target);
  const auto store = bench.another();
  if (store->schema_status().present == schema_version) erase_everything(*store);
}

}  // namespace clinic::conformance
