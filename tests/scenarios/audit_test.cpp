/// \file
/// The audit shows what was changed beside the SDK (AUDIT-3), is sealed whoever seals, and says who read (AUDIT-2).

#include "records/records.hpp"
#include "sealed_clinic.hpp"

#include "operations/table.hpp"

#include <set>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using namespace std::chrono_literals;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

/// Tampers, and the audit must say so, naming the place; put back, it is valid again.
void found(const SealedClinic& clinic, const std::string& sql, AuditFault code, std::int64_t seal,
           const std::string& entry = {}) {
  clinic.rows(sql);
  const auto verified = clinic.audit().verify();
  INFO(sql << "\n" << words_of(verified));
  CHECK_FALSE(verified.valid);
  CHECK(names(verified, code, seal, entry));
  clinic.put_back();
  CHECK(clinic.audit().verify().valid);
}

}  // namespace

TEST_CASE("an audit that nobody touched is valid, sealed or not", "[AUDIT-3]") {
  SealedClinic clinic;
  CHECK(clinic.audit().verify().valid);
  clinic.register_people(5);
  auto verified = clinic.audit().verify();
  CHECK(verified.valid);
  CHECK(verified.entries_checked == 5);
  CHECK(verified.entries_unsealed == 5);
  const auto sealed = clinic.audit().seal();
  CHECK(sealed.seals_made == 1);
  CHECK(sealed.entries_sealed == 5);
  clinic.register_people(1);
  verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.seals_checked == 1);
  CHECK(verified.anchors_checked == 1);
  CHECK(verified.entries_checked == 7);
  CHECK(verified.entries_unsealed == 2);  // and the seal's own
  CHECK(verified.entries_unsigned == 0);
  clinic.open();
  CHECK(clinic.audit().verify().valid);
}

TEST_CASE("a changed column of an audit entry is found, sealed or not", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(2);
  const auto ids = clinic.entry_ids();
  clinic.keep();
  const auto of = [&](std::size_t i) { return " WHERE id = " + in_quotes(ids[i]); };
  for (const auto& field : describe<AuditEntry>().fields) {
    const std::string name(field.name), set = "UPDATE audit_entries SET \"" + name + "\" = ";
    INFO(name);
    if (name == "id") continue;
    if (name == "mac") {
      found(clinic, set + in_quotes(std::string(64, '0')) + of(4), AuditFault::entry_changed, 2, ids[4]);
      found(clinic, set + "NULL" + of(4), AuditFault::entry_changed, 2, ids[4]);
      found(clinic, set + "NULL" + of(0), AuditFault::entry_changed, 1, ids[0]);
      continue;
    }
    const auto changed = name == "created_at" ? "created_at + 1"
                         : name == "outcome"  ? "'failed'"
                                              : "COALESCE(\"" + name + "\", '') || ' '";
    found(clinic, set + changed + of(4), AuditFault::entry_changed, 2, ids[4]);
    found(clinic, set + changed + of(6), AuditFault::entry_changed, 0, ids[6]);
  }
}

TEST_CASE("audit entries that are missing, moved or put in are found", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(3);
  clinic.register_people(1);
  const auto ids = clinic.entry_ids();
  clinic.keep();
  const auto set_id = [](const std::string& from, const std::string& to) {
    return "UPDATE audit_entries SET id = " + in_quotes(to) + " WHERE id = " + in_quotes(from) + "; ";
  };
  found(clinic, "DELETE FROM audit_entries WHERE id = " + in_quotes(ids[4]), AuditFault::entry_missing, 2, ids[4]);
  found(clinic, "DELETE FROM audit_entries WHERE id = " + in_quotes(ids[0]), AuditFault::entry_missing, 1, ids[0]);
  for (const auto seal_of_last : {3})
    found(clinic, "DELETE FROM audit_entries WHERE id >= " + in_quotes(ids[7]), AuditFault::entry_missing, seal_of_last,
          ids[8]);
  found(clinic, "DELETE FROM audit_entries", AuditFault::entry_missing, 1, ids[0]);
  // Two entries that change places: whoever did the one did the other.
  for (const auto victim : {4, 7})
    found(clinic, set_id(ids[4], "x") + set_id(ids[7], ids[4]) + set_id("x", ids[7]), AuditFault::entry_changed,
          victim == 4 ? 2 : 3, ids[static_cast<std::size_t>(victim)]);
  found(clinic, set_id(ids[4], "0190"), AuditFault::entry_changed, 0, "0190");
  const auto copy = [&](const std::string& id, const std::string& mac) {
    return "INSERT INTO audit_entries (id, created_at, actor_name, actor_role, action, resource_type, outcome, "
           "metadata, mac) SELECT " +
           in_quotes(id) + ", created_at, actor_name, actor_role, action, resource_type, outcome, metadata, " + mac +
           " FROM kept_entries WHERE id = " + in_quotes(ids[4]);
  };
  found(clinic, copy("ffffffff", "mac"), AuditFault::entry_changed, 0, "ffffffff");
  found(clinic, copy("ffffffff", "NULL"), AuditFault::entry_unsigned, 0, "ffffffff");
}

