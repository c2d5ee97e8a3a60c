/// \file
/// Lock by writing.

#include "../core/together.hpp"
#include "checks.hpp"
#include "records.hpp"

#include <atomic>
#include <chrono>

namespace clinic::conformance {

namespace {

using Clock = std::chrono::steady_clock;

void moves_the_lock_field(StorageBench& bench) {
  auto stored = committed(bench.store(), patient("p"));
  Transaction work(bench.store(), Access::write);
  Repository<Patient> patients(work);
  expect_true("touch finds the row", patients.touch("p"));
  expect_true("touch finds it again", patients.touch("p"));
  stored.lock_count = 2;
  expect_same(stored, patients.find("p"));
  patients.update(stored);  // an editor who read before is not stale
  work.commit();
}

void finds_no_row(StorageBench& bench) {
  committed(bench.store(), patient("p"));
  Transaction work(bench.store(), Access::write);
  for (const char* id : {"q", "P", "p ", "p'; --", "", "%"})
    expect_true("touch of " + show(id) + " answers NOT_FOUND", !Repository<Patient>(work).touch(id), "it found a row");
  expect_code(
      "touch of a record without a lock field", [&] { Repository<Event>(work).touch("e"); }, CLINIC_PLUGIN_REFUSED);
}

std::uint64_t bookings(Transaction& work) {
  return Repository<Event>(work).count(where(&Event::resource_id) == "doctor");
}

void book(Transaction& work, const std::string& id) {
  auto booking = event(id, "doctor");
  Repository<Event>(work).insert(booking);
}

/// The interleaving under which MariaDB's REPEATABLE READ fails: A counts 0, B books and commits, A's touch succeeds,
/// and A still counts 0.
void counted_before(StorageBench& bench) {
  committed(bench.store(), block("doctor"));
  const auto store_a = bench.another(bench.impatient_url()), store_b = bench.another(bench.impatient_url());
  Transaction a(*store_a, Access::write);
  expect("the bookings that A counts at first", bookings(a), 0u);
  int code_b = CLINIC_PLUGIN_OK;
  Crew crew;
  crew.start([&] {
    code_b = code_of([&] {
      Transaction b(*store_b, Access::write);
      Repository<NumberBlock>(b).touch("doctor");
      book(b, "b");
      b.commit();
    });
  });
  crew.join();
  // Where there is one writer at a time, B waits for A in vain, and the interleaving cannot be.
  if (must_be_repeated(code_b)) return;
  if (code_b != CLINIC_PLUGIN_OK) unmet("B books and commits beside A, or is told CONFLICT or BUSY", code_name(code_b));
  const int code_a = code_of([&] { Repository<NumberBlock>(a).touch("doctor"); });
  if (code_a == CLINIC_PLUGIN_CONFLICT) return;
  if (code_a != CLINIC_PLUGIN_OK) unmet("A's touch answers OK or CONFLICT", code_name(code_a));
  expect("the bookings that A counts after its touch, B having booked and committed meanwhile", bookings(a), 1u);
}

/// As services do it: the touch comes first.
void touched_first(StorageBench& bench) {
  committed(bench.store(), block("doctor"));
  const auto store_a = bench.another(), store_b = bench.another();
  Signal a_has_booked;
  std::atomic<int> conflicts = 0;
  std::uint64_t counted_by_b = 99;
  Crew crew;
  crew.start([&] {
    a_has_booked.wait();
    for (;;) {
      const int code = code_of([&] {
        Transaction b(*store_b, Access::write);
        Repository<NumberBlock>(b).touch("doctor");
        counted_by_b = bookings(b);
        if (counted_by_b == 0) book(b, "b");
        b.commit();
      });
      if (code == CLINIC_PLUGIN_OK) return;
      if (!must_be_repeated(code)) unmet("B's booking beside A's answers OK, CONFLICT or BUSY", code_name(code));
      ++conflicts;
    }
  });
  {
    Transaction a(*store_a, Access::write);
    Repository<NumberBlock>(a).touch("doctor");
    expect("the bookings that A counts", bookings(a), 0u);
    book(a, "a");
    a_has_booked.give();
    a.commit();
  }
  crew.join();
  expect("the bookings that B counts after its touch waited for A", counted_by_b, 1u);
  expect("the bookings in the end", counted<Event>(bench.store()), 1u);
}

/// Each books when it counts no booking; many times, with several at once.
void raced_touches(StorageBench& bench) {
  constexpr int racers = 4, rounds = 15;
  committed(bench.store(), block("doctor"));
  const auto stores = bench.several(racers);
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> booked = 0;
    Signal begin;
    Crew crew;
    for (int racer = 0; racer < racers; ++racer)
      crew.start([&, racer] {
        begin.wait();
        for (;;) {
          bool free = false;
          const int code = code_of([&] {
            Transaction work(*stores[static_cast<std::size_t>(racer)], Access::write);
            Repository<NumberBlock>(work).touch("doctor");
            free = bookings(work) == 0;
            if (free) book(work, std::to_string(racer));
            work.commit();
          });
          if (must_be_repeated(code)) continue;
          if (code != CLINIC_PLUGIN_OK) unmet("a booking among others answers OK, CONFLICT or BUSY", code_name(code));
          if (free) ++booked;
          return;
        }
      });
    begin.give();
    crew.join();
    expect("the bookings of four that wanted the same free doctor", booked.load(), 1);
    Transaction work(bench.store(), Access::write);
    Repository<Event>(work).erase_where({});
    work.commit();
  }
}

/// B at the row that A holds. What B is told, and how long it took.
struct Waited {
  int code = CLINIC_PLUGIN_OK;
  std::string call = "begin";
  std::chrono::milliseconds took{0};
};

Waited touch_in_vain(StorageBench& bench, Store& store) {
  Waited waited;
  committed(bench.store(), std::vector{block("a"), block("b")});
  Transaction holding(bench.store(), Access::write);
  Repository<NumberBlock>(holding).touch("a");
  const auto begin = Clock::now();
  waited.code = code_of([&] {
    Transaction other(store, Access::write);
    waited.call = "touch";
    Repository<NumberBlock> blocks(other);
    const int code = code_of([&] { blocks.touch("a"); });
    waited.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    if (code == CLINIC_PLUGIN_OK) unmet("two transactions cannot both touch one row", "the second touch answered OK");
    expect_code(
        "another call after a touch that failed", [&] { blocks.count(); }, code);
    expect_code(
        "commit after a touch that failed", [&] { other.commit(); }, code);
    throw StorageError(code, 0, {}, {}, "as the touch");
  });
  if (waited.call == "begin") waited.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  holding.commit();
  return waited;
}

void waits_in_vain(StorageBench& bench) {
  const auto store = bench.another(bench.impatient_url());
  const auto waited = touch_in_vain(bench, *store);
  // At once it may be told of the conflict; after waiting for the lock, that it is BUSY.
  const bool at_once = bench.quirks().impatience.count() > 0 && waited.took < bench.quirks().impatience / 2;
  if (waited.code != CLINIC_PLUGIN_BUSY && !(waited.code == CLINIC_PLUGIN_CONFLICT && at_once))
    unmet(waited.call + " behind a lock that is not given up answers BUSY, or at once CONFLICT",
          code_name(waited.code) + " after " + show(waited.took.count()) + " ms");
  // Both are whole again.
  Transaction work(*store, Access::write);
  expect_true("touch after the lock was given up finds the row", Repository<NumberBlock>(work).touch("a"));
  work.commit();
  expect("the lock count of the row, touched twice", found<NumberBlock>(bench.store(), "a")->lock_count, 2);
}

void readers_do_not_wait(StorageBench& bench) {
  committed(bench.store(), block("a"));
  const auto store = bench.another(bench.impatient_url());
  Transaction holding(bench.store(), Access::write);
  Repository<NumberBlock>(holding).touch("a");
  auto changed = *Repository<NumberBlock>(holding).find("a");
  changed.next_value = 2;
  Repository<NumberBlock>(holding).update(changed);
  expect("the value that others read beside a writer", found<NumberBlock>(*store, "a")->next_value, 1);
  holding.commit();
  expect("the value that others read after its commit", found<NumberBlock>(*store, "a")->next_value, 2);
}

void gets_through(StorageBench& bench, bool commit) {
  committed(bench.store(), block(commit ? "committed" : "rolled back"));
  const auto id = commit ? "committed" : "rolled back";
  const auto store = bench.another();
  Signal begins;
  Crew crew;
  auto holding = std::make_unique<Transaction>(bench.store(), Access::write);
  Repository<NumberBlock>(*holding).touch(id);
  crew.start([&] {
    begins.give();
    for (;;) {
      const int code = code_of([&] {
        Transaction other(*store, Access::write);
        Repository<NumberBlock>(other).touch(id);
        other.commit();
      });
      if (code == CLINIC_PLUGIN_OK) return;
      if (code != CLINIC_PLUGIN_CONFLICT)
        unmet("touch of a row whose lock is soon given up answers OK or CONFLICT", code_name(code));
    }
  });
  begins.wait();
  if (commit) holding->commit();
  holding.reset();
  crew.join();
  expect(std::string("the lock count of a row, touched by one whose work was ") + id + ", and by another",
         found<NumberBlock>(bench.store(), id)->lock_count, commit ? 2 : 1);
}

void given_up(StorageBench& bench) {
  gets_through(bench, true);
  gets_through(bench, false);
}

/// A touches 1 and 2, B touches 2 and 1.
void deadlock(StorageBench& bench) {
  committed(bench.store(), std::vector{block("1"), block("2")});
  const auto store_a = bench.another(), store_b = bench.another(bench.impatient_url());
  const auto patient_b = bench.another();
  // Is there more than one writer at a time?
  {
    Transaction a(*store_a, Access::write);
    Repository<NumberBlock>(a).touch("1");
    const int code = code_of([&] {
      Transaction b(*store_b, Access::write);
      Repository<NumberBlock>(b).touch("2");
    });
    if (code == CLINIC_PLUGIN_BUSY) return;  // then nobody can lock crosswise
    if (code != CLINIC_PLUGIN_OK) unmet("touches of two rows answer OK, or BUSY", code_name(code));
  }
  Signal a_holds, b_holds;
  const auto crosswise = [](Store& store, const char* first, const char* second, Signal& mine, Signal& others) {
    return code_of([&] {
      Transaction work(store, Access::write);
      Repository<NumberBlock> blocks(work);
      blocks.touch(first);
      mine.give();
      others.wait();
      blocks.touch(second);
      work.commit();
    });
  };
  int code_a = CLINIC_PLUGIN_OK, code_b = CLINIC_PLUGIN_OK;
  Crew crew;
  crew.start([&] { code_a = crosswise(*store_a, "1", "2", a_holds, b_holds); });
  crew.start([&] { code_b = crosswise(*patient_b, "2", "1", b_holds, a_holds); });
  crew.join();
  const auto found_codes = code_name(code_a) + " and " + code_name(code_b);
  const bool one_each = (code_a == CLINIC_PLUGIN_OK && code_b == CLINIC_PLUGIN_CONFLICT) ||
                        (code_b == CLINIC_PLUGIN_OK && code_a == CLINIC_PLUGIN_CONFLICT) ||
                        (code_a == CLINIC_PLUGIN_CONFLICT && code_b == CLINIC_PLUGIN_CONFLICT);
  expect_true("two that lock crosswise: CONFLICT for one, OK for the other", one_each, found_codes);
  const auto one = found<NumberBlock>(bench.store(), "1")->lock_count,
             two = found<NumberBlock>(bench.store(), "2")->lock_count;
  expect("the lock counts of the two rows, which only the one that got through has touched", two, one);
}

void in_a_transaction_of_its_own(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a"), block("b")});
  const auto store = bench.another(bench.impatient_url());
  Transaction one(bench.store(), Access::write);
  Repository<NumberBlock>(one).touch("a");
  const int code = code_of([&] {
    Transaction two(*store, Access::write);
    Repository<NumberBlock>(two).touch("b");
    two.commit();
  });
  if (code != CLINIC_PLUGIN_BUSY && code != CLINIC_PLUGIN_OK)
    unmet("touches of two different rows do not conflict: OK, or BUSY where there is one writer at a time",
          code_name(code));
  one.commit();
}

}  // namespace

