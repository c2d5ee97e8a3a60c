/// \file
/// Updates and erasing.

#include "checks.hpp"
#include "records.hpp"

namespace clinic::conformance {

namespace {

void versions(StorageBench& bench) {
  auto first = committed(bench.store(), patient("p"));
  expect("the version after the insert", first.version, 1);
  Transaction work(bench.store(), Access::write);
  Repository<Patient> patients(work);
  auto second = *patients.find("p");
  first.email = "a@example.com";
  patients.update(first);
  expect("the version after an update", first.version, 2);
  patients.update(first);
  expect("the version after another update", first.version, 3);
  second.email = "b@example.com";
  expect_code(
      "an update of the row as it was read before", [&] { patients.update(second); }, CLINIC_PLUGIN_STALE);
  expect_same(first, patients.find("p"));
  work.commit();
  expect_same(first, found<Patient>(bench.store(), "p"));
}

void given_version(StorageBench& bench) {
  auto record = patient("p");
  record.version = 41;
  committed(bench.store(), record);
  const auto stored = found<Patient>(bench.store(), "p");
  expect("the version of a row whose record came with version 41", stored->version, 1);
}

/// Skips where the plugin leaves the optional function out: in C by a null or a shorter table, in C++ by REFUSED.
int set_version(RawStore& raw, std::uint32_t record, std::string_view id, std::int64_t version) {
  if (raw.table.set_version == nullptr) throw Skipped{"set_version is optional, and the plugin has none"};
  return raw.table.set_version(raw.transaction, record, id.data(), id.size(), version, &raw.error);
}

void set_version_of_a_row(StorageBench& bench) {
  auto record = committed(bench.store(), patient("p"));
  committed(bench.store(), patient("q"));
  RawStore raw(bench.table(), bench.model(), bench.host(), bench.url());
  raw.must_be_open();
  raw.begin(true);
  const auto set = [&](std::string_view id, std::int64_t version) {
    return set_version(raw, record_index<Patient>, id, version);
  };
  const int first = set("p", 40);
  if (first == CLINIC_PLUGIN_REFUSED) throw Skipped{"set_version is optional, and the plugin refuses it"};
  raw.must("set_version", first);
  raw.must("set_version once more", set("p", 41));
  raw.must("set_version to what it is", set("p", 41));
  for (const auto* id : {"never", "P", "p ", ""})
    expect("set_version of " + show(id), code_name(set(id, 2)), code_name(CLINIC_PLUGIN_NOT_FOUND));
  raw.must("commit", raw.commit());
  expect("the version of a row that was set to 41", found<Patient>(bench.store(), "p")->version, 41);
  record.version = 41;
  expect_same(record, found<Patient>(bench.store(), "p"));
  expect("the version of another row", found<Patient>(bench.store(), "q")->version, 1);

  Transaction work(bench.store(), Access::write);
  auto read_before = record;
  read_before.version = 1;
  expect_code(
      "an update with the version from before it was set", [&] { Repository<Patient>(work).update(read_before); },
      CLINIC_PLUGIN_STALE);
  Repository<Patient>(work).update(record);
  expect("the version after an update of a row that was set to 41", record.version, 42);
  work.commit();
}

void set_version_refused(StorageBench& bench) {
  committed(bench.store(), event("e", "p"));
  committed(bench.store(), patient("p"));
  RawStore raw(bench.table(), bench.model(), bench.host(), bench.url());
  raw.must_be_open();
  raw.begin(true);
  expect("set_version of a record without a version", code_name(set_version(raw, record_index<Event>, "e", 2)),
         code_name(CLINIC_PLUGIN_REFUSED));
  raw.must("commit after a refusal", raw.commit());
  raw.begin(false);
  expect("set_version in a transaction for reading", code_name(set_version(raw, record_index<Patient>, "p", 2)),
         code_name(CLINIC_PLUGIN_REFUSED));
  raw.must("commit", raw.commit());
  expect("the version of the row", found<Patient>(bench.store(), "p")->version, 1);
}

void gone(StorageBench& bench) {
  auto record = committed(bench.store(), patient("p"));
  Transaction work(bench.store(), Access::write);
  Repository<Patient> patients(work);
  auto never = patient("never");
  never.version = 1;
  expect_code(
      "an update of a row that never was", [&] { patients.update(never); }, CLINIC_PLUGIN_STALE);
  patients.erase("p");
  expect_code(
      "an update of a row that is erased", [&] { patients.update(record); }, CLINIC_PLUGIN_STALE);
  work.commit();
}

void written_once(StorageBench& bench) {
  auto entry = committed(bench.store(), filled<AuditEntry>(1));
  Transaction work(bench.store(), Access::write);
  expect_code(
      "an update of a record without a version", [&] { Repository<AuditEntry>(work).update(entry); },
      CLINIC_PLUGIN_REFUSED);
  work.commit();
  expect_same(entry, found<AuditEntry>(bench.store(), entry.id));
}

void lock_field_stays(StorageBench& bench) {
  auto record = committed(bench.store(), patient("p"));
  Transaction work(bench.store(), Access::write);
  Repository<Patient> patients(work);
  patients.touch("p");
  patients.touch("p");
  record.lock_count = 77;
  patients.update(record);
  expect("the lock count after two touches and an update that said 77", patients.find("p")->lock_count, 2);
}

void every_field(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    if constexpr (requires(Record record) { record.version; }) {
      auto record = committed(bench.store(), filled<Record>(1));
      auto changed = filled<Record>(2);
      changed.id = record.id;
      changed.version = record.version;
      {
        Transaction work(bench.store(), Access::write);
        Repository<Record>(work).update(changed);
        work.commit();
      }
      expect_same(changed, found<Record>(bench.store(), record.id));
    }
  });
}