TEST_CASE("seals that were changed, taken out, moved or doubled are found", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(4);
  clinic.keep();
  const auto ids = clinic.entry_ids();
  const auto of = [](int number) { return " WHERE id = '00000000000" + std::to_string(number) + "'"; };
  found(clinic, "UPDATE audit_seals SET created_at = created_at + 1" + of(2), AuditFault::seal_changed, 2);
  found(clinic, "UPDATE audit_seals SET entry_count = entry_count + 1" + of(2), AuditFault::seal_changed, 2);
  found(clinic, "UPDATE audit_seals SET mac = '" + std::string(64, 'a') + "'" + of(2), AuditFault::seal_changed, 2);
  found(clinic, "UPDATE audit_seals SET id = 'x'" + of(2), AuditFault::seal_missing, 2);
  const auto with_entries = [&](const std::string& list) {
    return "UPDATE audit_seals SET entry_ids = " + in_quotes(list) + of(2);
  };
  found(clinic, with_entries(ids[3] + "," + ids[4]), AuditFault::seal_changed, 2);
  found(clinic, with_entries(ids[4] + "," + ids[3] + "," + ids[5]), AuditFault::seal_changed, 2);
  found(clinic, with_entries(ids[3] + "," + ids[4] + "," + ids[5] + "," + ids[4]), AuditFault::entry_sealed_twice, 2,
        ids[4]);
  found(clinic, with_entries(ids[2] + "," + ids[3] + "," + ids[4] + "," + ids[5]), AuditFault::entry_sealed_twice, 2,
        ids[2]);
  found(clinic, with_entries(""), AuditFault::seal_changed, 2);
  // An entry together with its place in the seal.
  found(clinic,
        "DELETE FROM audit_entries WHERE id = " + in_quotes(ids[5]) + "; " + with_entries(ids[3] + "," + ids[4]),
        AuditFault::seal_changed, 2);
  found(clinic, "DELETE FROM audit_seals" + of(2), AuditFault::seal_missing, 2);
  found(clinic, "DELETE FROM audit_seals" + of(1), AuditFault::seal_missing, 1);
  found(clinic, "DELETE FROM audit_seals" + of(1) + "; DELETE FROM audit_seals" + of(2), AuditFault::seal_missing, 1);
  const auto swapped = std::string("UPDATE audit_seals SET id = 'x'") + of(2) +
                       "; UPDATE audit_seals SET id = '000000000002'" + of(3) +
                       "; UPDATE audit_seals SET id = '000000000003' WHERE id = 'x'";
  found(clinic, swapped, AuditFault::seal_changed, 2);
  found(clinic, swapped, AuditFault::seal_changed, 3);
  const std::string doubled =
      "INSERT INTO audit_seals (id, created_at, entry_count, entry_ids, mac) SELECT '000000000005', created_at, "
      "entry_count, entry_ids, mac FROM kept_seals WHERE id = '000000000004'";
  found(clinic, doubled, AuditFault::seal_changed, 5);
  found(clinic, doubled, AuditFault::entry_sealed_twice, 5, ids[9]);
}

