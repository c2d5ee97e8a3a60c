#include "desk.hpp"

#include <algorithm>

namespace {

constexpr int every_email = 2;     // every second person leaves an email address
constexpr int every_account = 20;  // every twentieth wants a portal account at once

clinic::RegisterPatient request(const Person& person) {
  clinic::RegisterPatient request;
  request.first_name = person.given_name;
  request.last_name = person.surname;
  request.birth_date = person.birth_date;
  request.national_id = person.national_id;
  request.address = person.address;
  if (person.row % every_email == 0) request.email = invented_email(person);
  request.create_portal_account = person.row % every_account == 0;
  return request;
}

bool lacks_name(const clinic::Error& error) {
  return error.code() == clinic::ErrorCode::validation_failed &&
         std::any_of(error.fields().begin(), error.fields().end(),
                     [](const auto& field) { return field.path == "first_name" || field.path == "last_name"; });
}

}  // namespace

DeskResult register_people(const clinic::Session& desk, const std::vector<Person>& people,
                           const std::function<void(int row)>& progress) {
  DeskResult result;
  for (const auto& person : people) {
    progress(person.row);
    const auto wanted = request(person);
    const auto start = std::chrono::steady_clock::now();
    try {
      auto answer = desk.patients().register_patient(wanted);
      auto& effort = answer.portal_created ? result.with_account : result.plain;
      ++effort.calls;
      effort.time += std::chrono::steady_clock::now() - start;
      result.registered.push_back({person, answer.patient, answer.portal_created});
    } catch (const clinic::Error& error) {
      if (error.http_status() >= 500) throw;  // not the person's fault: the demo cannot go on
      ++result.refused[std::string(clinic::info(error.code()).word)];
      if (lacks_name(error)) ++result.without_name;
    }
  }
  return result;
}
