/// \file
/// The schema: none, made, brought forward, newer.

#include "../core/together.hpp"
#include "checks.hpp"
#include "records.hpp"

#include <unistd.h>

namespace clinic::conformance {

namespace {

void none_at_first(StorageBench& bench) {
  const auto store = bench.another();
  if (store->schema_status().present != 0) throw Skipped{"the database has its schema already"};
  const auto later = bench.another();
  expect("the schema version in a database that was opened only", later->schema_status().present, 0u);
  expect("the expected version", later->schema_status().expected, schema_version);
  Transaction work(*store, Access::read);
  expect_code(
      "a query in a database without a schema", [&] { Repository<User>(work).count(); }, CLINIC_PLUGIN_REFUSED);
}

void processes_at_once(StorageBench& bench) {
  Processes processes;
  for (int i = 0; i < 4; ++i)
    processes.start([&](const std::function<void()>& ready) {
      const auto store = bench.another();
      ready();
      store->migrate();
      expect("the schema version after a migration among others", store->schema_status().present, schema_version);
      committed(*store, user("process-" + std::to_string(getpid())));
    });
  processes.wait_until_ready();
  processes.go();
  processes.join();
}

void migrate(StorageBench& bench) {
  const auto store = bench.another();
  store->migrate();
  expect("the schema version after migrate", store->schema_status().present, schema_version);
  committed(*store, user("stays"));
  store->migrate();
  expect("the schema version after migrate found it done", store->schema_status().present, schema_version);
  expect_true("a row stays where migrate finds the schema there", found<User>(*store, "stays").has_value());
}

void threads_at_once(StorageBench& bench) {
  const auto shared = bench.another();
  Signal begin;
  Crew crew;
  for (int i = 0; i < 4; ++i)
    crew.start([&, own = i % 2 == 0] {
      const auto store = own ? bench.another() : nullptr;
      begin.wait();
      (own ? *store : *shared).migrate();
    });
  begin.give();
  crew.join();
  expect("the schema version after four threads migrated", shared->schema_status().present, schema_version);
}

void newer(StorageBench& bench) {
  // Through the plugin itself: shown a model of the next version, it makes the next schema.
  auto next = bench.model();
  ++next.schema_version;
  bench.store();
  RawStore later(bench.table(), next, bench.host(), bench.url());
  if (later.code == CLINIC_PLUGIN_REFUSED)
    throw Skipped{"the plugin takes this schema version only, so that it cannot be made to write a newer one"};
  later.must_be_open();
  later.must("migrate to the next version", later.table.migrate(later.store, &later.error));
  const auto status = bench.store().schema_status();
  expect("the version that an older plugin finds", status.present, schema_version + 1);
  expect("the version that it expects", status.expected, schema_version);
  expect_code(
      "migrate on a newer schema", [&] { bench.store().migrate(); }, CLINIC_PLUGIN_REFUSED);
}

}  // namespace

std::vector<StorageCheck> schema_checks() {
  return {
      {"schema.none_at_first",
       "Opening makes no tables: the version present is 0 until migrate, and queries are REFUSED until then.",
       none_at_first},
      {"schema.processes", "Of several processes that migrate at once one works, and the others wait and find it done.",
       processes_at_once},
      {"schema.migrate", "migrate makes the expected schema; called again it finds it done and keeps the rows.",
       migrate},
      {"schema.threads", "Threads may migrate at once, through one store or several.", threads_at_once},
  };
}

std::vector<StorageCheck> newer_schema_checks() {
  return {
      {"schema.newer", "migrate REFUSES a schema newer than the plugin's, and schema_status tells both versions.",
       newer},
  };
}

}  // namespace clinic::conformance