TEST_CASE("a cut-off end of the audit is found by its anchors", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(4);
  clinic.keep();
  CHECK(clinic.audit().verify().anchors_checked == 4);
  const auto ids = clinic.entry_ids();
  const auto last_seal = "DELETE FROM audit_seals WHERE id = '000000000004'";
  const auto with_entries = std::string(last_seal) + "; DELETE FROM audit_entries WHERE id >= " + in_quotes(ids[9]);
  found(clinic, last_seal, AuditFault::anchor_without_seal, 4);
  found(clinic, with_entries, AuditFault::anchor_without_seal, 4);
  found(clinic, "DELETE FROM audit_seals; DELETE FROM audit_entries", AuditFault::anchor_without_seal, 1);
  found(clinic,
        std::string("UPDATE audit_seals SET mac = (SELECT mac FROM kept_seals WHERE id = '000000000003') WHERE id = "
                    "'000000000004'"),
        AuditFault::anchor_differs, 4);

  SECTION("the host's own") {
    // The file may be lost: what the host was told says the same.
    fs::remove(clinic.anchor_file());
    std::ofstream(clinic.anchor_file()).close();
    clinic.rows(with_entries);
    auto verified = clinic.audit().verify({.anchors = clinic.anchors});
    CHECK(names(verified, AuditFault::anchor_without_seal, 4));
    clinic.put_back();
    verified = clinic.audit().verify({.anchors = clinic.anchors});
    CHECK(verified.valid);
    CHECK(verified.anchors_checked == 4);
    CHECK(names(clinic.audit().verify({.anchors = "4 abc"}), AuditFault::anchor_unreadable, 0));  // it was sent whole
  }
  SECTION("taken away with the end") {
    std::filesystem::remove(clinic.anchor_file());
    clinic.rows(with_entries);
    CHECK(clinic.audit().verify().valid);  // the first anchor may be on its way
    clinic.now = std::chrono::duration_cast<std::chrono::milliseconds>(
                     std::chrono::system_clock::now().time_since_epoch() + 2min)
                     .count();
    CHECK(names(clinic.audit().verify(), AuditFault::anchor_unreadable, 0));
    // Before the first seal there is none.
    clinic.rows("DELETE FROM audit_seals");
    CHECK(clinic.audit().verify().valid);
  }
  SECTION("written anew") {
    clinic.rows(with_entries);
    clinic.register_people(1);
    clinic.audit().seal();
    const auto verified = clinic.audit().verify();
    CHECK(names(verified, AuditFault::anchor_differs, 4));
  }
  SECTION("a line that is none, and one that was torn") {
    std::ofstream(clinic.anchor_file(), std::ios::app) << "4 abc";
    CHECK(clinic.audit().verify().valid);
    clinic.register_people(1);
    clinic.audit().seal();
    auto verified = clinic.audit().verify();
    INFO(words_of(verified));
    CHECK(verified.valid);
    CHECK(verified.anchors_checked == 5);
    std::ofstream(clinic.anchor_file(), std::ios::app) << "nonsense\n";
    verified = clinic.audit().verify();
    CHECK(names(verified, AuditFault::anchor_unreadable, 0));
  }
}

TEST_CASE("whoever seals hears of seals that were not anchored", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.register_people(1);
  CHECK(clinic.audit().seal().anchors_failed == 0);
  SECTION("by the file") {
    std::filesystem::remove(clinic.anchor_file());
    std::filesystem::create_directory(clinic.anchor_file());
  }
  SECTION("by the host") { clinic.refuse_anchors = true; }
  const auto sealed = clinic.audit().seal();
  CHECK(sealed.seals_made == 1);
  CHECK(sealed.anchors_failed == 1);
  CHECK(clinic.rows("SELECT metadata FROM audit_entries ORDER BY id DESC LIMIT 1").at(0).at("metadata").as_string() ==
        R"({"seals_made":1,"entries_sealed":1,"anchors_failed":1})");
}

TEST_CASE("an anchor file that could not be made is refused at the opening", "[AUDIT-3][CONF-1]") {
  const TestDatabase database;
  auto configuration = test_configuration(database);
  configuration.audit_anchor_file = database.folder().file("nowhere/anchors");
  try {
    Clinic::open(configuration);
    FAIL("it was opened");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::configuration_invalid);
    REQUIRE(error.fields().size() == 1);
    CHECK(error.fields()[0].path == "audit_anchor_file");
    CHECK(error.fields()[0].code == "not_found");
    CHECK(error.fields()[0].message.find(database.folder().file("nowhere")) != std::string::npos);
  }
  if (database.backend() == Backend::sqlite) CHECK_FALSE(std::filesystem::exists(database.file()));
  std::filesystem::create_directory(database.folder().file("nowhere"));
  CHECK(Clinic::open(configuration).act_as(Actor::system("desk")).audit().verify().valid);
}