std::vector<StorageCheck> touch_checks() {
  return {
      {"touch.field", "touch adds one to the lock field and changes nothing else, the version least of all.",
       moves_the_lock_field},
      {"touch.missing", "touch answers NOT_FOUND without such a row, and REFUSED where records have no lock field.",
       finds_no_row},
      {"touch.counted_before",
       "A counts 0, B books and commits, A touches: A's touch fails with CONFLICT, or A counts 1 then.",
       counted_before},
      {"touch.first", "A touch that waits for another transaction sees what that one has committed.", touched_first},
      {"touch.race", "Of several that touch, count and book when they count nothing, exactly one books.",
       raced_touches},
  };
}

std::vector<StorageCheck> waiting_checks() {
  return {
      {"lock.busy",
       "Who waits for a lock in vain is told BUSY, by a transaction that is broken then, and gets it later.",
       waits_in_vain},
      {"lock.readers", "Readers do not wait for a writer, and see the state before it.", readers_do_not_wait},
      {"lock.given_up", "Who waits for a lock that a commit or a rollback gives up gets it, or CONFLICT.", given_up},
      {"lock.deadlock", "Of two that lock crosswise one gets through, and the other is told CONFLICT.", deadlock},
      {"lock.other_rows", "Touches of different rows do not conflict.", in_a_transaction_of_its_own},
  };
}

}  // namespace clinic::conformance
