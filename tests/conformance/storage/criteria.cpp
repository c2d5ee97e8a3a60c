/// \file
/// Criteria: which rows a select finds.

#include "checks.hpp"
#include "records.hpp"

#include <algorithm>
#include <random>

namespace clinic::conformance {

namespace {

std::vector<User> five_users() {
  std::vector<User> users{user("a", "x"), user("b"), user("c", "X"), user("d", "x "), user("e", "")};
  for (std::size_t i = 0; i < users.size(); ++i)
    users[i].failed_logins = static_cast<std::int64_t>(i);
  users[4].role = Role::nurse;
  return users;
}

void junctions(StorageBench& bench) {
  committed(bench.store(), five_users());
  Transaction work(bench.store(), Access::read);
  const auto logins = where(&User::failed_logins);
  const auto finds = [&](const char* what, Criteria<User> criteria, const Ids& wanted) {
    expect(std::string("the users with ") + what, ids_where(work, std::move(criteria)), wanted);
  };
  finds("no criteria", {}, {"a", "b", "c", "d", "e"});
  finds("1 <= logins <= 3", logins >= 1 && logins <= 3, {"b", "c", "d"});
  finds("logins = 0 or 4", logins == 0 || logins == 4, {"a", "e"});
  finds("not (logins = 0 or 4), and role = patient",
        !(logins == 0 || logins == 4) && where(&User::role) == Role::patient, {"b", "c", "d"});
  finds("role <> patient", where(&User::role) != Role::patient, {"e"});
  finds("not not logins = 1", !!(logins == 1), {"b"});
  finds("(1 or 2) and (2 or 3)", (logins == 1 || logins == 2) && (logins == 2 || logins == 3), {"c"});
  finds("1, or 2 and 3", logins == 1 || (logins == 2 && logins == 3), {"b"});
}

void empty_junctions(StorageBench& bench) {
  committed(bench.store(), five_users());
  Transaction work(bench.store(), Access::read);
  const auto count = [&](std::vector<clinic_term> terms) {
    std::size_t rows = 0;
    User row;
    work.select({sizeof(clinic_query), record_index<User>, terms.data(), terms.size(), nullptr, 0, 0}, [&]() -> void* {
      ++rows;
      return &row;
    });
    return rows;
  };
  const clinic_term all{CLINIC_AND, 0, 0, 0, {}}, none{CLINIC_OR, 0, 0, 0, {}}, negation{CLINIC_NOT, 0, 1, 0, {}};
  expect("the rows that AND of nothing finds", count({all}), 5u);
  expect("the rows that OR of nothing finds", count({none}), 0u);
  expect("the rows that NOT of an AND of nothing finds", count({negation, all}), 0u);
  expect("the rows that AND of one OR of nothing finds", count({{CLINIC_AND, 0, 1, 0, {}}, none}), 0u);
  expect("the rows that OR of nothing and AND of nothing finds", count({{CLINIC_OR, 0, 2, 0, {}}, none, all}), 5u);
}

void lists(StorageBench& bench) {
  committed(bench.store(), five_users());
  Transaction work(bench.store(), Access::read);
  const auto id = where(&User::id);
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 63u, 64u, 65u, 1000u, 10000u})
    expect("the users whose id is in a list of " + show(count) + " times b", ids_where(work, id.in(Ids(count, "b"))),
           Ids{"b"});
  expect("the users whose id is a, c, nobody", ids_where(work, id.in(Ids{"a", "c", "nobody"})), Ids{"a", "c"});
  expect("the users whose id is in an empty list", ids_where(work, id.in(Ids{})), Ids{});
  expect("the users whose id is not in an empty list", ids_where(work, !id.in(Ids{})).size(), 5u);
  expect("the users whose id is not a, b, c", ids_where(work, !id.in(Ids{"a", "b", "c"})), Ids{"d", "e"});
  expect("the users whose logins are 1 or 3",
         ids_where(work, where(&User::failed_logins).in(std::vector<std::int64_t>{1, 3})), Ids{"b", "d"});
  expect("the users whose role is in a list", ids_where(work, where(&User::role).in(std::vector{Role::nurse})),
         Ids{"e"});
  Ids many;
  for (int i = 0; i < 10000; ++i)
    many.push_back("nobody-" + std::to_string(i));
  many[7777] = "d";
  expect("the users in a list of 10000 different ids", ids_where(work, id.in(many)), Ids{"d"});
}

void longer_lists(StorageBench& bench) {
  committed(bench.store(), five_users());
  Transaction work(bench.store(), Access::read);
  for (const std::size_t count : {16384u, 40000u, 70000u}) {
    Ids rows;
    const int code = code_of([&] { rows = ids_where(work, where(&User::id).in(Ids(count, "b"))); });
    if (code == CLINIC_PLUGIN_REFUSED) return;
    if (code != CLINIC_PLUGIN_OK) unmet("a list of " + show(count) + " values is served, or REFUSED", code_name(code));
    expect("the users whose id is in a list of " + show(count) + " times b", rows, Ids{"b"});
  }
}