TEST_CASE("a seal of another history, right in itself, does not fit into the chain", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(2);
  const auto common = clinic.entry_ids().back();
  clinic.register_people(2);
  clinic.audit().seal();
  clinic.keep();  // with one third seal
  clinic.rows("DELETE FROM audit_seals WHERE id = '000000000003'; DELETE FROM audit_entries WHERE id > " +
              in_quotes(common));
  clinic.register_people(2);
  clinic.audit().seal();  // with another
  clinic.register_people(2);
  clinic.audit().seal();
  std::ofstream(clinic.anchor_file(), std::ios::trunc).close();
  CHECK(clinic.audit().verify().valid);
  clinic.rows(
      "DELETE FROM audit_seals WHERE id = '000000000003'; INSERT INTO audit_seals SELECT * FROM kept_seals WHERE id = "
      "'000000000003'; INSERT INTO audit_entries SELECT * FROM kept_entries WHERE id > " +
      in_quotes(common));
  const auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK_FALSE(names(verified, AuditFault::seal_changed, 3));
  CHECK(names(verified, AuditFault::seal_changed, 4));
}

TEST_CASE("verification may begin at a later seal", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(4);
  const auto ids = clinic.entry_ids();
  clinic.keep();
  auto verified = clinic.audit().verify({.from_seal = 3});
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.seals_checked == 2);
  CHECK(verified.entries_unsealed == 1);
  verified = clinic.audit().verify({.from_seal = 5});
  CHECK(verified.valid);
  CHECK(verified.entries_unsealed == 1);
  CHECK(names(clinic.audit().verify({.from_seal = 6}), AuditFault::seal_missing, 6));
  clinic.rows("DELETE FROM audit_entries WHERE id = " + in_quotes(ids[1]));
  CHECK(clinic.audit().verify({.from_seal = 2}).valid);
  clinic.rows("DELETE FROM audit_entries WHERE id = " + in_quotes(ids[7]));
  CHECK(names(clinic.audit().verify({.from_seal = 3}), AuditFault::entry_missing, 3, ids[7]));
  clinic.put_back();
  clinic.rows("DELETE FROM audit_seals WHERE id = '000000000003'");
  CHECK(names(clinic.audit().verify({.from_seal = 3}), AuditFault::seal_missing, 3));
}

TEST_CASE("an anchor file that was emptied or cut is found, as one that was removed", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.now = 1800000000000;
  clinic.make_seals(3);
  const auto whole = contents(clinic.anchor_file());
  const auto write = [&](const std::string& text) { std::ofstream(clinic.anchor_file(), std::ios::trunc) << text; };
  const auto without_last = whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1);
  for (const auto& cut : {std::string(), without_last, whole.substr(0, whole.size() - 40)}) {
    INFO(cut);
    clinic.now = 1800000000000;
    write(cut);
    CHECK(clinic.audit().verify().valid);  // it may be on its way
    clinic.now += std::chrono::milliseconds(2min).count();
    const auto verified = clinic.audit().verify();
    INFO(words_of(verified));
    CHECK(verified.problem_count == 1);
    CHECK(names(verified, AuditFault::anchor_missing, 3));
    CHECK(names(clinic.audit().verify({.from_seal = 3}), AuditFault::anchor_missing, 3));
    // What the host kept itself covers it as well.
    CHECK(clinic.audit().verify({.anchors = clinic.anchors}).valid);
  }
  // Others are covered by those behind them.
  write(whole.substr(without_last.size()));
  CHECK(clinic.audit().verify().valid);
  SECTION("the next seal's anchor covers what was missing") {
    write("");
    CHECK_FALSE(clinic.audit().verify().valid);
    CHECK(clinic.audit().seal().anchors_failed == 0);
    CHECK(clinic.audit().verify().valid);
  }
}

TEST_CASE("entries that were signed cannot be made unsigned ones", "[AUDIT-3]") {
  SealedClinic clinic(Anchoring::none);
  clinic.make_seals(2);
  const auto patient = clinic.rows("SELECT id FROM patients ORDER BY id").at(0).at("id").as_string();
  const auto first = clinic.entry_ids().front();
  std::string added;
  SECTION("all of them, with all seals") {
    clinic.rows("UPDATE audit_entries SET mac = NULL, actor_name = 'innocent', action = 'NOTHING'");
    clinic.rows("DELETE FROM audit_seals");
    CHECK(names(clinic.audit().verify(), AuditFault::entry_unsigned, 0, first));
    clinic.open();
    clinic.register_people(1);
    CHECK(clinic.audit().seal().entries_sealed > 0);
    CHECK(names(clinic.audit().verify(), AuditFault::entry_unsigned, 0, first));
  }
  SECTION("one that is put in before all others") {
    added = "00000000-0000-7000-8000-000000000000";
    clinic.rows(
        "INSERT INTO audit_entries (id, created_at, actor_name, actor_role, action, resource_type, patient_id, "
        "outcome, "
        "metadata) VALUES (" +
        in_quotes(added) + ", 1, 'user', 'nurse', 'PATIENT_READ', 'patient', " + in_quotes(std::string(patient)) +
        ", 'done', '{}')");
    CHECK(names(clinic.audit().verify(), AuditFault::entry_unsigned, 0, added));
    const auto shown = clinic.desk().patients().access_log({.patient = std::string(patient), .newest_first = false});
    REQUIRE(shown.items.size() == 2);
    CHECK(shown.items[0].id == added);
    CHECK(shown.items[0].signature == EntrySignature::invalid);
    CHECK(shown.items[1].signature == EntrySignature::valid);
  }
  const auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK_FALSE(verified.valid);
  CHECK_FALSE(verified.signed_since);
  for (const auto& entry : clinic.audit().list().items)
    if (entry.id == first || entry.id == added)
      CHECK(entry.signature == (added.empty() || entry.id == added ? EntrySignature::invalid : EntrySignature::valid));
}

