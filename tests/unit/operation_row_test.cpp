/// \file
/// What a row of the operation table has to say, and for what it is refused when the table is made.

#include "domains/people/subjects.hpp"
#include "engine/make_operation.hpp"
#include "support/catch.hpp"

#include <clinic/services/sync_service.hpp>

#include <functional>
#include <stdexcept>

using namespace clinic;

namespace {

Found find(Call&, const PatientKey&) { return {}; }
Found find_at_once(Call&, Transaction&, const PatientKey&) { return {}; }

/// A row about one patient, that a nurse may call for any, with what the test changes of it.
template <auto handler = find>
Operation made(const std::function<void(Row&)>& change) {
  Row row{
      .name = "patients.find",
      .help = "Whether there is such a patient",
      .effect = Effect::reads,
      .roles = {Role::nurse},
      .http = {"GET", "/patients/{patient}/found"},
      .audit = "PATIENT_FOUND",
      .resource = "patient",
      .subject = no_record,
  };
  change(row);
  return operation<handler>(std::move(row));
}

}  // namespace

TEST_CASE("a row in which a role is scoped must say how its records are told", "[ACCESS-1][ACCESS-2][core]") {
  CHECK_NOTHROW(made([](Row&) {}));
  for (const auto& scoped : {RoleSet{Role::nurse}.with_own(Role::patient), RoleSet{}.with_linked(Role::patient),
                             RoleSet::everyone_for_oneself()}) {
    CHECK_THROWS_AS(made([&](Row& row) { row.roles = scoped; }), std::logic_error);
    for (const auto& subject : {patient_named_by<&PatientKey::patient>, narrowed_by_handler})
      CHECK_NOTHROW(made([&](Row& row) {
        row.roles = scoped;
        row.subject = subject;
      }));
  }
}

TEST_CASE("a row about the caller reaches nobody else, and a write narrows nothing", "[ACCESS-2][core]") {
  const auto with = [](const Subject& subject, const RoleSet& roles, Effect effect) {
    return [=] {
      made([&](Row& row) {
        row.subject = subject;
        row.roles = roles;
        row.effect = effect;
      });
    };
  };
  CHECK_NOTHROW(with(the_caller, RoleSet::everyone_for_oneself(), Effect::writes)());
  CHECK_THROWS_AS(with(the_caller, RoleSet{}.with_linked(Role::patient), Effect::reads)(), std::logic_error);
  CHECK_NOTHROW(with(narrowed_by_handler, RoleSet{Role::nurse}, Effect::writes)());
  CHECK_THROWS_AS(with(narrowed_by_handler, RoleSet{}.with_own(Role::patient), Effect::writes)(), std::logic_error);
}

TEST_CASE("a row's subject and fault are fields of its own request and answer", "[ACCESS-1][core]") {
  CHECK_THROWS_AS(made([](Row& row) { row.subject = user_named_by<&UserKey::user>; }), std::logic_error);
  CHECK_THROWS_AS(made([](Row& row) { row.fault = told_by<&SyncReport::conflict_count>; }), std::logic_error);
  CHECK(made([](Row& row) { row.fault = told_by<&Found::found>; }).fault_field == "found");
  CHECK(made([](Row&) {}).fault_field.empty());
}

TEST_CASE("a handler that is given a transaction to read in belongs to a row that reads", "[STORE-3][core]") {
  CHECK_FALSE(made([](Row&) {}).reads_one_state);
  CHECK(made<find_at_once>([](Row&) {}).reads_one_state);
  CHECK_THROWS_AS(made<find_at_once>([](Row& row) { row.effect = Effect::writes; }), std::logic_error);
}

TEST_CASE("a row leaves nothing out", "[ACCESS-1][core]") {
  for (auto text : {&Row::name, &Row::help, &Row::audit, &Row::resource})
    CHECK_THROWS_AS(made([&](Row& row) { row.*text = {}; }), std::logic_error);
  CHECK_THROWS_AS(made([](Row& row) { row.http = {"GET", {}}; }), std::logic_error);
}

TEST_CASE("a row that is challenged lists the error of a challenge", "[AUTH-9][core]") {
  CHECK(made([](Row& row) { row.challenged = true; }).lists(ErrorCode::challenge_failed));
  CHECK_FALSE(made([](Row&) {}).lists(ErrorCode::challenge_failed));
  CHECK(made([](Row&) {}).lists(ErrorCode::validation_failed));
}
