/// \file
/// Unique constraints.

#include "../core/together.hpp"
#include "checks.hpp"
#include "records.hpp"

#include <atomic>

namespace clinic::conformance {

namespace {

template <class Call>
void expect_violation(const std::string& what, const std::string& constraint, Call call) {
  try {
    call();
  } catch (const StorageError& error) {
    if (error.code() != CLINIC_PLUGIN_UNIQUE_VIOLATION)
      unmet(what + " answers UNIQUE_VIOLATION", code_name(error.code()) + ": " + error.what());
    expect("the constraint that " + what + " names", error.constraint(), constraint);
    return;
  }
  unmet(what + " answers UNIQUE_VIOLATION", "OK");
}

template <class Record>
std::vector<std::string> constraints_of() {
  std::vector<std::string> names{"id"};
  for (const auto& constraint : Table<Record>::constraints)
    if (constraint.unique) names.emplace_back(constraint.fields);
  return names;
}

/// Makes two records equal in the constraint's fields only.
template <class Record>
void make_alike(const Record& from, Record& to, const std::string& constraint) {
  for (const auto& field : describe<Record>().fields)
    if (("," + constraint + ",").find("," + std::string(field.name) + ",") != std::string::npos)
      detail::write_value(*field.type, field.address(&to), detail::read_value(*field.type, field.address_in(&from)));
}

void each_named(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    int seed = 1;
    for (const auto& constraint : constraints_of<Record>()) {
      auto there = filled<Record>(seed++), other = filled<Record>(seed++);
      make_alike(there, other, constraint);
      Transaction work(bench.store(), Access::write);
      Repository<Record> records(work);
      records.insert(there);
      expect_violation("insert of a second " + std::string(describe<Record>().name) + " with the same " + constraint,
                       constraint, [&] { records.insert(other); });
    }
  });
}

void among_many(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    int seed = 1000;
    for (const auto& constraint : constraints_of<Record>()) {
      std::vector<Record> several;
      for (int i = 0; i < 21; ++i)
        several.push_back(filled<Record>(seed++));
      make_alike(several[3], several[11], constraint);
      Transaction work(bench.store(), Access::write);
      expect_violation("insert_many of two " + std::string(describe<Record>().name) + " with the same " + constraint,
                       constraint, [&] { Repository<Record>(work).insert_many(several); });
    }
  });
}

void by_update(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    if constexpr (requires(Record record) { record.version; }) {
      int seed = 1;
      for (const auto& constraint : constraints_of<Record>()) {
        if (constraint == "id") continue;
        auto there = filled<Record>(seed++), other = filled<Record>(seed++);
        Transaction work(bench.store(), Access::write);
        Repository<Record> records(work);
        records.insert(there);
        records.insert(other);
        make_alike(there, other, constraint);
        expect_violation("update of a " + std::string(describe<Record>().name) + " to another one's " + constraint,
                         constraint, [&] { records.update(other); });
      }
    }
  });
}

void by_insert_many(StorageBench& bench) {
  committed(bench.store(), user("a", "taken"));
  Transaction work(bench.store(), Access::write);
  std::vector<User> users{user("b", "b"), user("c", "taken"), user("d", "d")};
  expect_violation("insert_many with a key that is taken", "email_key",
                   [&] { Repository<User>(work).insert_many(users); });
  expect_code(
      "commit after it", [&] { work.commit(); }, CLINIC_PLUGIN_UNIQUE_VIOLATION);
  expect("the rows after it", counted<User>(bench.store()), 1u);
}

void nulls_differ(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b"), user("c")});
  expect("the rows that are all without a key", counted<User>(bench.store(), where(&User::email_key).is_null()), 3u);
}

void parts_may_repeat(StorageBench& bench) {
  std::vector<ExternalIdentifier> identifiers(3);
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    identifiers[i].id = std::to_string(i);
    identifiers[i].patient_id = "p";
    identifiers[i].system = i < 2 ? "lab" : "ward";
    identifiers[i].value = i == 1 ? "8" : "7";
  }
  committed(bench.store(), identifiers);
  expect("the rows of which each pair differs in one field of the constraint",
         counted<ExternalIdentifier>(bench.store()), 3u);
}

void freed(StorageBench& bench) {
  auto first = committed(bench.store(), user("a", "key"));
  {
    Transaction work(bench.store(), Access::write);
    Repository<User> users(work);
    first.email_key = "other key";
    users.update(first);
    auto second = user("b", "key");
    users.insert(second);
    work.commit();
  }
  Transaction work(bench.store(), Access::write);
  Repository<User> users(work);
  users.erase("b");
  auto third = user("b", "key");
  third.username_key = "user-b";
  users.insert(third);
  work.commit();
  expect("the rows in the end", counted<User>(bench.store()), 2u);
}

/// Of several that insert the same key at once one gets it; the others are told so, at once or when they try again.
void raced_inserts(StorageBench& bench) {
  constexpr int racers = 4, rounds = 10;
  bench.store();
  const auto stores = bench.several(racers);
  for (int round = 0; round < rounds; ++round) {
    const auto key = "key-" + std::to_string(round);
    std::atomic<int> winners = 0, refused = 0;
    Signal begin;
    Crew crew;
    for (int racer = 0; racer < racers; ++racer)
      crew.start([&, racer] {
        begin.wait();
        for (;;) {
          const int code = code_of(
              [&] { committed(*stores[static_cast<std::size_t>(racer)], user(key + std::to_string(racer), key)); });
          if (code == CLINIC_PLUGIN_CONFLICT || code == CLINIC_PLUGIN_BUSY) continue;
          if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_UNIQUE_VIOLATION)
            unmet("an insert among others of the same key answers OK, UNIQUE_VIOLATION, CONFLICT or BUSY",
                  code_name(code));
          ++(code == CLINIC_PLUGIN_OK ? winners : refused);
          return;
        }
      });
    begin.give();
    crew.join();
    expect("the inserts of one key that got through", winners.load(), 1);
    expect("the inserts of one key that were refused", refused.load(), racers - 1);
  }
  expect("the rows in the end", counted<User>(bench.store()), static_cast<std::uint64_t>(rounds));
}

}  // namespace

std::vector<StorageCheck> unique_checks() {
  return {
      {"unique.insert", "A violation by insert names the constraint's fields, the id's and composite ones, too.",
       each_named},
      {"unique.update", "A violation by update names the constraint's fields.", by_update},
      {"unique.many", "A violation in insert_many fails all of it.", by_insert_many},
      {"unique.among_many", "A violation among the records of one insert_many names the constraint's fields.",
       among_many},
      {"unique.null", "A NULL is like no other.", nulls_differ},
      {"unique.composite", "Fields of a composite constraint may repeat one by one.", parts_may_repeat},
      {"unique.freed", "A value is free again after an update or an erase, in the same transaction.", freed},
      {"unique.race", "Of several that insert the same key at once exactly one gets it.", raced_inserts},
  };
}

}  // namespace clinic::conformance