TEST_CASE("what is shown of the audit says whether it is what was written", "[AUDIT-2][AUDIT-3]") {
  SealedClinic clinic;
  clinic.register_people(2);
  const auto ids = clinic.entry_ids();
  const auto shown = [&] { return clinic.audit().list({.newest_first = false}).items; };
  REQUIRE(shown().size() == 2);
  CHECK(shown()[0].signature == EntrySignature::valid);
  clinic.rows("UPDATE audit_entries SET actor_role = 'nurse' WHERE id = " + in_quotes(ids[0]));
  CHECK(shown()[0].signature == EntrySignature::invalid);
  CHECK(shown()[1].signature == EntrySignature::valid);
  CHECK(clinic.desk().call("audit.list", "{}").find(R"("signature":"invalid")") != std::string::npos);
}

TEST_CASE("entries from before signing began are counted, and found where somebody touches them", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.now = 1800000000000;
  clinic.register_people(3);
  clinic.rows("UPDATE audit_entries SET mac = NULL");
  clinic.now += 1000;
  clinic.register_people(2);
  CHECK_FALSE(clinic.audit().verify().valid);  // of this database every entry was to be signed
  clinic.make_key_of_0_1();
  clinic.now += 1000;
  clinic.open();
  clinic.open();
  const auto began = clinic.audit().list({.action = "SIGNING_BEGAN"}).items;
  REQUIRE(began.size() == 1);
  CHECK(began[0].signature == EntrySignature::valid);
  CHECK(began[0].metadata.text == R"({"signed_since":"2027-01-15T08:00:01.000Z","entries_unsigned":3})");
  clinic.now += 1000;
  CHECK(clinic.audit().seal().entries_sealed == 3);
  auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.entries_unsigned == 3);
  CHECK(verified.signed_since == Timestamp(1800000001s));
  CHECK(verified.entries_checked == 4);
  CHECK(clinic.audit().verify({.from_seal = 2}).valid);

  clinic.keep();
  const auto ids = clinic.entry_ids();
  const auto of = [&](std::size_t i) { return " WHERE id = " + in_quotes(ids[i]); };
  CHECK(clinic.audit().list({.newest_first = false}).items[0].signature == EntrySignature::none);
  found(clinic, "UPDATE audit_entries SET actor_name = 'innocent'" + of(1), AuditFault::unsigned_changed, 0);
  found(clinic, "DELETE FROM audit_entries" + of(0), AuditFault::unsigned_changed, 0);
  found(clinic, "UPDATE audit_entries SET id = '0'" + of(2), AuditFault::unsigned_changed, 0);
  found(clinic,
        "INSERT INTO audit_entries (id, created_at, actor_name, actor_role, action, resource_type, outcome, metadata) "
        "SELECT '0', created_at, actor_name, actor_role, action, resource_type, outcome, metadata FROM kept_entries" +
            of(0),
        AuditFault::unsigned_changed, 0);
  found(clinic, "UPDATE audit_entries SET mac = NULL" + of(3), AuditFault::entry_changed, 1, ids[3]);
  found(clinic, "UPDATE audit_entries SET mac = NULL" + of(6), AuditFault::entry_unsigned, 0, ids[6]);
  // Nor can they be counted anew.
  clinic.make_key_of_0_1();
  CHECK_THROWS_AS(clinic.open(), Error);
}

