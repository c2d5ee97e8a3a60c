/// \file
/// Medical fields at rest (ACCESS-5): what lies in the database, what a search finds, and what a change of the key
/// does.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <functional>

using namespace clinic;
using namespace clinic::test;

namespace {

const auto old_key = test_key('a'), new_key = test_key('b');

class EncryptedClinic {
 public:
  void open(bool encrypted, const std::string& key, std::vector<std::string> previous = {}) {
    clinic_.reset();
    auto configuration =
        test_configuration(database_, "standard",
                           encrypted ? R"({"encrypt_medical_fields":true})" : R"({"encrypt_medical_fields":false})");
    configuration.master_key = key;
    configuration.previous_master_keys = std::move(previous);
    Environment environment;
    environment.log = [this](LogLevel, std::string_view line) { log.add(line); };
    clinic_.emplace(Clinic::open(configuration, environment));
  }
  void close() { clinic_.reset(); }
  Session desk() { return clinic_->act_as(Actor::system("desk")); }
  PatientView add(const std::string& number, const std::string& national_id) {
    auto desk = this->desk();
    return desk.patients()
        .register_patient({.first_name = "Amina",
                           .last_name = "Odhiambo",
                           .number = number,
                           .national_id = national_id,
                           .policy_number = "POLICY-" + number,
                           .allergies = "penicillin " + number,
                           .medical_history = "asthma " + number})
        .patient;
  }
  boost::json::object row(const std::string& number) {
    return database_
        .rows(
            "SELECT p.national_id, p.national_id_key, p.policy_number, p.allergies, p.sealed_fields, h.history, "
            "h.sealed_fields AS sealed_history FROM patients p, medical_histories h WHERE h.id = p.id AND p.number = "
            "'" +
            number + "'")
        .at(0)
        .as_object();
  }
  /// What was written is read again, whatever it looks like in the database.
  void check_read(const std::string& number, const std::string& national_id) {
    const auto patient = desk().patients().get({number});
    CHECK(patient.national_id == national_id);
    CHECK(patient.policy_number == "POLICY-" + number);
    CHECK(patient.allergies == "penicillin " + number);
    CHECK(desk().patients().medical_history({number}).history == "asthma " + number);
    const auto found = desk().patients().search({.q = national_id}).items;
    REQUIRE(found.size() == 1);
    CHECK(found[0].number == number);
    CHECK(found[0].allergies == "penicillin " + number);
  }
  void check_encrypted(const std::string& number) {
    const auto stored = row(number);
    for (const auto* field : {"national_id", "policy_number", "allergies"})
      CHECK(stored.at(field).is_null());
    CHECK(stored.at("history").as_string().empty());
    CHECK(stored.at("sealed_fields").is_string());
    CHECK(stored.at("sealed_history").is_string());
    CHECK(stored.at("national_id_key").as_string().size() == 64);
    CHECK(boost::json::serialize(stored).find("penicillin") == std::string::npos);
  }
  void check_clear(const std::string& number) {
    const auto stored = row(number);
    CHECK(stored.at("allergies") == boost::json::value("penicillin " + number));
    CHECK(stored.at("sealed_fields").is_null());
    CHECK(stored.at("sealed_history").is_null());
  }
  boost::json::array rows(const std::string& sql) { return database_.rows(sql); }
  std::string sealed(const std::string& number) { return std::string(row(number).at("sealed_fields").as_string()); }
  void set_sealed(const std::string& number, const std::string& sql) {
    rows("UPDATE patients SET sealed_fields = " + sql + " WHERE number = '" + number + "'");
  }
  /// What system.check finds: `fields_damaged patient <id>`.
  std::vector<std::string> problems() {
    const auto checked = desk().system().check();
    CHECK(checked.valid == checked.problems.empty());
    CHECK(checked.problem_count == static_cast<std::int64_t>(checked.problems.size()));
    std::vector<std::string> found;
    for (const auto& problem : checked.problems) {
      CHECK_FALSE(problem.message.empty());
      CHECK_FALSE(problem.remedy.empty());
      found.push_back(problem.code + " " + problem.record_type + " " + problem.record_id.value_or(""));
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  LogLines log;

 private:
  TestDatabase database_;
  std::optional<Clinic> clinic_;
};

Error refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("it was not refused");
  throw std::logic_error("not reached");
}

ErrorCode code_of(const std::function<void()>& call) { return refusal(call).code(); }

using Problems = std::vector<std::string>;

}  // namespace

TEST_CASE("medical fields are encrypted at rest and clear to those who may read them", "[ACCESS-5]") {
  EncryptedClinic place;
  place.open(true, old_key);
  place.add("E1", "AB-123 456");
  place.check_encrypted("E1");
  place.check_read("E1", "AB-123 456");

  SECTION("a national ID stays unique") {
    CHECK(code_of([&] { place.add("E2", "ab123456"); }) == ErrorCode::duplicate_national_id);
  }
  SECTION("an update of another field keeps them; their own is kept encrypted") {
    place.desk().patients().update({.patient = "E1", .address = "Kisumu"});
    place.desk().patients().verify({"E1"});
    place.check_encrypted("E1");
    place.check_read("E1", "AB-123 456");
    place.desk().patients().update({.patient = "E1", .allergies = std::string("none")});
    CHECK(place.desk().patients().get({"E1"}).allergies == std::string("none"));
    CHECK(place.row("E1").at("allergies").is_null());
  }
  SECTION("another key cannot read them") {
    CHECK(code_of([&] { place.open(true, new_key); }) == ErrorCode::key_wrong);
  }
}

TEST_CASE("a damaged record is named, others are served beside it, and nothing of it is lost", "[ACCESS-5]") {
  EncryptedClinic place;
  place.open(true, old_key);
  place.add("E1", "AB-123 456");
  const auto id = place.add("E2", "CD-1").id;
  const auto key_before = place.row("E2").at("national_id_key");
  // Another row's; no base64; too short; a letter less.
  const auto written = GENERATE(0, 1, 2, 3);
  const auto own = place.sealed("E2");
  const std::string texts[] = {place.sealed("E1"), "!!", "AAAA", own.substr(1)};
  place.set_sealed("E2", "'" + texts[written] + "'");

  auto patients = place.desk().patients();
  for (const auto& read : {std::function<void()>([&] { patients.get({"E2"}); }),
                           std::function<void()>([&] { patients.update({.patient = "E2", .address = "Kisumu"}); }),
                           std::function<void()>([&] { patients.update({.patient = "E2", .allergies = "none"}); })}) {
    place.log.clear();
    const auto error = refusal(read);
    CHECK(error.code() == ErrorCode::record_damaged);
    CHECK(error.detail().find(id) != std::string::npos);
    const auto lines = place.log.all();
    CHECK(std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.find(id) != line.npos; }));
  }
  const auto listed = patients.list({}).items;
  REQUIRE(listed.size() == 2);
  CHECK_FALSE(listed[0].medical_fields_damaged);
  CHECK(listed[0].allergies == "penicillin E1");
  CHECK(listed[1].medical_fields_damaged);
  CHECK(listed[1].number == "E2");
  CHECK_FALSE(listed[1].allergies);
  CHECK_FALSE(listed[1].national_id);
  CHECK(patients.search({.q = "Amina"}).items.size() == 2);
  place.check_read("E1", "AB-123 456");
  CHECK(patients.medical_history({"E2"}).history == "asthma E2");

  // Work that has nothing to do with medical fields goes on, and leaves what is stored of them.
  CHECK(patients.verify({"E2"}).medical_fields_damaged);
  patients.create_account({.patient = "E2", .email = "amina@example.org"});
  place.desk().users().update({.user = id, .first_name = std::string("Aminah")});
  CHECK(patients.list({}).items.at(1).first_name == "Aminah");
  CHECK(place.desk().system().reencrypt().records_left == 1);
  CHECK(place.sealed("E2") == texts[written]);
  CHECK(place.row("E2").at("national_id_key") == key_before);
  CHECK(code_of([&] { place.add("E3", "CD-1"); }) == ErrorCode::duplicate_national_id);
  CHECK(place.problems() == Problems{"fields_damaged patient " + id});

  place.set_sealed("E2", "'" + own + "'");
  place.check_read("E2", "CD-1");
  CHECK(place.problems().empty());
}

