#include "store/field_protection.hpp"

#include "base/ids.hpp"
#include "support/catch.hpp"

#include <clinic/error.hpp>

using namespace clinic;

TEST_CASE("what was sealed with an earlier key is read, and is not up to date", "[ACCESS-5]") {
  const MasterKey earlier{1}, present{2};
  const Sealer before({earlier}, random_bytes), now({present, earlier}, random_bytes);
  const FieldProtection sealing(before, true), protection(now, true), in_clear(now, false);
  const auto check = [&](auto record, auto field, const auto& text) {
    record.id = "a";
    record.*field = text;
    CHECK(in_clear.up_to_date(record));
    CHECK_FALSE(protection.up_to_date(record));
    sealing.seal(record);
    CHECK_FALSE(protection.up_to_date(record));
    CHECK_FALSE(in_clear.up_to_date(record));
    protection.unseal(record);
    CHECK(record.*field == text);
    protection.seal(record);
    CHECK(protection.up_to_date(record));
  };
  for (auto field : {&Patient::national_id, &Patient::policy_number, &Patient::allergies})
    check(Patient{}, field, std::optional<std::string>("a text"));
  check(MedicalHistory{}, &MedicalHistory::history, std::string("a text"));
}

TEST_CASE("what earlier versions encrypted is read", "[ACCESS-5]") {
  // Kept as they were written: another name of a record or of a medical field would make every row unreadable.
  const Sealer sealer({MasterKey{1}}, random_bytes);
  const FieldProtection protection(sealer, true);
  Patient patient;
  patient.id = "p";
  patient.sealed_fields =
      "Av7g9PlZPMJEP7OzvB2hS0jFQJAB4EKcmsrxzxbXLg1lgSbdN9zt4sN+zUALuYQFIpKbRWXGBv925Skr7UDaGI+"
      "dptGbQpK1XVBBJKCxocA4FTdLqV2rDQ==";
  protection.unseal(patient);
  CHECK(patient.national_id == "n");
  CHECK(patient.policy_number == "p");
  CHECK(patient.allergies == "a");
  MedicalHistory history;
  history.id = "p";
  history.sealed_fields = "Av7g9Pm1WULakTM1iki5rdaLtMXfo55t6uBVZ35gSAddZg==";
  protection.unseal(history);
  CHECK(history.history == "h");
  PatientNote note;
  note.id = "n";
  note.patient_id = "p";
  note.sealed_fields = "Av7g9Pl63KkCR52HXidZD9SclCIcE0fuWaqXOBqV3KtKszfW65B74L2ZEFXk";
  protection.unseal(note);
  CHECK(note.text == "t");
  note.patient_id = "another";
  note.sealed_fields = "Av7g9Pl63KkCR52HXidZD9SclCIcE0fuWaqXOBqV3KtKszfW65B74L2ZEFXk";
  note.text.clear();
  protection.unseal(note);
  CHECK(note.sealed_fields);
}

TEST_CASE("a damaged record is left as it is, and takes no new medical fields", "[ACCESS-5]") {
  const Sealer sealer({MasterKey{1}}, random_bytes);
  const auto check = [&](auto record, auto field, const auto& text) {
    for (const bool active : {true, false}) {
      const FieldProtection protection(sealer, active);
      record.id = "a";
      record.sealed_fields = "another row's";
      protection.unseal(record);
      protection.seal(record);
      CHECK(record.sealed_fields == "another row's");
      CHECK_THROWS_AS(require_readable(record), Error);
      auto changed = record;
      changed.*field = text;
      CHECK_THROWS_AS(protection.seal(changed), Error);
    }
  };
  for (auto field : {&Patient::national_id, &Patient::policy_number, &Patient::allergies})
    check(Patient{}, field, std::optional<std::string>("a text"));
  check(MedicalHistory{}, &MedicalHistory::history, std::string("a text"));
}
