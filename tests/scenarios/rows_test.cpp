/// \file
/// What a row of the operation table says holds: whom its scopes let see what (ACCESS-2), and which errors it lists.
/// Most rows here are the test's own.

#include "domains/people/subjects.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"
#include "engine/opening.hpp"
#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/services/sync_service.hpp>

using namespace clinic;
using namespace clinic::test;

namespace {

/// Names an external identifier by its id, as an operation on one note names the note.
struct IdentifierKey {
  std::string id{};
};
BOOST_DESCRIBE_STRUCT(IdentifierKey, (), (id))

Found look(Call&, const IdentifierKey&) { return {true}; }
Found list(Call&, const Nothing&) { return {true}; }
Found list_mine(Call& call, const Nothing&) {
  return call.read([&](Transaction& transaction) {
    return Found{Repository<Patient>(transaction).first(visible(call, {})).has_value()};
  });
}
Found refuse_unlisted(Call&, const Nothing&) { throw Error(ErrorCode::stale_record); }

Row row_of(std::string_view name, Subject subject) {
  return {
      .name = name,
      .help = "Tries what a subject does",
      .effect = Effect::reads,
      .roles = RoleSet{Role::nurse}.with_linked(Role::patient),
      .http = {"GET", "/try"},
      .audit = "TRIED",
      .resource = "identifier",
      .subject = subject,
      .errors = {ErrorCode::not_found},
  };
}

/// An engine on a clinic's database that runs rows which are in no table.
class Place {
 public:
  TempClinic& clinic() { return clinic_; }
  LogLines& log() { return log_; }

  template <class Request>
  Found run(const Actor& actor, const Operation& row, const Request& request) {
    Found found;
    engine_.run(actor, row, &request, &found, {});
    return found;
  }
  template <class Request>
  Error refusal(const Actor& actor, const Operation& row, const Request& request) {
    try {
      run(actor, row, request);
    } catch (const Error& error) {
      return error;
    }
    throw std::runtime_error("not refused");
  }
  std::string account(const std::string& email) {
    return clinic_.as()
        .patients()
        .register_patient({.first_name = "Jane", .last_name = "Doe", .email = email, .create_portal_account = true})
        .patient.id;
  }

 private:
  static Environment logging_to(LogLines& lines) {
    Environment environment;
    environment.log = [&lines](LogLevel, std::string_view line) { lines.add(line); };
    return environment;
  }

  TempClinic clinic_;
  LogLines log_;
  Engine engine_{checked(test_configuration(clinic_.database())), logging_to(log_)};
};

}  // namespace

TEST_CASE("a record that names a patient is there for those alone who may see the patient", "[ACCESS-2]") {
  Place place;
  const auto jane = place.account("jane@example.org"), john = place.account("john@example.org");
  place.clinic().as().patients().add_identifier({.patient = jane, .system = "mrn", .value = "1"});
  const auto id = std::string(place.clinic().rows("SELECT id FROM external_identifiers")[0].at("id").as_string());
  const auto row =
      operation<look>(row_of("identifiers.get", record_named_by<&IdentifierKey::id, &ExternalIdentifier::patient_id>));

  CHECK(place.run(Actor::user(jane, Role::patient), row, IdentifierKey{id}).found);
  CHECK(place.run(Actor::user("nina", Role::nurse), row, IdentifierKey{id}).found);
  const auto hidden = place.refusal(Actor::user(john, Role::patient), row, IdentifierKey{id});
  CHECK(hidden.code() == ErrorCode::not_found);
  REQUIRE(hidden.fields().size() == 1);
  CHECK(hidden.fields()[0].path == "id");
  const auto missing = place.refusal(Actor::user(john, Role::patient), row, IdentifierKey{"nothing"});
  CHECK(hidden.to_json() == missing.to_json());
}

TEST_CASE("a handler that is to narrow what it reads, and does not, gives nothing to whom that matters", "[ACCESS-2]") {
  Place place;
  const auto patient = Actor::user(place.account("jane@example.org"), Role::patient);
  const auto forgetful = operation<list>(row_of("identifiers.list", narrowed_by_handler));
  CHECK(place.run(Actor::user("nina", Role::nurse), forgetful, Nothing{}).found);
  CHECK(place.refusal(patient, forgetful, Nothing{}).code() == ErrorCode::internal);
  const auto careful = operation<list_mine>(row_of("identifiers.list", narrowed_by_handler));
  CHECK(place.run(patient, careful, Nothing{}).found);
}

TEST_CASE("an error that the row does not list is logged", "[HTTP-2]") {
  Place place;
  const auto row = operation<refuse_unlisted>(row_of("identifiers.list", narrowed_by_handler));
  (void)place.refusal(Actor::user("nina", Role::nurse), row, Nothing{});
  const auto lines = place.log().all();
  CHECK(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("identifiers.list: its row does not list stale_record") != line.npos;
  }));
}

TEST_CASE("an invitation is refused where the patient's number is somebody's username", "[AUTH-1]") {
  TempClinic clinic({.policy = R"({"match_keys":["email"]})"});
  const auto phone = std::string("+12025550143");
  clinic.as().users().create({.username = "abc", .email = "a@example.org", .role = Role::nurse});
  clinic.as().users().create({.phone = phone, .role = Role::nurse});
  const auto patient = clinic.as().patients().register_patient(
      {.first_name = "Jane", .last_name = "Doe", .number = "ABC", .phone = phone});
  CHECK(clinic.refusal("patients.invite", {{"patient", patient.patient.id}}).code() == ErrorCode::duplicate_username);
}
