/// \file
/// What is refused of backups (CONF-3, ACCESS-5), and that nothing was written by then.

#include "backup_place.hpp"
#include "old_key.hpp"

#include "support/invariants.hpp"

#include <clinic/schema.hpp>

#include <random>

using namespace clinic;
using namespace clinic::test;

namespace {

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("a backup that is there is replaced only if that is asked for", "[CONF-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  const auto first = contents(file), first_key = contents(file + ".key");
  const auto refused = error_of([&] { place.back_up(file); });
  CHECK(refused.code() == ErrorCode::validation_failed);
  REQUIRE(refused.fields().size() == 1);
  CHECK(refused.fields()[0].path == "file");
  CHECK(refused.fields()[0].code == "exists");
  CHECK(contents(file) == first);
  place.desk().patients().register_patient({.first_name = "One", .last_name = "More"});
  place.back_up(file, {.replace = true});
  CHECK(contents(file) != first);
  CHECK(contents(file + ".key") == first_key);

  SECTION("another key beside it is not replaced either") {
    fs::remove(file);
    std::ofstream(file + ".key") << std::string(64, 'e') << '\n';
    const auto kept = error_of([&] { place.back_up(file); });
    CHECK(kept.code() == ErrorCode::validation_failed);
    CHECK(kept.fields().at(0).code == "other_key");  // not "exists", to which the command line advises --force
    CHECK(contents(file + ".key").substr(0, 64) == std::string(64, 'e'));
    CHECK_FALSE(fs::exists(file));
  }
  SECTION("a folder that is not there is said") {
    const auto nowhere = error_of([&] { place.back_up(place.file("nowhere/clinic.backup")); });
    CHECK(nowhere.code() == ErrorCode::validation_failed);
    CHECK(nowhere.fields().at(0).code == "not_writable");
  }
  SECTION("one that its host breaks off leaves nothing") {
    const auto before = files_in(place.database().folder().path());
    const auto stop = [](std::int64_t) { throw std::runtime_error("enough"); };
    CHECK_THROWS_AS(place.back_up(place.file("other"), {.progress = stop}), std::runtime_error);
    CHECK(files_in(place.database().folder().path()).size() == before.size());
  }
}

TEST_CASE("what is no whole backup is refused before anything is written", "[CONF-3]") {
  const Place place(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup"), damaged = place.file("damaged.backup");
  place.back_up(file);
  fs::copy_file(file + ".key", damaged + ".key");
  const auto bytes = contents(file);
  const auto write = [&](const std::string& text) { std::ofstream(damaged, std::ios::binary) << text; };
  const Place target(Backend::sqlite);
  const auto refusal = [&](ErrorCode code = ErrorCode::backup_invalid) {
    const auto error = error_of([&] { target.take_back(damaged); });
    CHECK(error.code() == code);
    CHECK_FALSE(fs::exists(target.database().file()));
    CHECK_FALSE(fs::exists(target.database().file() + ".key"));
    return error.detail();
  };
  const auto says = [&](const std::string& detail, const std::string& words) {
    INFO(detail);
    CHECK(detail.find(words) != std::string::npos);
  };
  SECTION("cut off anywhere") {
    for (std::size_t size = 0; size < bytes.size(); size += size < 40 ? 1 : bytes.size() / 60) {
      CAPTURE(size);
      write(bytes.substr(0, size));
      refusal();
    }
    for (std::size_t less = 1; less <= 12; ++less) {  // the end of gzip itself
      CAPTURE(less);
      write(bytes.substr(0, bytes.size() - less));
      refusal();
    }
  }
  SECTION("one byte changed anywhere") {
    const auto text = unpacked(file);
    const auto change = [&](std::size_t at) {
      CAPTURE(at);
      auto changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      write(changed);
      // Gzip has notes of its own at its beginning, and bits at its end, that say nothing.
      if (unpacked(damaged) != text) refusal();
    };
    for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 80)
      change(at);
    for (std::size_t back = 1; back <= 10; ++back)
      change(bytes.size() - back);
  }
  SECTION("something behind it") {
    write(bytes + "x");
    says(refusal(), "does not end where it should");
  }
  SECTION("no backup at all") {
    write("not packed");
    says(refusal(), "not packed by gzip");
    write("");
    refusal();
    pack(damaged, "{\"first_name\":\"Jane\"}\n");
    says(refusal(), "does not begin as a backup");
    fs::remove(damaged);
    says(refusal(), "There is no file");
    fs::create_directory(damaged);
    says(refusal(), "is no file");
  }
  SECTION("lines that do not fit") {
    const auto changed = [&](const std::function<void(Lines&)>& change, bool with_right_sum = true) {
      Lines lines(file);
      change(lines);
      lines.write(damaged, with_right_sum);
    };
    changed([](Lines& lines) { lines.lines.erase(lines.lines.end() - 2); }, false);
    says(refusal(), "the file was changed");
    changed([](Lines& lines) { lines.lines.erase(lines.lines.begin() + 2); });
    says(refusal(), "not as many rows of DataKey");
    const auto text = unpacked(file);
    pack(damaged, text.substr(0, text.rfind('\n', text.size() - 2) + 1));
    says(refusal(), "cut off");
    changed([](Lines& lines) { lines.drop_section("AuditSeal"); });
    says(refusal(), "the records AuditSeal are missing");
    changed([](Lines& lines) { lines.drop_field("Patient", "email"); });
    says(refusal(), "Patient lacks fields");
    changed([](Lines& lines) { lines.lines[0].as_object()["clinic_backup"] = 2; });
    says(refusal(), "format");
    changed([](Lines& lines) { lines.lines[0].as_object()["schema_version"] = schema_version + 1; });
    refusal(ErrorCode::schema_newer);
    changed([](Lines& lines) { lines.lines[1].as_object()["record"] = "LoginSession"; });
    says(refusal(), "records which this version does not know");
    changed([](Lines& lines) { lines.lines[lines.section("User")].as_object()["fields"].as_array()[0] = "colour"; });
    says(refusal(), "User has a field which this version does not know");
    changed([](Lines& lines) { lines.value("Patient", "status") = "on_the_moon"; });
    says(refusal(), "field status");
    changed([](Lines& lines) { lines.value("Patient", "first_name") = nullptr; });
    says(refusal(), "field first_name");
    for (const auto version : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX, std::int64_t{1} << 53}) {
      changed([&](Lines& lines) { lines.value("Patient", "version") = version; });
      says(refusal(), "version that no row has");
    }
    // 675620101 would be 2026 in the 16 bits of a year.
    for (const auto date :
         {std::int64_t{20260231}, std::int64_t{20261301}, std::int64_t{20260100}, std::int64_t{0}, std::int64_t{1231},
          std::int64_t{-20260101}, std::int64_t{100000101}, std::int64_t{675620101}, INT64_MAX}) {
      CAPTURE(date);
      changed([&](Lines& lines) { lines.value("Patient", "birth_date") = date; });
      says(refusal(), "field birth_date");
    }
    changed([](Lines& lines) { lines.value("Patient", "visit_count") = 1.5; });
    says(refusal(), "field visit_count");
    changed([](Lines& lines) { lines.value("Patient", "id") = ""; });
    says(refusal(), "has no id");
    pack(damaged, text + "{}\n");
    says(refusal(), "something follows");
  }
}