void erase(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a", 1), block("b", 2), block("c", 3), block("d", 4), block("e", 5)});
  Transaction work(bench.store(), Access::write);
  Repository<NumberBlock> blocks(work);
  const auto value = where(&NumberBlock::next_value);
  expect("the rows erased", blocks.erase_where(value > 3), 2u);
  expect("the rows erased by the same again", blocks.erase_where(value > 3), 0u);
  expect_true("erase by id finds its row", blocks.erase("a"));
  expect_true("erase by id finds no row any more", !blocks.erase("a"), "it found one");
  expect("the rows that are left", ids_where<NumberBlock>(work, {}), Ids{"b", "c"});
  expect("the rows erased without criteria", blocks.erase_where({}), 2u);
  work.commit();
  expect("the rows in the end", counted<NumberBlock>(bench.store()), 0u);
}

void erase_raw(StorageBench& bench) {
  committed(bench.store(), std::vector{block("a"), block("b"), block("c")});
  RawStore raw(bench.table(), bench.model(), bench.host(), bench.url());
  raw.must_be_open();
  raw.begin(true);
  const clinic_order order{detail::field_index(&NumberBlock::id), 0};
  const clinic_query query{sizeof query, record_index<NumberBlock>, nullptr, 0, &order, 1, 1};
  raw.must("erase_where without a place for the count",
           raw.table.erase_where(raw.transaction, &query, nullptr, &raw.error));
  raw.must("commit", raw.commit());
  expect("the rows after erase_where with a limit, which is ignored", counted<NumberBlock>(bench.store()), 0u);
}

}  // namespace

std::vector<StorageCheck> change_checks() {
  return {
      {"update.version", "The version is 1 after insert and one more after each update; an older one is STALE.",
       versions},
      {"insert.version", "insert sets the version, whatever the record says.", given_version},
      {"version.set", "set_version, where the plugin has it, writes the version of a row and nothing else.",
       set_version_of_a_row},
      {"version.refused",
       "set_version, where the plugin has it, is REFUSED for records without a version, and in transactions for "
       "reading.",
       set_version_refused},
      {"update.gone", "An update of a row that is not there is STALE.", gone},
      {"update.once", "An update of a record without a version field is REFUSED.", written_once},
      {"update.lock", "An update leaves the lock field as it is.", lock_field_stays},
      {"update.fields", "An update writes every field of every record type.", every_field},
      {"erase.where", "erase_where deletes the rows that match, and tells how many.", erase},
      {"erase.ignores", "erase_where ignores order and limit, and does not need a place for the count.", erase_raw},
  };
}

}  // namespace clinic::conformance