TEST_CASE("an outcome that there is not hides no other entry", "[AUDIT-2][AUDIT-3]") {
  SealedClinic clinic;
  clinic.make_seals(2);
  const auto ids = clinic.entry_ids();
  clinic.keep();
  const auto set = [&](std::size_t i) {
    return "UPDATE audit_entries SET outcome = 'nonsense' WHERE id = " + in_quotes(ids[i]);
  };
  found(clinic, set(4), AuditFault::entry_changed, 2, ids[4]);
  found(clinic, set(6), AuditFault::entry_changed, 0);
  clinic.rows(set(4));
  CHECK(clinic.audit().list().items.size() == ids.size() - 1);
  clinic.register_people(1);
  CHECK(clinic.audit().seal().entries_sealed == 2);
  clinic.open();
}

TEST_CASE("an entry that was committed late is sealed", "[AUDIT-3]") {
  SealedClinic clinic;
  clinic.now = 1800000000000;
  clinic.register_people(1);
  const auto first = clinic.entry_ids().front();
  const auto later = GENERATE(5s, 10min, 3h);
  CAPTURE(later.count());
  clinic.rows("CREATE TABLE late AS SELECT * FROM audit_entries");
  clinic.rows("DELETE FROM audit_entries");
  clinic.now += std::chrono::milliseconds(later).count();
  clinic.register_people(4);
  CHECK(clinic.audit().seal().entries_sealed == 4);
  clinic.rows("INSERT INTO audit_entries SELECT * FROM late");
  auto sealed = clinic.audit().seal();
  if (later < 1h) {
    CHECK(sealed.entries_sealed == 2);
  } else {
    CHECK(sealed.entries_sealed == 1);
    CHECK(clinic.audit().verify().entries_unsealed == 2);
    CHECK(clinic.audit().seal({.whole_audit = true}).entries_sealed == 2);
  }
  const auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.entries_unsealed == 1);
}

TEST_CASE("many entries take several seals", "[AUDIT-3]") {
  SealedClinic clinic(R"({"audit_seal_seconds":0,"audit_reads":true})");
  clinic.register_people(50);
  for (int i = 0; i < 50; ++i)
    clinic.desk().patients().list({.limit = 50});
  const auto sealed = clinic.audit().seal();
  CHECK(sealed.entries_sealed == 2550);
  CHECK(sealed.seals_made == 3);
  const auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.entries_checked == 2551);
  CHECK(verified.entries_unsealed == 1);
}

TEST_CASE("a clinic that waits for its next seal is closed at once", "[AUDIT-3]") {
  SealedClinic clinic(R"({"audit_seal_seconds":86400})");
  clinic.register_people(1);
  clinic.close();  // or the test would take a day
}

TEST_CASE("a clinic seals by itself", "[AUDIT-3]") {
  SealedClinic clinic(R"({"audit_seal_seconds":1})");
  clinic.register_people(2);
  for (int i = 0; i < 200 && clinic.audit().verify().entries_unsealed > 0; ++i)
    std::this_thread::sleep_for(50ms);
  auto verified = clinic.audit().verify();
  INFO(words_of(verified));
  CHECK(verified.valid);
  CHECK(verified.seals_checked >= 1);
  CHECK(verified.entries_unsealed == 0);
  clinic.register_people(1);
  clinic.close();
  // What the closed one left is sealed by the next.
  clinic.open();
  for (int i = 0; i < 200 && clinic.audit().verify().entries_unsealed > 0; ++i)
    std::this_thread::sleep_for(50ms);
  verified = clinic.audit().verify();
  CHECK(verified.valid);
  CHECK(verified.entries_unsealed == 0);
}

TEST_CASE("sealing goes on when the database is well again", "[AUDIT-3]") {
  SealedClinic clinic(R"({"audit_seal_seconds":1})");
  const auto complaints = [&] {
    const auto lines = clinic.log.all();
    return std::count_if(lines.begin(), lines.end(),
                         [](const std::string& line) { return line.find("sealing waits") != line.npos; });
  };
  clinic.rows("ALTER TABLE audit_seals RENAME TO away");
  clinic.register_people(1);
  for (int i = 0; i < 200 && complaints() == 0; ++i)
    std::this_thread::sleep_for(50ms);
  std::this_thread::sleep_for(1500ms);
  CHECK(complaints() == 1);  // not each time
  clinic.rows("ALTER TABLE away RENAME TO audit_seals");
  for (int i = 0; i < 200 && clinic.audit().verify().entries_unsealed > 0; ++i)
    std::this_thread::sleep_for(50ms);
  CHECK(clinic.audit().verify().seals_checked == 1);
}

