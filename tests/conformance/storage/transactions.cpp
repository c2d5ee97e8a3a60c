/// \file
/// Transactions: what they see, what they leave, and what breaks them.

#include "checks.hpp"
#include "records.hpp"

#include <thread>

namespace clinic::conformance {

namespace {

void rolled_back(StorageBench& bench) {
  committed(bench.store(), user("before"));
  {
    Transaction work(bench.store(), Access::write);
    Repository<User> users(work);
    auto one = user("one");
    users.insert(one);
    users.touch("before");
    auto before = *users.find("before");
    before.address = "changed";
    users.update(before);
    users.erase_where(where(&User::id) == "one");
    users.insert(one);
  }
  expect("the rows after a rollback", counted<User>(bench.store()), 1u);
  const auto before = found<User>(bench.store(), "before");
  expect("the version of a row whose update was rolled back", before->version, 1);
  expect("the lock count of a row whose touch was rolled back", before->lock_count, 0);
  expect("the field of a row whose update was rolled back", before->address, std::optional<std::string>());
}

void own_writes(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b")});
  Transaction work(bench.store(), Access::write);
  Repository<User> users(work);
  auto added = user("c");
  users.insert(added);
  users.erase("a");
  auto changed = *users.find("b");
  changed.address = "new";
  users.update(changed);
  expect("the rows that the transaction itself sees", ids_where<User>(work, {}), Ids{"b", "c"});
  expect("the count that the transaction itself sees", users.count(), 2u);
  expect("the change that the transaction itself sees", users.count(where(&User::address) == "new"), 1u);
}

void unseen_by_others(StorageBench& bench) {
  committed(bench.store(), user("a"));
  const auto other = bench.another();
  Transaction work(bench.store(), Access::write);
  auto added = user("b");
  Repository<User>(work).insert(added);
  Repository<User>(work).touch("a");
  expect("the rows that another store sees before the commit", counted<User>(*other), 1u);
  expect("the rows that another transaction of this store sees before the commit", counted<User>(bench.store()), 1u);
  expect("the lock count that others see before the commit", found<User>(*other, "a")->lock_count, 0);
  work.commit();
  expect("the rows that another store sees after the commit", counted<User>(*other), 2u);
}

void one_state(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b")});
  Transaction reading(bench.store(), Access::read);
  Repository<User> users(reading);
  expect("the rows at first", users.count(), 2u);
  const auto change = [&](Store& store) {
    Transaction work(store, Access::write);
    Repository<User> writer(work);
    auto added = user("c");
    writer.insert(added);
    auto changed = *writer.find("b");
    changed.address = "new";
    writer.update(changed);
    writer.erase("a");
    auto one = event("e", "a");
    Repository<Event>(work).insert(one);
    work.commit();
  };
  change(*bench.another());
  expect("the rows in a reading transaction after another one's commit", ids_where<User>(reading, {}), Ids{"a", "b"});
  expect("a field there", users.find("b")->address, std::optional<std::string>());
  expect("the rows of a table that was not read before", Repository<Event>(reading).count(), 0u);
  expect("the rows in a transaction begun later", counted<User>(bench.store(), where(&User::address) == "new"), 1u);
}

void reading_only(StorageBench& bench) {
  auto stored = committed(bench.store(), user("a"));
  Transaction reading(bench.store(), Access::read);
  Repository<User> users(reading);
  auto added = user("b");
  std::vector<User> several{user("c"), user("d")};
  expect_code(
      "insert in a transaction for reading", [&] { users.insert(added); }, CLINIC_PLUGIN_REFUSED);
  expect_code(
      "insert_many there", [&] { users.insert_many(several); }, CLINIC_PLUGIN_REFUSED);
  expect_code(
      "update there", [&] { users.update(stored); }, CLINIC_PLUGIN_REFUSED);
  expect_code(
      "touch there", [&] { users.touch("a"); }, CLINIC_PLUGIN_REFUSED);
  expect_code(
      "erase_where there", [&] { users.erase("a"); }, CLINIC_PLUGIN_REFUSED);
  expect("the rows that it goes on reading", users.count(), 1u);
  reading.commit();
  expect("the rows in the end", counted<User>(bench.store()), 1u);
}

void change_threads(StorageBench& bench) {
  auto work = std::make_unique<Transaction>(bench.store(), Access::write);
  auto a = user("a"), b = user("b"), c = user("c");
  Repository<User>(*work).insert(a);
  const auto in_thread = [](auto call) {
    std::exception_ptr failure;
    std::thread([&] {
      try {
        call();
      } catch (...) {
        failure = std::current_exception();
      }
    }).join();
    if (failure) std::rethrow_exception(failure);
  };
  in_thread([&] { Repository<User>(*work).insert(b); });
  in_thread([&] {
    Repository<User>(*work).insert(c);
    work->commit();
  });
  work.reset();
  work = std::make_unique<Transaction>(bench.store(), Access::write);
  in_thread([&] { work.reset(); });
  expect("the rows that three threads inserted one after the other", counted<User>(bench.store()), 3u);
}

void interleaved(StorageBench& bench) {
  committed(bench.store(), std::vector{user("a"), user("b")});
  Transaction one(bench.store(), Access::read), two(bench.store(), Access::read), writing(bench.store(), Access::write);
  auto added = user("c");
  for (int i = 0; i < 3; ++i) {
    expect("the rows of the first of three interleaved transactions", Repository<User>(one).count(), 2u);
    expect("the rows of the second", Repository<User>(two).count(), 2u);
    expect("the rows of the third", Repository<User>(writing).count(), i == 0 ? 2u : 3u);
    if (i == 0) Repository<User>(writing).insert(added);
  }
  writing.commit();
}

/// Calls on a transaction that an error of `code` has broken.
void expect_broken(const std::string& after, Transaction& work, int code) {
  Repository<User> users(work);
  auto other = user("other");
  expect_code(
      "a select " + after, [&] { users.find("a"); }, code);
  expect_code(
      "a count " + after, [&] { users.count(); }, code);
  expect_code(
      "an insert " + after, [&] { users.insert(other); }, code);
  expect_code(
      "an update " + after, [&] { users.update(other); }, code);
  expect_code(
      "a touch " + after, [&] { users.touch("a"); }, code);
  expect_code(
      "an erase_where " + after, [&] { users.erase("a"); }, code);
  expect_code(
      "commit " + after, [&] { work.commit(); }, code);
}

void by_violation(StorageBench& bench) {
  committed(bench.store(), user("a", "key"));
  {
    Transaction work(bench.store(), Access::write);
    auto unharmed = user("b"), twin = user("c", "key");
    Repository<User>(work).insert(unharmed);
    expect_code(
        "insert of a key that is taken", [&] { Repository<User>(work).insert(twin); }, CLINIC_PLUGIN_UNIQUE_VIOLATION);
    expect_broken("after a unique violation", work, CLINIC_PLUGIN_UNIQUE_VIOLATION);
  }
  expect("the rows after commit of the broken transaction", counted<User>(bench.store()), 1u);
}

void rollback_of_broken(StorageBench& bench) {
  committed(bench.store(), user("a", "key"));
  for (int i = 0; i < 20; ++i) {
    Transaction work(bench.store(), Access::write);
    auto twin = user("c", "key");
    expect_code(
        "insert of a key that is taken", [&] { Repository<User>(work).insert(twin); }, CLINIC_PLUGIN_UNIQUE_VIOLATION);
  }
  committed(bench.store(), user("b"));
  expect("the rows after twenty broken transactions and a good one", counted<User>(bench.store()), 2u);
}

void unbroken(StorageBench& bench) {
  auto stored = committed(bench.store(), user("a"));
  Transaction work(bench.store(), Access::write);
  Repository<User> users(work);
  auto added = user("b"), entry = user("c");
  users.insert(added);
  auto stale = stored;
  stale.version = 9;
  expect_code(
      "an update of another version", [&] { users.update(stale); }, CLINIC_PLUGIN_STALE);
  expect_true("touch of no row answers NOT_FOUND", !users.touch("nobody"), "it found one");
  auto audit = filled<AuditEntry>(1);
  expect_code(
      "update of a record without a version", [&] { Repository<AuditEntry>(work).update(audit); },
      CLINIC_PLUGIN_REFUSED);
  expect_code(
      "touch of a record without a lock field", [&] { Repository<Event>(work).touch("e"); }, CLINIC_PLUGIN_REFUSED);
  users.each(Query<User>().order_by(&User::id), [](User&) { return false; });
  users.insert(entry);
  work.commit();
  expect("the rows after STALE, NOT_FOUND, REFUSED and HOST_STOPPED", counted<User>(bench.store()), 3u);
}

}  // namespace

std::vector<StorageCheck> transaction_checks() {
  return {
      {"transaction.rollback", "A rollback, or an end without commit, leaves nothing of inserts, updates and touches.",
       rolled_back},
      {"transaction.own_writes", "A transaction sees what it has written itself.", own_writes},
      {"transaction.unseen", "Nobody else sees what a transaction writes before its commit, and everybody after it.",
       unseen_by_others},
      {"transaction.one_state", "A transaction for reading goes on seeing one state, whatever others commit.",
       one_state},
      {"transaction.reading", "Writes in a transaction for reading are REFUSED, and it goes on.", reading_only},
      {"transaction.threads", "A transaction may go from thread to thread.", change_threads},
      {"transaction.interleaved", "One thread may have several transactions, and call them in turns.", interleaved},
  };
}

std::vector<StorageCheck> broken_checks() {
  return {
      {"broken.violation",
       "After a unique violation every call, and commit, answers that code again; nothing is committed.", by_violation},
      {"broken.rollback", "A broken transaction is rolled back without trouble for the next one.", rollback_of_broken},
      {"broken.not", "STALE, NOT_FOUND, REFUSED and HOST_STOPPED leave the transaction whole.", unbroken},
  };
}

}  // namespace clinic::conformance