TEST_CASE("a damaged medical history is named, and not written over", "[ACCESS-5]") {
  EncryptedClinic place;
  place.open(true, old_key);
  const auto one = place.add("E1", "1").id, two = place.add("E2", "2").id;
  place.rows(
      "UPDATE medical_histories SET sealed_fields = (SELECT s FROM (SELECT sealed_fields AS s FROM "
      "medical_histories WHERE id = '" +
      one + "') AS other) WHERE id = '" + two + "'");
  auto patients = place.desk().patients();
  CHECK(refusal([&] { patients.medical_history({"E2"}); }).detail().find(two) != std::string::npos);
  CHECK(code_of([&] { patients.update_medical_history({.patient = "E2", .history = "none"}); }) ==
        ErrorCode::record_damaged);
  CHECK(patients.medical_history({"E1"}).history == "asthma E1");
  CHECK(place.problems() == Problems{"fields_damaged medical_history " + two});
}

TEST_CASE("fields that were taken out are found", "[ACCESS-5]") {
  EncryptedClinic place;
  place.open(true, old_key);
  const auto with_id = place.add("E1", "AB-1").id;
  auto patients = place.desk().patients();
  const auto without =
      patients.register_patient({.first_name = "No", .last_name = "Fields", .number = "E2"}).patient.id;
  CHECK(place.problems().empty());
  place.rows("UPDATE patients SET sealed_fields = NULL");
  place.rows("UPDATE medical_histories SET sealed_fields = NULL");
  CHECK(place.problems() == Problems{"fields_missing medical_history " + with_id,
                                     "fields_missing patient " + std::min(with_id, without),
                                     "fields_missing patient " + std::max(with_id, without)});
  // Rows of versions that wrote nothing for nothing are sealed; the one that is known to have lost something stays.
  CHECK(place.desk().system().reencrypt().records_left == 1);
  CHECK(place.problems() == Problems{"fields_missing patient " + with_id});
  // Nobody reads "no allergies" of it, and what is written of it later leaves the finding as it is.
  CHECK(code_of([&] { patients.get({"E1"}); }) == ErrorCode::record_damaged);
  patients.verify({"E1"});
  CHECK(place.problems() == Problems{"fields_missing patient " + with_id});
}

