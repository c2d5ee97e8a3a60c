/// \file
/// Integers, times, dates, and NULL.

#include "checks.hpp"
#include "records.hpp"

#include <array>
#include <cstdint>

namespace clinic::conformance {

namespace {

constexpr std::array numbers{INT64_MIN,         INT64_MIN + 1,         -9007199254740993, std::int64_t{INT32_MIN} - 1,
                             std::int64_t{-1},  std::int64_t{0},       std::int64_t{1},   std::int64_t{INT32_MAX} + 1,
                             9007199254740993L, std::int64_t{1} << 62, INT64_MAX - 1,     INT64_MAX};

void number_limits(StorageBench& bench) {
  std::vector<Patient> patients;
  for (const auto number : numbers) {
    patients.push_back(patient(std::to_string(100 + patients.size())));
    patients.back().balance_minor = number;
    patients.back().age_years = number;
  }
  patients = committed(bench.store(), std::move(patients));
  Transaction work(bench.store(), Access::read);
  const auto balance = where(&Patient::balance_minor);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    expect_same(patients[i], Repository<Patient>(work).find(patients[i].id));
    const auto of = [&](const char* what) {
      return std::string("the patients whose balance ") + what + " " + show(numbers[i]);
    };
    const auto ids = ids_of(patients);
    const auto at = ids.begin() + static_cast<std::ptrdiff_t>(i);
    expect(of("="), ids_where(work, balance == numbers[i]), Ids{ids[i]});
    expect(of("in a list of"), ids_where(work, balance.in(std::vector<std::int64_t>{numbers[i]})), Ids{ids[i]});
    expect(of("<"), ids_where(work, balance < numbers[i]), Ids(ids.begin(), at));
    expect(of(">="), ids_where(work, balance >= numbers[i]), Ids(at, ids.end()));
  }
  expect("the patients in the order of their balances",
         select_ids(work, Query<Patient>().order_by(&Patient::balance_minor)), ids_of(patients));
}

void times_and_dates(StorageBench& bench) {
  using std::chrono::milliseconds;
  const std::array<std::int64_t, 5> moments{-62135596800000, -1, 0, 1700000000123, 253402300799999};
  const std::array<Date, 5> dates{Date{std::chrono::year(1), std::chrono::month(1), std::chrono::day(1)},
                                  Date{std::chrono::year(1899), std::chrono::month(12), std::chrono::day(31)},
                                  Date{std::chrono::year(1970), std::chrono::month(1), std::chrono::day(1)},
                                  Date{std::chrono::year(2024), std::chrono::month(2), std::chrono::day(29)},
                                  Date{std::chrono::year(9999), std::chrono::month(12), std::chrono::day(31)}};
  std::vector<Patient> patients;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    auto& made = patients.emplace_back(patient(std::to_string(i)));
    made.created_at = Timestamp(milliseconds(moments[i]));
    made.last_visit_at = made.created_at;
    made.birth_date = dates[i];
  }
  patients = committed(bench.store(), std::move(patients));
  Transaction work(bench.store(), Access::read);
  for (const auto& each : patients)
    expect_same(each, Repository<Patient>(work).find(each.id));
  expect("the patients born before 1970", ids_where(work, where(&Patient::birth_date) < dates[2]), Ids{"0", "1"});
  expect("the patients made after 1970", ids_where(work, where(&Patient::created_at) > Timestamp()), Ids{"3", "4"});
  expect("the patients in the order of their making", select_ids(work, Query<Patient>().order_by(&Patient::created_at)),
         ids_of(patients));
}

void booleans(StorageBench& bench) {
  auto yes = user("yes"), no = user("no");
  yes.superadmin = true, yes.active = true;
  no.superadmin = false, no.active = false;
  committed(bench.store(), std::vector{yes, no});
  Transaction work(bench.store(), Access::read);
  expect("the users with superadmin = true", ids_where(work, where(&User::superadmin) == true), Ids{"yes"});
  expect("the users with active = false", ids_where(work, where(&User::active) == false), Ids{"no"});
  expect("the users with active <> false", ids_where(work, where(&User::active) != false), Ids{"yes"});
}