TEST_CASE("a database in memory is sealed too, while others write", "[sqlite][AUDIT-3]") {
  const auto clinic = Clinic::open(test_configuration("sqlite::memory:", "standard", R"({"audit_seal_seconds":1})"));
  const auto desk = clinic.act_as(Actor::system("desk"));
  AuditVerified verified;
  for (int i = 0; i < 200 && verified.seals_checked < 2; ++i) {
    desk.patients().register_patient({.first_name = "A", .last_name = "B"});
    verified = desk.audit().verify();
    REQUIRE(verified.valid);
    std::this_thread::sleep_for(20ms);
  }
  CHECK(verified.seals_checked == 2);
}

TEST_CASE("reads of patients are audited where the policy says so", "[AUDIT-1][AUDIT-2]") {
  const bool audited = GENERATE(true, false);
  SealedClinic clinic(audited ? R"({"audit_seal_seconds":0,"audit_reads":true})"
                              : R"({"audit_seal_seconds":0,"audit_reads":false})");
  clinic.register_people(3);
  const auto nurse = clinic.clinic().act_as(Actor::user("nina", Role::nurse));
  const auto patients = nurse.patients().list(ListPatients{}).items;
  REQUIRE(patients.size() == 3);
  const auto& somebody = patients[1];
  nurse.patients().get({somebody.number});
  nurse.patients().medical_history({somebody.id});
  nurse.patients().identifiers({somebody.id});
  nurse.patients().search({.q = somebody.number});
  nurse.patients().search({.q = "nobody"});
  clinic.desk().sync().person({somebody.id});
  clinic.desk().sync().has_user_account({somebody.id});
  const auto seen = clinic.desk().patients().access_log({.patient = somebody.number, .newest_first = false}).items;
  std::vector<std::string> actions;
  for (const auto& access : seen)
    actions.push_back(access.action);
  if (!audited) {
    CHECK(actions == std::vector<std::string>{"PATIENT_CREATED"});
    return;
  }
  CHECK(actions == std::vector<std::string>{"PATIENT_CREATED", "PATIENTS_LISTED", "PATIENT_READ",
                                            "MEDICAL_HISTORY_READ", "PATIENT_READ", "PATIENTS_SEARCHED",
                                            "PATIENT_READ"});
  CHECK(seen[2].actor_id == "nina");
  CHECK(seen[2].actor_role == "nurse");
  // Nobody sees what cannot be written down.
  clinic.rows("ALTER TABLE audit_entries RENAME TO away");
  CHECK_THROWS_AS(nurse.patients().get({somebody.number}), Error);
  clinic.rows("ALTER TABLE away RENAME TO audit_entries");
  CHECK(nurse.patients().get({somebody.number}).id == somebody.id);
}

TEST_CASE("every read whose answer holds patients is one that is audited", "[AUDIT-1]") {
  const auto holds_patients = [](const auto& self, const TypeDescription& type) -> bool {
    if (type.kind == TypeKind::object && (type.name == "PatientView" || type.name == "MedicalHistoryView")) return true;
    if (type.element && self(self, *type.element)) return true;
    return std::any_of(type.fields.begin(), type.fields.end(),
                       [&](const FieldDescription& field) { return self(self, *field.type); });
  };
  int marked = 0;
  for (const auto& row : operation_table()) {
    INFO(row.name);
    if (row.effect == Effect::reads && holds_patients(holds_patients, *row.response)) CHECK(row.shows_patients());
    if (row.shows_patients()) {
      ++marked;
      CHECK(row.effect == Effect::reads);
    }
  }
  CHECK(marked > 10);
}

TEST_CASE("a struct that names a patient in the answer of a read is known as one that shows the patient", "[AUDIT-1]") {
  // They name whom they are about, and show nothing of the patient.
  const std::set<std::string_view> exceptions{"AuditEntryView", "SyncProblem"};
  std::set<std::string_view> unknown;
  const auto look = [&](const auto& self, const Operation& row, const TypeDescription& type) -> void {
    const bool shown =
        std::any_of(row.shown.begin(), row.shown.end(), [&](const ShownPatient& each) { return each.type == &type; });
    if (type.field("patient_id") && !shown && !exceptions.contains(type.name)) unknown.insert(type.name);
    if (type.element) self(self, row, *type.element);
    for (const auto& field : type.fields)
      self(self, row, *field.type);
  };
  for (const auto& row : operation_table())
    if (row.effect == Effect::reads) look(look, row, *row.response);
  CHECK(unknown == std::set<std::string_view>{});
}