TEST_CASE("encryption is turned on and off, and the key changed, while the clinic works", "[ACCESS-5]") {
  EncryptedClinic place;
  place.open(false, old_key);
  place.add("C1", "ID-1");
  place.check_clear("C1");

  CHECK(place.problems().empty());
  place.open(true, old_key);
  CHECK(place.problems().size() == 2);  // in clear, the patient and the history
  place.check_read("C1", "ID-1");       // rows of before are read as they are
  place.add("C2", "ID-2");
  const auto stored_anew = place.desk().system().reencrypt();
  CHECK(stored_anew.patients_changed == 1);
  CHECK_FALSE(stored_anew.data_key_resealed);  // the master key is the same
  CHECK(place.desk().system().reencrypt().patients_changed == 0);
  CHECK(place.problems().empty());
  for (const auto* number : {"C1", "C2"})
    place.check_encrypted(number);
  place.check_read("C1", "ID-1");

  place.open(true, new_key, {old_key});
  place.check_read("C1", "ID-1");  // before anything was stored anew
  place.add("C3", "ID-3");
  // What is sealed is so with the database's own key: only that is sealed anew.
  const auto resealed = place.desk().system().reencrypt();
  CHECK(resealed.patients_changed == 0);
  CHECK(resealed.data_key_resealed);
  CHECK_FALSE(place.desk().system().reencrypt().data_key_resealed);

  place.open(true, new_key);  // the old key is not needed any more
  place.check_read("C1", "ID-1");
  place.check_read("C2", "ID-2");
  place.check_read("C3", "ID-3");
  CHECK(code_of([&] { place.add("C4", "ID-1"); }) == ErrorCode::duplicate_national_id);

  place.open(false, new_key);
  CHECK(place.desk().system().reencrypt().patients_changed == 3);
  for (const auto* number : {"C1", "C2", "C3"})
    place.check_clear(number);
  place.check_read("C2", "ID-2");
}

TEST_CASE("a data key that is sealed with the present master key is left as it is", "[ACCESS-5]") {
  TempClinic clinic;
  const auto sealed = [&] { return clinic.rows("SELECT sealed_key FROM data_keys").at(0).at("sealed_key"); };
  const auto before = sealed();
  clinic.call("system.reencrypt");
  CHECK(sealed() == before);
}
