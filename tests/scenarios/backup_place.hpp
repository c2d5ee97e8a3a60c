#pragma once

/// \file
/// A clinic that is backed up or restored into, and its backup's lines.

#include "records/record_model.hpp"
#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/backup.hpp>

#include <Poco/DeflatingStream.h>
#include <Poco/DigestEngine.h>
#include <Poco/InflatingStream.h>
#include <Poco/SHA2Engine.h>
#include <Poco/StreamCopier.h>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

namespace clinic::test {

namespace json = boost::json;
namespace fs = std::filesystem;

inline const std::string passphrase = "a long enough passphrase", national_id = "ID-4711-0815",
                         allergy = "penicillin-canary";

/// What a backup leaves out, so that nothing comes back to life.
inline const std::vector<std::string> left_out = {"LoginSession", "SingleUseToken", "ContactVerification",
                                                  "AttemptCounter"};

/// The rows of all tables that a backup holds, as they lie there; without what restores say of themselves, and without
/// the positions of events, which are given anew.
inline json::object rows_of(const TestDatabase& database) {
  json::object rows;
  for (const auto* type : std::span(record_model().records, record_model().record_count))
    if (std::find(left_out.begin(), left_out.end(), type->name) == left_out.end())
      rows[type->name] =
          database.rows(std::string("SELECT * FROM ") + type->table +
                        (type->name == std::string("AuditEntry")    ? " WHERE action <> 'BACKUP_RESTORED'"
                         : type->name == std::string("NumberBlock") ? " WHERE id NOT LIKE 'clinic.events%'"
                                                                    : "") +
                        " ORDER BY id");
  for (auto& event : rows["Event"].as_array())
    event.as_object().erase("position");
  return rows;
}

inline void check_same_rows(const TestDatabase& restored, const json::object& wanted) {
  const auto found = rows_of(restored);
  for (const auto& [name, rows] : wanted) {
    INFO(name);
    CHECK(json::serialize(found.at(name)) == json::serialize(rows));
  }
}

/// A database with its files, and a clinic opened on it when it is asked for.
class Place {
 public:
  explicit Place(Backend backend = backend_under_test()) : database_(backend) {}

  Configuration configuration() const {
    auto made = test_configuration(database_, "standard", R"({"encrypt_medical_fields":true,"audit_seal_seconds":0})");
    if (master_key) made.master_key = master_key;
    made.audit_anchor_file = anchor_file;
    return made;
  }
  Environment environment() const {
    Environment environment;
    environment.log = [](LogLevel, std::string_view) {};
    return environment;
  }
  Clinic open() const { return Clinic::open(configuration(), environment()); }
  Session desk() const { return open().act_as(Actor::system("desk")); }
  BackupReport back_up(const std::string& file, const BackupOptions& options = {}) const {
    return backup(configuration(), file, options, environment());
  }
  RestoreReport take_back(const std::string& file, const RestoreOptions& options = {}) const {
    return restore(configuration(), file, options, environment());
  }
  const TestDatabase& database() const { return database_; }
  std::string file(const std::string& name) const { return database_.folder().file(name); }
  bool has_rows() const {
    for (const auto* type : std::span(record_model().records, record_model().record_count))
      if (database_.number(std::string("SELECT COUNT(*) FROM ") + type->table) > 0) return true;
    return false;
  }

  std::optional<std::string> master_key{}, anchor_file{};