TEST_CASE("administrators see the login names that users have, and the audit keeps ids alone", "[AUDIT-2][AUDIT-4]") {
  SealedClinic clinic(R"({"audit_seal_seconds":0,"audit_reads":true})");
  const auto nina =
      clinic.desk().users().create({.username = "nina", .email = "n@example.org", .role = Role::nurse}).user;
  const auto jane = clinic.desk().patients().register_patient({.first_name = "Jane", .last_name = "Doe"}).patient;
  clinic.clinic().act_as(Actor::user(nina.id, Role::nurse)).patients().get({jane.id});
  clinic.clinic().act_as(Actor::user("elsewhere", Role::nurse)).patients().get({jane.id});
  const auto usernames = [&](const Session& session) {
    std::vector<std::string> names;
    for (const auto& access : session.patients().access_log({.patient = jane.id, .newest_first = false}).items)
      names.push_back(access.actor_username.value_or("-"));
    return names;
  };
  const std::vector<std::string> wanted{"-", "nina", "-"};
  CHECK(usernames(clinic.desk()) == wanted);
  CHECK(usernames(clinic.clinic().act_as(Actor::user("boss", Role::superadmin))) == wanted);
  CHECK(clinic.rows("SELECT id FROM audit_entries WHERE actor_name = 'nina'").empty());
  CHECK(clinic.audit().verify().valid);
  // A name that has changed is the name of the same person.
  clinic.desk().users().update({.user = nina.id, .username = std::string("nina.k")});
  CHECK(usernames(clinic.desk())[1] == "nina.k");
}

TEST_CASE("patients see who saw their record, and theirs alone", "[AUDIT-2][ACCESS-2]") {
  SealedClinic clinic(R"({"audit_seal_seconds":0,"audit_reads":true})");
  const auto register_with_account = [&](const std::string& email) {
    return clinic.desk().patients().register_patient(
        {.first_name = "Jane", .last_name = "Doe", .email = email, .create_portal_account = true});
  };
  const auto jane = register_with_account("jane@example.org").patient,
             john = register_with_account("j@example.org").patient;
  clinic.clinic().act_as(Actor::user("nina", Role::nurse)).patients().get({jane.id}, {.origin = "ward 7"});
  const auto herself = clinic.clinic().act_as(Actor::user(jane.id, Role::patient));
  herself.patients().get({jane.id});
  const auto log = herself.patients().access_log({.patient = jane.id, .newest_first = false}).items;
  REQUIRE(log.size() == 3);
  CHECK(log[1].action == "PATIENT_READ");
  CHECK(log[1].actor_role == "nurse");
  CHECK_FALSE(log[1].actor_id);
  CHECK(log[2].actor_id == jane.id);
  const auto text = herself.call("patients.access_log", R"({"patient":")" + jane.id + "\"}");
  CHECK(text.find("ward 7") == text.npos);
  CHECK(text.find("metadata") == text.npos);
  // Her own login name is no secret to her; that of the staff, and that there is one, is not hers to know.
  CHECK_FALSE(log[1].actor_username);
  CHECK(log[2].actor_username == std::string("jane@example.org"));
  CHECK_THROWS_AS(herself.patients().access_log({.patient = john.id}), Error);
}

TEST_CASE("ids of another type than text forge nothing, and end no verification", "[AUDIT-3][sqlite]") {
  SealedClinic clinic;
  clinic.make_seals(1);
  clinic.register_people(1);
  SECTION("an entry beside one that waits for its seal, under the same id") {
    clinic.rows(
        "INSERT INTO audit_entries SELECT CAST(id AS BLOB), created_at, actor_id, 'innocent', actor_role, action, "
        "resource_type, resource_id, patient_id, outcome, error_code, origin, metadata, mac FROM audit_entries "
        "WHERE id = (SELECT MAX(id) FROM audit_entries)");
  }
  SECTION("more of them than are read at once") {
    clinic.rows(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) INSERT INTO audit_entries "
        "SELECT CAST(printf('00%06d', i) AS BLOB), 0, NULL, 'a', 'a', 'A', 'a', NULL, NULL, 'done', NULL, NULL, '{}', "
        "NULL FROM n");
  }
  SECTION("a seal") { clinic.rows("UPDATE audit_seals SET id = CAST(id AS BLOB)"); }
  CHECK_FALSE(clinic.audit().verify().valid);
}
