#include "sign_ups.hpp"

#include <algorithm>
#include <cctype>

namespace {

constexpr int every_patient = 8;            // of those with an email and no account
constexpr int every_forgotten_account = 5;  // of those with an account: they have forgotten it
constexpr int strangers = 12;

clinic::CreateUser request(const std::string& email, const std::string& first_name, const std::string& last_name) {
  clinic::CreateUser request;
  request.email = email;
  request.first_name = first_name;
  request.last_name = last_name;
  request.password = "correct horse battery staple";
  request.role = clinic::Role::patient;
  return request;
}

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::vector<clinic::CreateUser> requests(const DeskResult& desk) {
  std::vector<clinic::CreateUser> all;
  int without_account = 0;
  int with_account = 0;
  for (const auto& [person, patient, has_account] : desk.registered) {
    if (!patient.email) continue;
    const bool comes =
        has_account ? with_account++ % every_forgotten_account == 0 : without_account++ % every_patient == 0;
    if (comes) all.push_back(request(capitals(*patient.email), person.given_name, person.surname));
  }
  for (int i = 1; i <= strangers; ++i)
    all.push_back(request("guest" + std::to_string(i) + "@example.org", "Guest", std::to_string(i)));
  return all;
}

}  // namespace

SignUpResult sign_up(const clinic::Session& web, const DeskResult& desk) {
  SignUpResult result;
  for (const auto& wanted : requests(desk)) {
    try {
      auto created = web.users().create(wanted);
      const bool was_there = created.patient->kind == clinic::PatientKind::walk_in;
      ++(was_there ? result.linked : result.new_patients);
      result.pairs.push_back({created.user, *created.patient, was_there});
    } catch (const clinic::Error& error) {
      if (error.code() != clinic::ErrorCode::duplicate_email) throw;
      ++result.refused;
    }
  }
  return result;
}