 private:
  TestDatabase database_;
};

inline RegisterPatient jane() {
  return {.first_name = "Jane",
          .last_name = "Smith",
          .number = "J-1",
          .phone = "+254712345678",
          .email = "jane@example.org",
          .national_id = national_id,
          .policy_number = "POLICY-9",
          .allergies = allergy,
          .medical_history = "asthma",
          .identifiers = {{"urn:mrn", "42"}},
          .create_portal_account = true,
          .password = passphrase};
}

/// People, their accounts, and something of every other kind.
inline void fill(const Place& place) {
  const auto clinic = place.open();
  const auto desk = clinic.act_as(Actor::system("desk"));
  desk.patients().register_patient(jane(), {.idempotency_key = "once"});
  for (int i = 0; i < 30; ++i)
    desk.patients().register_patient({.first_name = "Zoë " + std::to_string(i),
                                      .last_name = "O'Neill \"🩺\" \\ 中",
                                      .national_id = "N-" + std::to_string(i),
                                      .allergies = "pollen\n\t" + std::to_string(i)});
  for (int i = 0; i < 4; ++i)  // versions and lock counts that are not those of a new row
    desk.patients().update({.patient = "J-1", .address = "Kisumu " + std::to_string(i)});
  const auto nurse =
      json::parse(desk.call("users.create", R"({"username":"nurse","role":"nurse","email":"nurse@example.org"})"));
  desk.call("users.invite", json::serialize(json::object{{"user", nurse.at("user").at("id")}}));
  desk.patient_notes().create({.patient = "J-1", .text = "a note"});
  desk.phone_line().book({.phone = "+254712345679",
                          .starts_at = Timestamp(std::chrono::sys_days(
                              Date(std::chrono::year(2999), std::chrono::month(1), std::chrono::day(5)))),
                          .doctor = "Dr. Wanjiru",
                          .comment = "a cough"});
  clinic.act_as(Actor::anonymous()).auth().start_registration({.email = "new@example.org"});
  desk.notifications().set_preferences({.patient = "J-1", .sms = false});
  place.database().rows(
      "INSERT INTO delivery_receipts (id, channel, gateway_id, delivery_state, one_part, created_at, version) VALUES "
      "('receipt', 'sms', 'g-1', 'delivered', 0, 0, 1)");
  desk.call("audit.seal", "{}");
  desk.patients().update({.patient = "J-1", .address = "behind the seal"});
}

inline ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("it was not refused");
  return ErrorCode::internal;
}

inline Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("it was not refused");
  throw std::logic_error("not reached");
}

inline unsigned mode_of(const std::string& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 0777u;
}

inline std::string unpacked(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  Poco::InflatingInputStream stream(in, Poco::InflatingStreamBuf::STREAM_GZIP);
  std::string text;
  Poco::StreamCopier::copyToString(stream, text);
  return text;
}

inline void pack(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  Poco::DeflatingOutputStream stream(out, Poco::DeflatingStreamBuf::STREAM_GZIP);
  stream << text;
  stream.close();
}

/// The lines of a backup, to be changed and written again, with a right sum.
struct Lines {
  explicit Lines(const std::string& file) {
    std::istringstream text(unpacked(file));
    for (std::string line; std::getline(text, line);)
      lines.push_back(json::parse(line));
  }
  void write(const std::string& file, bool with_right_sum = true) {
    std::string text;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
      text += json::serialize(lines[i]) + '\n';
    Poco::SHA2Engine engine;
    engine.update(text);
    if (with_right_sum) lines.back().as_object()["sha256"] = Poco::DigestEngine::digestToHex(engine.digest());
    pack(file, text + json::serialize(lines.back()) + '\n');
  }
  std::size_t section(const std::string& record) const {
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (const auto* object = lines[i].if_object(); object && object->contains("record"))
        if (object->at("record") == json::value(record)) return i;
    FAIL("no " << record);
    return 0;
  }
  std::size_t field(const std::string& record, const std::string& name) const {
    const auto& fields = lines[section(record)].at("fields").as_array();
    return static_cast<std::size_t>(std::find(fields.begin(), fields.end(), json::value(name)) - fields.begin());
  }
  /// A value of the first row of a type.
  json::value& value(const std::string& record, const std::string& name) {
    return lines[section(record) + 1].as_array()[field(record, name)];
  }
  void drop_field(const std::string& record, const std::string& name) {
    const auto at = field(record, name), begin = section(record);
    auto& fields = lines[begin].as_object()["fields"].as_array();
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(at));
    for (auto i = begin + 1; lines[i].is_array(); ++i)
      lines[i].as_array().erase(lines[i].as_array().begin() + static_cast<std::ptrdiff_t>(at));
  }
  void drop_rows(const std::string& record) {
    const auto begin = section(record) + 1;
    auto end = begin;
    while (lines[end].is_array())
      ++end;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.begin() + static_cast<std::ptrdiff_t>(end));
    lines.back().as_object()["rows"].as_object()[record] = 0;
  }
  void drop_section(const std::string& record) {
    drop_rows(record);
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(section(record)));
    lines.back().as_object()["rows"].as_object().erase(record);
  }

  std::vector<json::value> lines;
};

}  // namespace clinic::test
