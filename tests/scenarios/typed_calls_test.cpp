/// \file
/// The typed face: services with structs, errors as exceptions.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

using namespace clinic;
using namespace clinic::test;

TEST_CASE("services answer with structs", "[PORTAL-1][SYNC-1][SYNC-6]") {
  TempClinic clinic({.policy = R"({"audit_reads":false})"});
  const auto desk = clinic.as(Role::receptionist);
  const auto made = desk.patients().register_patient({.first_name = "Jane",
                                                      .last_name = "Smith",
                                                      .birth_date = Date(std::chrono::year(1985) / 3 / 20),
                                                      .gender = Gender::female,
                                                      .create_portal_account = true,
                                                      .portal_email = "jane@example.org"});
  CHECK(made.success);
  CHECK(made.portal_created);
  REQUIRE(made.portal_credentials);
  CHECK(made.portal_credentials->temporary_password.value().size() == 12);
  CHECK(made.patient.gender == Gender::female);
  CHECK(made.patient.account_id == made.patient.id);

  const auto admin = clinic.as(Role::admin);
  const auto account = admin.sync().user_for_patient({made.patient.number}).user;
  REQUIRE(account);
  CHECK(account->id == made.patient.id);
  CHECK(admin.sync().has_user_account({made.patient.id}).found);

  const auto user = admin.users().create({.email = "bo@example.org", .first_name = "Bo", .last_name = "Li"});
  REQUIRE(user.patient);
  CHECK(user.patient->id == user.user.id);
  CHECK(admin.sync().patient_for_user({user.user.id}).patient.value().number == user.patient->number);
  CHECK(desk.patients().search({.q = "li"}).items.size() == 1);
  CHECK(desk.patients().list({}).items.size() == 2);
  CHECK(admin.audit().list({.patient = made.patient.number}).items.size() == 1);
  CHECK(desk.system().health().healthy);
  CHECK(desk.system().operations().operations.size() > 20);
}

TEST_CASE("notes are written, read and removed by typed calls", "[ACCESS-2]") {
  TempClinic clinic;
  const auto patient = clinic.as().patients().register_patient({.first_name = "A", .last_name = "B"}).patient;
  const auto notes = clinic.as(Role::nurse).patient_notes();
  const auto note = notes.create({.patient = patient.id, .text = "first"});
  CHECK(notes.update({.note = note.id, .version = note.version, .text = "second"}).text == "second");
  CHECK(notes.get({note.id}).text == "second");
  CHECK(notes.list({.patient = patient.number}).items.size() == 1);
  CHECK(notes.remove({note.id}).success);
  CHECK(notes.list({.patient = patient.number}).items.empty());
}

TEST_CASE("a repeated answer has all that the first had", "[HTTP-5]") {
  TempClinic clinic;
  const auto desk = clinic.as();
  const RegisterPatient request{.first_name = "Jane",
                                .last_name = "Smith",
                                .phone = "+201001234567",
                                .national_id = "29003150101234",
                                .allergies = "nuts",
                                .create_portal_account = true,
                                .portal_email = "jane@example.org"};
  const auto first = desk.patients().register_patient(request, {.idempotency_key = "one"});
  const auto again = desk.patients().register_patient(request, {.idempotency_key = "one"});
  const auto each_member = [](const auto& compare, auto... member) { (compare(member), ...); };
  const auto same = [&](auto member) { CHECK(first.patient.*member == again.patient.*member); };
  each_member(same, &PatientView::id, &PatientView::number, &PatientView::phone, &PatientView::national_id,
              &PatientView::allergies, &PatientView::account_id, &PatientView::created_at, &PatientView::version,
              &PatientView::portal_enabled);
  CHECK(first.portal_credentials->temporary_password == again.portal_credentials->temporary_password);
}

TEST_CASE("patches tell absent from null from a value", "[MODEL-10][MODEL-9]") {
  TempClinic clinic;
  const auto patients = clinic.as().patients();
  auto patient =
      patients
          .register_patient({.first_name = "A", .last_name = "B", .phone = "1", .address = "Here", .allergies = "nuts"})
          .patient;
  patient = patients.update({.patient = patient.id, .version = patient.version, .phone = "2", .address = std::nullopt});
  CHECK(patient.phone == "2");
  CHECK_FALSE(patient.address);
  CHECK(patient.allergies == "nuts");
  try {
    patients.update({.patient = patient.id, .version = patient.version - 1, .phone = "3"});
    FAIL("a stale version was taken");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::stale_record);
    CHECK_FALSE(error.retryable());
  }
  CHECK(patients.get({patient.id}).phone == "2");
}

TEST_CASE("typed calls are validated and refused as JSON calls are", "[PORTAL-3][ACCESS-1][HTTP-5]") {
  TempClinic clinic({.profile = "portal"});
  const auto error_of = [](const Session& session, const RegisterPatient& request, const CallOptions& options = {}) {
    try {
      session.patients().register_patient(request, options);
    } catch (const Error& error) {
      return error;
    }
    FAIL("not refused");
    throw std::logic_error("not reached");
  };
  const auto blank = error_of(clinic.as(), {.first_name = " ", .last_name = ""});
  REQUIRE(blank.fields().size() == 2);
  CHECK(blank.fields()[0].path == "first_name");
  CHECK(error_of(clinic.as(), {.first_name = "A", .last_name = "B", .create_portal_account = true}).detail() ==
        "Email is required when creating a patient portal account.");
  CHECK(error_of(clinic.as(Role::nurse), {.first_name = "A", .last_name = "B"}).code() == ErrorCode::forbidden);
  CHECK(error_of(clinic.clinic().act_as(Actor::anonymous()), {.first_name = "A", .last_name = "B"}).http_status() ==
        401);

  const CallOptions once{.idempotency_key = "once"};
  const RegisterPatient jane{
      .first_name = "Jane", .last_name = "Smith", .create_portal_account = true, .portal_email = "j@example.org"};
  const auto first = clinic.as().patients().register_patient(jane, once);
  const auto again = clinic.as().patients().register_patient(jane, once);
  CHECK(first.patient.id == again.patient.id);
  CHECK(first.portal_credentials->temporary_password == again.portal_credentials->temporary_password);
  CHECK(error_of(clinic.as(), jane).http_status() == 400);
  // The same call through JSON is the same request.
  const auto json = clinic.call("patients.register",
                                {{"first_name", "Jane"},
                                 {"last_name", "Smith"},
                                 {"create_portal_account", true},
                                 {"portal_email", "j@example.org"}},
                                once);
  CHECK(json.at("patient").at("id").as_string() == first.patient.id);
}

TEST_CASE("an unknown operation is refused with what was meant") {
  TempClinic clinic;
  const auto error = clinic.refusal("patients.registre", boost::json::object());
  CHECK(error.code() == ErrorCode::unknown_operation);
  CHECK(error.detail() == "Did you mean patients.register?");
  CHECK_THROWS_AS(clinic.as().call<PatientView>("patients.list", PatientKey{"x"}), Error);
  for (const auto* text : {"", "[]", "{", "null", "{} x", "{\"a\":\"\\ud800\"}"})
    CHECK_THROWS_WITH(clinic.as().call("patients.get", text), Catch::Matchers::Contains("malformed_json"));
}