void null_is_no_value(StorageBench& bench) {
  committed(bench.store(), std::vector{user("empty", ""), user("null"), user("null too"), user("word", "NULL")});
  Transaction work(bench.store(), Access::read);
  const auto key = where(&User::email_key);
  expect("the users without a key", ids_where(work, key.is_null()), Ids{"null", "null too"});
  expect("the users with a key", ids_where(work, key.is_not_null()), Ids{"empty", "word"});
  expect("the users with an empty key", ids_where(work, key == ""), Ids{"empty"});
  const auto empty = Repository<User>(work).find("empty"), null = Repository<User>(work).find("null");
  expect("an empty text", empty->email_key, std::optional<std::string>(""));
  expect("a NULL", null->email_key, std::optional<std::string>());
}

void null_in_comparisons(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a", "a"), user("b", "b"), user("null")});
  Transaction work(bench.store(), Access::read);
  const auto key = where(&User::email_key);
  const auto finds = [&](const char* what, Criteria<User> criteria, const Ids& wanted) {
    expect(std::string("the users with ") + what + ", of a, b and one whose key is NULL",
           ids_where(work, std::move(criteria)), wanted);
  };
  finds("key = 'a'", key == "a", {"a"});
  finds("key <> 'a'", key != "a", {"b"});
  finds("NOT key = 'a'", !(key == "a"), {"b"});
  finds("NOT key <> 'a'", !(key != "a"), {"a"});
  finds("key >= ''", key >= "", {"a", "b"});
  finds("key in ('a')", key.in(Ids{"a"}), {"a"});
  finds("NOT key in ('a')", !key.in(Ids{"a"}), {"b"});
  finds("NOT key in ()", !key.in(Ids{}), {"a", "b", "null"});
  finds("key = 'a' OR key is NULL", key == "a" || key.is_null(), {"a", "null"});
  finds("NOT (key = 'a' OR key is NULL)", !(key == "a" || key.is_null()), {"b"});
  finds("NOT (key = 'a' AND id = 'x')", !(key == "a" && where(&User::id) == "x"), {"a", "b", "null"});
  finds("NOT (key = 'a' AND id = 'null')", !(key == "a" && where(&User::id) == "null"), {"a", "b"});
}

void null_by_update(StorageBench& bench) {
  auto record = committed(bench.store(), filled<Patient>(1));
  auto bare = filled<Patient>(1, false);
  bare.version = record.version;
  {
    Transaction work(bench.store(), Access::write);
    Repository<Patient>(work).update(bare);
    work.commit();
  }
  expect_same(bare, found<Patient>(bench.store(), bare.id));
  record.version = bare.version;
  {
    Transaction work(bench.store(), Access::write);
    Repository<Patient>(work).update(record);
    work.commit();
  }
  expect_same(record, found<Patient>(bench.store(), record.id));
}

}  // namespace

std::vector<StorageCheck> number_checks() {
  return {
      {"number.limits", "Integers keep all of their 64 bits, and compare and order as numbers.", number_limits},
      {"number.times", "Times before 1970 and dates from year 1 to 9999 come back, compare and order.",
       times_and_dates},
      {"number.booleans", "Booleans are 0 and 1.", booleans},
  };
}

std::vector<StorageCheck> null_checks() {
  return {
      {"null.no_value", "NULL is no value: an empty text is none, and neither is the word.", null_is_no_value},
      {"null.compare", "A comparison with NULL is unknown, as in SQL: neither it nor its NOT matches.",
       null_in_comparisons},
      {"null.update", "An update makes values NULL, and NULLs values.", null_by_update},
  };
}

}  // namespace clinic::conformance
