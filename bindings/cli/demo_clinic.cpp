#include "demo_clinic.hpp"

#include <clinic/services/patient_note_service.hpp>
#include <clinic/services/patient_service.hpp>
#include <clinic/services/phone_line_service.hpp>
#include <clinic/services/user_service.hpp>

#include <stdlib.h>

#include <array>
#include <chrono>
#include <system_error>

namespace clinic::cli {
namespace {

/// Names that are common where the documents come from. The people are invented.
struct Person {
  const char* first_name;
  const char* last_name;
  Gender gender;
  Date birth_date;
  const char* allergies = nullptr;
};

constexpr Date day(int year, unsigned month, unsigned day_of_month) {
  return Date(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day_of_month));
}

const std::array people{
    Person{"Jane", "Smith", Gender::female, day(1985, 3, 20), "Penicillin"},
    Person{"Omar", "Khalil", Gender::male, day(1979, 11, 2)},
    Person{"Wanjiru", "Kamau", Gender::female, day(1992, 7, 14)},
    Person{"Budi", "Santoso", Gender::male, day(1968, 1, 30), "Aspirin"},
    Person{"Asha", "Rao", Gender::female, day(2001, 5, 9)},
    Person{"Mona", "Fahmy", Gender::female, day(1990, 12, 24)},
    Person{"Samuel", "Otieno", Gender::male, day(1955, 8, 17)},
    Person{"Siti", "Nurhaliza", Gender::female, day(1983, 4, 4)},
    Person{"Ravi", "Iyer", Gender::male, day(1996, 10, 11), "Latex"},
    Person{"Nour", "Haddad", Gender::female, day(2010, 2, 28)},
    Person{"Peter", "Mwangi", Gender::male, day(1973, 6, 6)},
    Person{"Dewi", "Lestari", Gender::female, day(1988, 9, 19)},
};

/// 555-01xx are telephone numbers of nobody.
std::string phone(std::size_t person) {
  constexpr std::size_t first = 100;
  return "+1 202 555 0" + std::to_string(first + person);
}

}  // namespace

DemoClinic::DemoClinic() {
  auto name = (std::filesystem::temp_directory_path() / "clinic-demo-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), name);
  folder_ = name;
}

DemoClinic::~DemoClinic() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void DemoClinic::configure(Configuration& configuration) const {
  configuration.storage = "sqlite:" + (folder_ / "clinic.db").string();
  configuration.policy = Json{R"({"self_registration":true,"password_hash_cost":10,"clinic_name":"Demo Clinic"})"};
}

const std::vector<DemoClinic::Login>& DemoClinic::logins() {
  static const std::vector<Login> all{{"admin@demo.example", "administrator"},
                                      {"desk@demo.example", "receptionist"},
                                      {"doctor@demo.example", "doctor"},
                                      {"jane.smith@demo.example", "patient"}};
  return all;
}

void DemoClinic::fill(const Clinic& clinic) {
  const auto demo = clinic.act_as(Actor::system("demo"));
  const std::array roles{Role::admin, Role::receptionist, Role::doctor};
  for (std::size_t i = 0; i < roles.size(); ++i)
    demo.users().create({.email = logins()[i].name, .password = password, .role = roles[i]});
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& person = people[i];
    RegisterPatient request;
    request.first_name = person.first_name;
    request.last_name = person.last_name;
    request.gender = person.gender;
    request.birth_date = person.birth_date;
    request.phone = phone(i);
    if (person.allergies) request.allergies = person.allergies;
    if (i == 0) {
      request.create_portal_account = true;
      request.email = logins().back().name;
      request.password = password;
      request.medical_history = "Asthma since childhood.";
    }
    const auto made = demo.patients().register_patient(request);
    if (i == 0) demo.patient_notes().create({.patient = made.patient.id, .text = "Called back about the inhaler."});
  }
  using namespace std::chrono;
  const auto tomorrow = time_point_cast<milliseconds>(floor<days>(system_clock::now())) + hours(24 + 9);
  for (std::size_t i = 0; i < 4; ++i)
    demo.phone_line().book({.phone = phone(i), .starts_at = tomorrow + minutes(30 * i), .doctor = "Dr. Amina Yusuf"});
}

}  // namespace clinic::cli
