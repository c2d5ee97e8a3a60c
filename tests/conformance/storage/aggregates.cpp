/// \file
/// Aggregates.

#include "checks.hpp"
#include "records.hpp"

#include <algorithm>

namespace clinic::conformance {

namespace {

/// Each group as one line: `active 4 60`.
Ids groups(Transaction& work, const Criteria<Patient>& criteria, const std::vector<std::uint32_t>& by,
           const std::vector<clinic_measure>& measures, std::uint64_t limit = 0) {
  const Query<Patient> lasting(criteria);
  const auto query = lasting.view();
  Ids lines;
  work.aggregate({sizeof(clinic_aggregate), record_index<Patient>, query.terms, query.term_count, by.data(), by.size(),
                  measures.data(), measures.size(), limit},
                 [&](std::span<const clinic_value> values) {
                   std::string line;
                   for (const auto& value : values)
                     line += (line.empty() ? "" : " ") + (value.kind == CLINIC_TEXT
                                                              ? std::string(value.as.text.data, value.as.text.size)
                                                              : show_value(value));
                   lines.push_back(line);
                   return true;
                 });
  return lines;
}

const auto balance = detail::field_index(&Patient::balance_minor), status = detail::field_index(&Patient::status),
           age = detail::field_index(&Patient::age_years), name = detail::field_index(&Patient::last_name),
           id = detail::field_index(&Patient::id), visits = detail::field_index(&Patient::visit_count),
           email = detail::field_index(&Patient::email);

/// Balances 0 to 50; four active with the names a b a b, two merged; the first without an age.
void six_patients(StorageBench& bench) {
  std::vector<Patient> patients;
  for (int i = 0; i < 6; ++i) {
    auto& row = patients.emplace_back(patient("p" + std::to_string(i)));
    row.balance_minor = std::int64_t{10} * i;
    row.status = i < 4 ? PatientStatus::active : PatientStatus::merged;
    row.last_name = i % 2 ? "b" : "a";
    if (i > 0) row.age_years = i;
  }
  committed(bench.store(), std::move(patients));
}

void measured(StorageBench& bench) {
  six_patients(bench);
  Transaction work(bench.store(), Access::read);
  expect("the count", groups(work, {}, {}, {{CLINIC_COUNT, 0}}), Ids{"6"});
  expect("sum and least balance and greatest name of balances over 20",
         groups(work, where(&Patient::balance_minor) > 20, {},
                {{CLINIC_SUM, balance}, {CLINIC_MIN, balance}, {CLINIC_MAX, name}}),
         Ids{"120 30 b"});
  expect("sum and least of ages, of which one is NULL", groups(work, {}, {}, {{CLINIC_SUM, age}, {CLINIC_MIN, age}}),
         Ids{"15 1"});
  expect("the count by the typed face",
         Repository<Patient>(work).count(where(&Patient::status) == PatientStatus::merged), 2u);
}

void of_nothing(StorageBench& bench) {
  six_patients(bench);
  Transaction work(bench.store(), Access::read);
  const auto nobody = where(&Patient::id) == "nobody";
  expect(
      "count, sum, least and greatest of no row",
      groups(work, nobody, {}, {{CLINIC_COUNT, 0}, {CLINIC_SUM, balance}, {CLINIC_MIN, balance}, {CLINIC_MAX, name}}),
      Ids{"0 NULL NULL NULL"});
  expect("the groups of no row", groups(work, nobody, {status}, {{CLINIC_COUNT, 0}}), Ids{});
  expect("sum and greatest of values that are all NULL",
         groups(work, where(&Patient::id) == "p0", {}, {{CLINIC_SUM, age}, {CLINIC_MAX, email}}), Ids{"NULL NULL"});
}

void grouped(StorageBench& bench) {
  six_patients(bench);
  Transaction work(bench.store(), Access::read);
  expect("count and sum by status", groups(work, {}, {status}, {{CLINIC_COUNT, 0}, {CLINIC_SUM, balance}}),
         Ids{"active 4 60", "merged 2 90"});
  expect("count by status and name", groups(work, {}, {status, name}, {{CLINIC_COUNT, 0}}),
         Ids{"active a 2", "active b 2", "merged a 1", "merged b 1"});
  expect("count by name and status", groups(work, {}, {name, status}, {{CLINIC_COUNT, 0}}),
         Ids{"a active 2", "a merged 1", "b active 2", "b merged 1"});
  expect("sum of ages by visits", groups(work, {}, {visits}, {{CLINIC_SUM, age}}), Ids{"0 15"});
  expect("the names, without a measure", groups(work, {}, {name}, {}), Ids{"a", "b"});
  auto by_age = groups(work, {}, {age}, {{CLINIC_COUNT, 0}});
  std::sort(by_age.begin(), by_age.end());
  expect("the groups by age, one of them of NULL", by_age, Ids{"1 1", "2 1", "3 1", "4 1", "5 1", "NULL 1"});
}

void each_row(StorageBench& bench) {
  six_patients(bench);
  Transaction work(bench.store(), Access::read);
  expect("count, sum of ages and least balance by id and status",
         groups(work, where(&Patient::balance_minor) < 30, {id, status},
                {{CLINIC_COUNT, 0}, {CLINIC_SUM, age}, {CLINIC_MIN, balance}}),
         Ids{"p0 active 1 NULL 0", "p1 active 1 1 10", "p2 active 1 2 20"});
}

void limited(StorageBench& bench) {
  six_patients(bench);
  Transaction work(bench.store(), Access::read);
  expect("the first two ids", groups(work, where(&Patient::id) > "p1", {id}, {}, 2), Ids{"p2", "p3"});
  expect("the first of the names", groups(work, {}, {name}, {{CLINIC_COUNT, 0}}, 1), Ids{"a 3"});
  expect("no more names than there are", groups(work, {}, {name}, {{CLINIC_COUNT, 0}}, 9), Ids{"a 3", "b 3"});
}

void of_texts(StorageBench& bench) {
  std::vector<Patient> patients;
  for (const char* text : {"a", "A", "\u00e4", "a ", "b", "\U0001F468", "\uffff", "a", "A"}) {
    auto& row = patients.emplace_back(patient(std::to_string(patients.size())));
    row.last_name = text;
  }
  committed(bench.store(), std::move(patients));
  Transaction work(bench.store(), Access::read);
  expect("the texts as groups, in the order of their bytes", groups(work, {}, {name}, {{CLINIC_COUNT, 0}}),
         Ids{"A 2", "a 2", "a  1", "b 1", "\u00e4 1", "\uffff 1", "\U0001F468 1"});
  expect("the least and the greatest text by bytes", groups(work, {}, {}, {{CLINIC_MIN, name}, {CLINIC_MAX, name}}),
         Ids{"A \U0001F468"});
}

void large_sums(StorageBench& bench) {
  std::vector<Patient> patients{patient("a"), patient("b"), patient("c")};
  patients[0].balance_minor = INT64_MAX;
  patients[1].balance_minor = INT64_MIN;
  patients[2].balance_minor = 7;
  committed(bench.store(), std::move(patients));
  Transaction work(bench.store(), Access::read);
  expect("the sum of the greatest and the least integer, and 7", groups(work, {}, {}, {{CLINIC_SUM, balance}}),
         Ids{"6"});
  expect("the greatest of them", groups(work, {}, {}, {{CLINIC_MAX, balance}, {CLINIC_MIN, balance}}),
         Ids{show(INT64_MAX) + " " + show(INT64_MIN)});
}

}  // namespace

std::vector<StorageCheck> aggregate_checks() {
  return {
      {"aggregate.measures", "COUNT, SUM, MIN and MAX, of the rows that match; NULLs are left out.", measured},
      {"aggregate.nothing", "Of no row COUNT is 0 and SUM, MIN and MAX are NULL; there is no group.", of_nothing},
      {"aggregate.groups", "Groups come in the order of their fields; NULL is a group, too.", grouped},
      {"aggregate.rows", "Where the id is the first of a group's fields, each row is a group.", each_row},
      {"aggregate.limit",
       "A limit takes no group away that comes before it; the host ends the groups of a plugin that goes on.", limited},
      {"aggregate.texts", "Texts are grouped and compared by their bytes.", of_texts},
      {"aggregate.large", "Sums are exact over all of 64 bits.", large_sums},
  };
}

}  // namespace clinic::conformance