void many_shapes(StorageBench& bench) {
  committed(bench.store(), user("a"));
  Transaction work(bench.store(), Access::read);
  for (int round = 0; round < 2; ++round)
    for (int count = 1; count <= 300; ++count) {
      auto criteria = where(&User::failed_logins) >= 0;
      for (int i = 1; i < count % 60; ++i)
        criteria = std::move(criteria) && (where(&User::failed_logins) >= -i);
      if (count / 60 % 2) criteria = std::move(criteria) && (where(&User::id) == "a");
      auto query = Query<User>(std::move(criteria));
      if (count / 60 > 2) query = std::move(query).order_by(&User::id);
      expect("the user found by criteria " + show(count),
             select_ids(work, std::move(query).limit(static_cast<unsigned>(count / 60 == 4))), Ids{"a"});
    }
}

/// A criterion made by chance, with what it should answer.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  enum class Truth { no, unknown, yes };
  struct Made {
    Criteria<User> criteria;
    std::function<Truth(const User&)> judge;
  };

  Made make(int depth) {
    if (depth == 0 || below(4) == 0) return leaf();
    const auto kind = below(3);
    if (kind == 0) {
      auto inner = make(depth - 1);
      return {!inner.criteria, [judge = inner.judge](const User& row) {
                const auto truth = judge(row);
                return truth == Truth::unknown ? truth : truth == Truth::no ? Truth::yes : Truth::no;
              }};
    }
    auto left = make(depth - 1), right = make(depth - 1);
    const auto both = [a = left.judge, b = right.judge](auto pick) {
      return [a, b, pick](const User& row) { return pick(a(row), b(row)); };
    };
    if (kind == 1)
      return {std::move(left.criteria) && std::move(right.criteria),
              both([](Truth a, Truth b) { return std::min(a, b); })};
    return {std::move(left.criteria) || std::move(right.criteria),
            both([](Truth a, Truth b) { return std::max(a, b); })};
  }

  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  std::string word() {
    static const Ids words{"", "a", "A", "b", "\u00e9", "a "};
    return words[below(static_cast<unsigned>(words.size()))];
  }

 private:
  static Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

  template <class Value, class Read, class Field>
  static Made comparison(unsigned kind, const Value& value, Read read, const Field& field) {
    const auto compare = [&](auto criteria, auto holds) {
      return Made{criteria, [read, value, holds](const User& row) {
                    const auto found = read(row);
                    return found ? truth(holds(*found, value)) : Truth::unknown;
                  }};
    };
    switch (kind) {
      case 0:
        return compare(field == value, std::equal_to<>());
      case 1:
        return compare(field != value, std::not_equal_to<>());
      case 2:
        return compare(field < value, std::less<>());
      case 3:
        return compare(field <= value, std::less_equal<>());
      case 4:
        return compare(field > value, std::greater<>());
      default:
        return compare(field >= value, std::greater_equal<>());
    }
  }

  Made leaf() {
    const auto email = where(&User::email);
    switch (below(6)) {
      case 0:
        return {email.is_null(), [](const User& row) { return truth(!row.email); }};
      case 1:
        return {email.is_not_null(), [](const User& row) { return truth(row.email.has_value()); }};
      case 2: {
        const Ids words{word(), word()};
        return {email.in(words), [words](const User& row) {
                  return row.email ? truth(*row.email == words[0] || *row.email == words[1]) : Truth::unknown;
                }};
      }
      case 3:
        return comparison(
            below(6), static_cast<std::int64_t>(below(4)),
            [](const User& row) { return std::optional(row.failed_logins); }, where(&User::failed_logins));
      default:
        return comparison(
            below(6), word(), [](const User& row) { return row.email; }, email);
    }
  }

  std::mt19937 random_;
};

void by_chance(StorageBench& bench) {
  Chance chance(20261121);
  std::vector<User> users;
  for (int i = 0; i < 60; ++i) {
    auto& made = users.emplace_back(user(std::to_string(100 + i)));
    if (chance.below(4) != 0) made.email = chance.word();
    made.failed_logins = static_cast<std::int64_t>(chance.below(4));
  }
  users = committed(bench.store(), std::move(users));
  Transaction work(bench.store(), Access::read);
  for (int i = 0; i < 400; ++i) {
    auto made = chance.make(4);
    Ids wanted;
    for (const auto& each : users)
      if (made.judge(each) == Chance::Truth::yes) wanted.push_back(each.id);
    expect("the users found by random criteria " + show(i), ids_where(work, std::move(made.criteria)), wanted);
  }
}

}  // namespace

std::vector<StorageCheck> criteria_checks() {
  return {
      {"criteria.junctions", "AND, OR and NOT nest, each with the operands that follow it.", junctions},
      {"criteria.empty", "AND of nothing is true, OR of nothing false.", empty_junctions},
      {"criteria.lists", "IN finds the rows of a list: empty, of equal values, and of ten thousand.", lists},
      {"criteria.longer_lists", "A list longer than the database allows is REFUSED, and never cut short.",
       longer_lists},
      {"criteria.shapes", "Any number of differently shaped queries may follow each other.", many_shapes},
      {"criteria.chance", "Four hundred random criteria find exactly the rows for which they are true.", by_chance},
  };
}

}  // namespace clinic::conformance
