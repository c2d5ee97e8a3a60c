/// \file
/// Many threads and processes on one database.

#include "../core/together.hpp"
#include "checks.hpp"
#include "records.hpp"

#include <unistd.h>

#include <atomic>

namespace clinic::conformance {

namespace {

/// Adds one, so many times, as services do: touch, read, update.
void count_up(Store& store, int times) {
  for (int i = 0; i < times;) {
    const int code = code_of([&] {
      Transaction work(store, Access::write);
      Repository<NumberBlock> blocks(work);
      blocks.touch("counter");
      auto row = *blocks.find("counter");
      ++row.next_value;
      blocks.update(row);
      work.commit();
    });
    if (code == CLINIC_PLUGIN_OK)
      ++i;
    else if (!must_be_repeated(code))
      unmet("counting among others answers OK, CONFLICT or BUSY", code_name(code));
  }
}

void counter(StorageBench& bench) {
  constexpr int threads = 6, times = 25;
  committed(bench.store(), block("counter", 0));
  const auto other = bench.another();
  Signal begin;
  Crew crew;
  for (int i = 0; i < threads; ++i)
    crew.start([&, i] {
      begin.wait();
      count_up(i % 2 ? *other : bench.store(), times);
    });
  begin.give();
  crew.join();
  const auto row = found<NumberBlock>(bench.store(), "counter");
  expect("what six threads counted to, 25 times each", row->next_value, threads * times);
  expect("the lock count", row->lock_count, threads * times);
  expect("the version", row->version, threads * times + 1);
}

void write_rows(Store& store, const std::string& prefix, int rows) {
  for (int i = 0; i < rows; ++i) {
    const auto id = prefix + std::to_string(i);
    for (;;) {
      const int code = code_of([&] { committed(store, user(id)); });
      if (code == CLINIC_PLUGIN_OK) break;
      if (!must_be_repeated(code)) unmet("an insert among others answers OK, CONFLICT or BUSY", code_name(code));
    }
    expect_true("a row that was just committed is found", found<User>(store, id).has_value());
  }
}

void writers_and_readers(StorageBench& bench) {
  constexpr int threads = 8, rows = 15;
  bench.store();
  std::atomic<int> writing = threads;
  Crew crew;
  for (int i = 0; i < threads; ++i)
    crew.start([&, i] {
      try {
        write_rows(bench.store(), std::to_string(i) + "-", rows);
      } catch (...) {
        --writing;
        throw;
      }
      --writing;
    });
  for (int i = 0; i < 2; ++i)
    crew.start([&] {
      std::uint64_t before = 0;
      while (writing > 0) {
        const auto now = counted<User>(bench.store());
        expect_true("a later reader sees no fewer rows", now >= before, show(now) + " after " + show(before));
        before = now;
      }
    });
  crew.join();
  expect("the rows in the end", counted<User>(bench.store()), static_cast<std::uint64_t>(threads * rows));
}

/// One is moved from a to b and back, again and again: every reader finds the same sum.
void consistent_readers(StorageBench& bench) {
  constexpr int moves = 60;
  committed(bench.store(), std::vector{block("a", 50), block("b", 50)});
  std::atomic<bool> writing = true;
  Crew crew;
  crew.start([&] {
    try {
      for (int i = 0; i < moves; ++i) {
        Transaction work(bench.store(), Access::write);
        Repository<NumberBlock> blocks(work);
        auto a = *blocks.find("a"), b = *blocks.find("b");
        a.next_value += i % 2 ? 1 : -1;
        b.next_value += i % 2 ? -1 : 1;
        blocks.update(a);
        blocks.update(b);
        work.commit();
      }
    } catch (...) {
      writing = false;
      throw;
    }
    writing = false;
  });
  for (int i = 0; i < 2; ++i)
    crew.start([&] {
      const auto store = bench.another();
      do {
        Transaction reading(*store, Access::read);
        Repository<NumberBlock> blocks(reading);
        std::int64_t sum = 0;
        const clinic_measure measure{CLINIC_SUM, detail::field_index(&NumberBlock::next_value)};
        reading.aggregate({sizeof(clinic_aggregate), record_index<NumberBlock>, nullptr, 0, nullptr, 0, &measure, 1, 0},
                          [&](std::span<const clinic_value> values) {
                            sum = values[0].as.integer;
                            return true;
                          });
        expect("the sum that a reader finds beside a writer who moves parts of it", sum, 100);
        const auto a = blocks.find("a"), b = blocks.find("b");
        expect("the sum of two rows that a reader finds one after the other", a->next_value + b->next_value, 100);
        expect(
            "the sum of rows of one select",
            [&] {
              std::int64_t both = 0;
              for (const auto& row : blocks.select({}))
                both += row.next_value;
              return both;
            }(),
            100);
      } while (writing);
    });
  crew.join();
}

void processes_write(StorageBench& bench) {
  constexpr int processes = 3, rows = 20;
  Processes others;
  for (int i = 0; i < processes; ++i)
    others.start([&, i](const std::function<void()>& ready) {
      ready();  // by then the database is empty and has the counter
      const auto store = bench.another();
      write_rows(*store, std::to_string(i) + "-", rows);
      count_up(*store, rows);
    });
  others.wait_until_ready();
  committed(bench.store(), block("counter", 0));
  others.go();
  others.join();
  expect("the rows of three processes", counted<User>(bench.store()), static_cast<std::uint64_t>(processes * rows));
  expect("what they counted to together", found<NumberBlock>(bench.store(), "counter")->next_value, processes * rows);
}

void durable(StorageBench& bench) {
  Processes writer;
  writer.start([&](const std::function<void()>& ready) {
    ready();
    const auto store = bench.another();
    committed(*store, user("committed"));
    _exit(0);  // without closing anything
  });
  writer.wait_until_ready();
  bench.store();
  writer.go();
  writer.join();
  expect_true("a row is there after the process that committed it has ended",
              found<User>(bench.store(), "committed").has_value());
}

/// A process that dies in the middle of a transaction leaves neither rows nor locks.
void killed(StorageBench& bench) {
  Processes writer;
  writer.start([&](const std::function<void()>& ready) {
    ready();
    const auto store = bench.another();
    Transaction work(*store, Access::write);
    auto lost = user("lost");
    Repository<User>(work).insert(lost);
    Repository<NumberBlock>(work).touch("counter");
    ready();
    ready();  // never: it is killed
  });
  writer.wait_until_ready();
  committed(bench.store(), block("counter", 0));
  writer.go();
  writer.wait_until_ready();
  writer.kill();
  count_up(bench.store(), 1);
  expect("the rows of a transaction whose process died", counted<User>(bench.store()), 0u);
  expect("the lock count of the row that it had touched", found<NumberBlock>(bench.store(), "counter")->lock_count, 1);
}

}  // namespace

std::vector<StorageCheck> thread_checks() {
  return {
      {"threads.counter", "Threads that touch, read and update one row lose nothing.", counter},
      {"threads.consistent", "Readers beside a writer find one consistent state, in each statement and in all of them.",
       consistent_readers},
      {"threads.crowd", "Many threads write and read through one store, and all of them get on.", writers_and_readers},
  };
}

std::vector<StorageCheck> process_checks() {
  return {
      {"process.crowd", "Processes write and count in one database, and lose nothing.", processes_write},
      {"process.durable", "What was committed is there when the process that did it is gone.", durable},
      {"process.killed", "A process that dies in a transaction leaves neither rows nor locks.", killed},
  };
}

}  // namespace clinic::conformance