TEST_CASE("a backup goes into a database without rows alone", "[CONF-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  const auto wanted = rows_of(place.database());
  CHECK(code_of([&] { place.take_back(file); }) == ErrorCode::database_not_empty);
  check_same_rows(place.database(), wanted);
  Place twice;
  twice.take_back(file);
  CHECK(code_of([&] { twice.take_back(file); }) == ErrorCode::database_not_empty);
  check_same_rows(twice.database(), wanted);

  // One row is enough, though nobody has opened it yet.
  Place strange;
  strange.master_key = contents(file + ".key").substr(0, 64);
  migrate_schema(strange.configuration());
  strange.database().rows(unlinked_user_sql("u1", "mona@example.org"));
  CHECK(code_of([&] { strange.take_back(file); }) == ErrorCode::database_not_empty);
  CHECK(strange.database().number("SELECT COUNT(*) FROM patients") == 0);
  // With none it is as good as new.
  strange.database().rows("DELETE FROM users");
  if (strange.database().backend() == Backend::sqlite) fs::remove(strange.database().file() + ".key");
  strange.take_back(file);
  check_same_rows(strange.database(), wanted);
}

TEST_CASE("a restore says which key is wrong or missing before anything is written", "[CONF-3][ACCESS-5]") {
  const Place place(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup"), other_key = place.file("other.key");
  const auto report = place.back_up(file);
  std::ofstream(other_key) << std::string(64, 'e') << '\n';
  Place target(Backend::sqlite);
  const auto refusal = [&](const RestoreOptions& options = {}) {
    const auto error = error_of([&] { target.take_back(file, options); });
    CHECK_FALSE(fs::exists(target.database().file()));
    INFO(error.what());
    return error.code();
  };
  SECTION("beside the backup") {
    std::ofstream(file + ".key") << std::string(64, 'e') << '\n';
    CHECK(refusal() == ErrorCode::key_wrong);
    fs::remove(file + ".key");
    CHECK(refusal() == ErrorCode::key_missing);
    CHECK_FALSE(fs::exists(target.database().file() + ".key"));
  }
  SECTION("in another file") {
    CHECK(refusal({.key_file = other_key}) == ErrorCode::key_wrong);
    CHECK(refusal({.key_file = place.file("nowhere")}) == ErrorCode::key_missing);
    fs::rename(file + ".key", place.file("kept.key"));
    CHECK(refusal() == ErrorCode::key_missing);
    CHECK(target.take_back(file, {.key_file = place.file("kept.key")}).key_file == target.database().file() + ".key");
    CHECK(target.desk().patients().get({"J-1"}).allergies == allergy);
  }
  SECTION("in the configuration") {
    target.master_key = std::string(64, 'e');
    CHECK(refusal() == ErrorCode::key_wrong);
    target.master_key = contents(file + ".key").substr(0, 64);
    fs::remove(file + ".key");
    CHECK_FALSE(target.take_back(file).key_file);
    CHECK_FALSE(fs::exists(target.database().file() + ".key"));
    CHECK(target.desk().patients().get({"J-1"}).allergies == allergy);
  }
  SECTION("a key file that is there is never replaced") {
    fs::copy_file(other_key, target.database().file() + ".key");
    CHECK(refusal() == ErrorCode::key_wrong);
    CHECK(contents(target.database().file() + ".key") == contents(other_key));
  }
  SECTION("the right one may be there already") {
    fs::copy_file(file + ".key", target.database().file() + ".key");
    fs::remove(file + ".key");
    CHECK_FALSE(target.take_back(file).key_file);
    CHECK(target.desk().patients().get({"J-1"}).allergies == allergy);
  }
  SECTION("without the key it was not taken along") {
    const auto without = place.file("without.backup");
    CHECK_FALSE(place.back_up(without, {.with_key = false}).key_file);
    CHECK_FALSE(fs::exists(without + ".key"));
    CHECK(code_of([&] { target.take_back(without); }) == ErrorCode::key_missing);
    target.take_back(without, {.key_file = file + ".key"});
    CHECK(mode_of(target.database().file() + ".key") == 0600);
  }
}

TEST_CASE("a server's database needs its key in the configuration after a restore", "[CONF-3]") {
  if (backend_under_test() == Backend::sqlite) return;
  const Place place(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Place target;
  CHECK(code_of([&] { target.take_back(file); }) == ErrorCode::key_wrong);  // the configuration has another one
  auto configuration = target.configuration();
  configuration.master_key.reset();
  CHECK_FALSE(restore(configuration, file, {}, target.environment()).key_configured);
  target.master_key = contents(file + ".key").substr(0, 64);
  CHECK(target.desk().patients().get({"J-1"}).allergies == allergy);
}

TEST_CASE("a backup of an older schema gets what a new record has", "[CONF-3][STORE-2]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Lines lines(file);
  lines.lines[0].as_object()["schema_version"] = schema_version - 1;
  lines.drop_section("OutboxMessage");
  lines.drop_field("User", "failed_logins");
  lines.drop_field("Patient", "whatsapp");
  lines.drop_field("ExternalIdentifier", "version");
  lines.write(file);
  const Place target;
  const auto report = target.take_back(file, {.unsigned_backup = true});
  CHECK(report.schema_version == schema_version - 1);
  CHECK(target.database().number("SELECT COUNT(*) FROM outbox_messages") == 0);
  CHECK(target.database().number("SELECT COUNT(*) FROM users WHERE failed_logins <> 0") == 0);
  CHECK(target.database().number("SELECT MAX(version) FROM external_identifiers") == 1);
  CHECK(target.desk().patients().get({"J-1"}).allergies == allergy);
}

TEST_CASE("a restored database that fails a check is not to be used", "[CONF-3][MODEL-5][AUDIT-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Lines lines(file);
  std::string words;
  // Jane is the one patient with an account.
  const auto row_with_account = [&]() -> json::array& {
    const auto at = lines.field("Patient", "account_id");
    for (auto i = lines.section("Patient") + 1;; ++i)
      if (!lines.lines[i].at(at).is_null()) return lines.lines[i].as_array();
  };
  SECTION("an account that its patient does not name") {
    row_with_account()[lines.field("Patient", "account_id")] = nullptr;
    words = "is on another account";
  }
  SECTION("a patient on an account that is not there") {
    row_with_account()[lines.field("Patient", "account_id")] = "nobody";
    words = "is on another account";
  }
  SECTION("an active account of a patient that names none") {
    const auto at = lines.field("User", "role"), patient = lines.field("User", "patient_id");
    for (auto i = lines.section("User") + 1; lines.lines[i].is_array(); ++i)
      if (auto& row = lines.lines[i].as_array(); row[at] == json::value("patient")) row[patient] = nullptr;
    words = "is on the active account of a patient, and that has none";
  }
  SECTION("an account without its patient") {
    row_with_account()[lines.field("Patient", "id")] = "another";
    words = "a patient who is not there";
  }
  SECTION("an audit entry that was changed") {
    lines.value("AuditEntry", "actor_name") = "nobody";
    words = "the audit has 1 faults";
  }
  SECTION("something encrypted that was changed") {
    auto& sealed = row_with_account()[lines.field("Patient", "sealed_fields")].as_string();
    sealed[sealed.size() / 2] = sealed[sealed.size() / 2] == 'A' ? 'B' : 'A';
    words = "The encrypted fields of the patient";
  }
  lines.write(file);
  const Place target;
  const auto error = error_of([&] { target.take_back(file, {.unsigned_backup = true}); });
  CHECK(error.code() == ErrorCode::backup_invalid);
  INFO(error.detail());
  CHECK(error.detail().find(words) != std::string::npos);
  CHECK(error.detail().find("not to be used") != std::string::npos);
}

TEST_CASE("a restore whose audit ends before a seal that was anchored before the backup is refused",
          "[CONF-3][AUDIT-3]") {
  Place place;
  place.anchor_file = place.file("anchors");
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Lines lines(file);
  lines.drop_rows("AuditSeal");
  lines.drop_rows("AuditEntry");
  // As if an hour had gone by between the seal and the backup.
  std::istringstream anchored(contents(*place.anchor_file));
  std::string number, mac;
  anchored >> number >> mac;
  std::ofstream(*place.anchor_file, std::ios::trunc) << number << ' ' << mac << " 2020-01-01T00:00:00Z\n";
  lines.write(file);
  Place target;
  target.anchor_file = place.anchor_file;
  target.master_key = place.master_key;
  const auto error = error_of([&] { target.take_back(file, {.unsigned_backup = true}); });
  INFO(error.detail());
  CHECK(error.code() == ErrorCode::backup_invalid);
  CHECK(error.detail().find("the audit ends before seal 1") != std::string::npos);
}

TEST_CASE("a row that the database does not take ends a restore without a trace", "[CONF-3]") {
  const Place place;
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Lines lines(file);
  const auto begin = lines.section("Patient");
  lines.lines[begin + 2].as_array()[lines.field("Patient", "number")] = lines.value("Patient", "number");
  lines.write(file);
  const Place target;
  const auto error = error_of([&] { target.take_back(file, {.unsigned_backup = true}); });
  CHECK(error.code() == ErrorCode::backup_invalid);
  INFO(error.detail());
  CHECK(error.detail().find("Patient") != std::string::npos);
  CHECK_FALSE(target.has_rows());
  if (target.database().backend() == Backend::sqlite) CHECK_FALSE(fs::exists(target.database().file() + ".key"));
}

TEST_CASE("what cannot be backed up is refused", "[CONF-3]") {
  const Place place;
  const auto file = place.file("clinic.backup");
  SECTION("a file that is not there") {
    if (backend_under_test() != Backend::sqlite) return;
    CHECK(code_of([&] { place.back_up(file); }) == ErrorCode::configuration_invalid);
    CHECK_FALSE(fs::exists(place.database().file()));
  }
  SECTION("a database in memory") {
    const auto configuration = test_configuration("sqlite::memory:");
    CHECK(code_of([&] { backup(configuration, file); }) == ErrorCode::configuration_invalid);
    place.open();
    place.back_up(file);
    CHECK(code_of([&] { restore(configuration, file); }) == ErrorCode::configuration_invalid);
  }
  SECTION("another schema") {
    place.open();
    place.database().rows("DELETE FROM data_keys");
    CHECK(code_of([&] { place.back_up(file); }) == ErrorCode::key_missing);
  }
  SECTION("a configuration that is not valid") {
    auto configuration = place.configuration();
    configuration.profile = "";
    CHECK(code_of([&] { backup(configuration, file); }) == ErrorCode::configuration_invalid);
    CHECK(code_of([&] { restore(configuration, file); }) == ErrorCode::configuration_invalid);
  }
}

TEST_CASE("a backup that somebody changed is refused, whatever its sum says", "[CONF-3][AUDIT-3]") {
  const Place place(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup");
  CHECK(place.back_up(file).has_mac);
  {
    Lines(file).write(file);  // the same lines again
    const Place target(Backend::sqlite);
    CHECK(target.take_back(file).has_mac);
    CHECK(
        target.desk().audit().list({.action = "BACKUP_RESTORED"}).items.at(0).metadata.text.find("\"has_mac\":true") !=
        std::string::npos);
  }
  Lines lines(file);
  std::string words = "was changed";
  SECTION("histories left out") { lines.drop_rows("MedicalHistory"); }
  SECTION("the audit left out") {
    lines.drop_rows("AuditEntry");
    lines.drop_rows("AuditSeal");
  }
  SECTION("a superadmin planted") {
    const auto begin = lines.section("User");
    auto row = lines.lines[begin + 1].as_array();
    for (const auto* unique : {"id", "username", "username_key", "email", "email_key"})
      row[lines.field("User", unique)] = "mallory";
    for (const auto* empty : {"phone", "phone_key", "phone_login_key", "patient_id"})
      row[lines.field("User", empty)] = nullptr;
    row[lines.field("User", "role")] = "superadmin";
    lines.lines.insert(lines.lines.begin() + static_cast<std::ptrdiff_t>(begin) + 1, row);
    auto& count = lines.lines.back().at("rows").at("User");
    count = count.as_int64() + 1;
  }
  SECTION("its MAC taken out") {
    lines.lines.back().as_object().erase("mac");
    words = "--unsigned";
  }
  lines.write(file);
  const Place target(Backend::sqlite);
  const auto error = error_of([&] { target.take_back(file); });
  INFO(error.detail());
  CHECK(error.code() == ErrorCode::backup_invalid);
  CHECK(error.detail().find(words) != std::string::npos);
  CHECK_FALSE(fs::exists(target.database().file()));
  // Who knows where it was may take it; the audit says so.
  CHECK_FALSE(target.take_back(file, {.unsigned_backup = true}).has_mac);
  CHECK(target.desk().audit().list({.action = "BACKUP_RESTORED"}).items.at(0).metadata.text.find("\"has_mac\":false") !=
        std::string::npos);
}

TEST_CASE("no change of a backup's lines is taken, however small", "[CONF-3][AUDIT-3]") {
  const Place place(Backend::sqlite), target(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup"), changed = place.file("changed.backup");
  const auto sum = place.back_up(file).sha256;
  fs::copy_file(file + ".key", changed + ".key");
  const Lines whole(file);
  const unsigned seed = 2026;
  std::mt19937 random(seed);
  const auto below = [&](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  for (int round = 0; round < 500; ++round) {
    Lines lines = whole;
    const auto at = 1 + below(lines.lines.size() - 2);
    const auto section = [&] {  // of the line
      auto begin = at;
      while (lines.lines[begin].is_array())
        --begin;
      return std::string(lines.lines[begin].at("record").as_string());
    }();
    auto& count = lines.lines.back().at("rows").at(section);
    const auto kind = below(5);
    CAPTURE(seed, round, kind, at, json::serialize(lines.lines[at]));
    if (auto* row = lines.lines[at].if_array()) {
      auto& value = (*row)[below(row->size())];
      const auto position = lines.lines.begin() + static_cast<std::ptrdiff_t>(at);
      if (kind == 0) {
        value = value.is_int64() ? json::value(value.as_int64() + 1) : json::value("changed");
      } else if (kind == 1) {
        value = nullptr;
      } else if (kind == 2) {
        value = (*row)[below(row->size())];
      } else if (kind == 3) {
        count = count.as_int64() - 1;
        lines.lines.erase(position);
      } else {
        auto copy = *row;
        copy[lines.field(section, "id")] = "copy";
        count = count.as_int64() + 1;
        lines.lines.insert(position, copy);
      }
    } else if (kind < 2) {
      lines.lines[0].as_object()["created_at"] = "2020-01-01T00:00:00.000Z";
    } else {
      lines.drop_rows(section);
    }
    lines.write(changed);
    if (lines.lines.back().at("sha256").as_string() == sum) continue;  // it was so before
    const auto code = code_of([&] { target.take_back(changed); });
    CHECK((code == ErrorCode::backup_invalid || code == ErrorCode::key_wrong));
    CHECK_FALSE(fs::exists(target.database().file()));
  }
}

TEST_CASE("a backup of clinic 0.1 is taken when that is asked for, and its audit goes on", "[CONF-3][AUDIT-3]") {
  const Place place(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Lines lines(file);
  lines.lines.back().as_object().erase("mac");
  auto& sealed = lines.value("DataKey", "sealed_key");
  sealed = sealed_as_0_1_did(std::string(sealed.as_string()), contents(file + ".key").substr(0, 64));
  lines.write(file);
  const Place target(Backend::sqlite);
  CHECK(error_of([&] { target.take_back(file); }).detail().find("--unsigned") != std::string::npos);
  CHECK_FALSE(fs::exists(target.database().file()));
  CHECK(target.take_back(file, {.unsigned_backup = true}).seals_checked == 1);
  const auto desk = target.desk();
  CHECK(desk.audit().list({.action = "SIGNING_BEGAN"}).items.size() == 1);
  CHECK(desk.audit().verify().valid);
  CHECK(target.back_up(place.file("next.backup")).has_mac);
}

TEST_CASE("a backup that is made without its key has no MAC", "[CONF-3]") {
  const Place place(Backend::sqlite), target(Backend::sqlite);
  fill(place);
  const auto file = place.file("clinic.backup"), key = place.file("kept.key");
  fs::rename(place.database().file() + ".key", key);
  CHECK_FALSE(place.back_up(file, {.with_key = false}).has_mac);
  CHECK(code_of([&] { target.take_back(file, {.key_file = key}); }) == ErrorCode::backup_invalid);
  CHECK_FALSE(target.take_back(file, {.key_file = key, .unsigned_backup = true}).has_mac);
}

TEST_CASE("a backup of an audit that somebody made unsigned is not to be used", "[CONF-3][AUDIT-3]") {
  const Place place;
  fill(place);
  place.database().rows("UPDATE audit_entries SET mac = NULL, actor_name = 'innocent'");
  place.database().rows("DELETE FROM audit_seals");
  const auto file = place.file("clinic.backup");
  place.back_up(file);
  Place target;
  target.master_key = place.master_key;
  const auto error = error_of([&] { target.take_back(file); });
  CHECK(error.code() == ErrorCode::backup_invalid);
  CHECK(error.detail().find("has no MAC, though signing had begun") != std::string::npos);
}
