// The C++ example of the README.
#include <clinic/clinic.hpp>

#include <iostream>

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: " << arguments[0] << " sqlite:clinic.db\n";
    return 2;
  }
  try {
    auto clinic = clinic::Clinic::open({.storage = arguments[1]});  // "sqlite:clinic.db"
    auto desk = clinic.act_as(clinic::Actor::system("front-desk"));

    auto jane = desk.patients().register_patient(
        {.first_name = "Jane", .last_name = "Smith", .email = "jane@example.com", .create_portal_account = true});
    std::cout << jane.message << ": " << jane.patient.number << '\n';
    std::cout << "first password: " << *jane.portal_credentials->temporary_password << '\n';

    auto account = desk.sync().user_for_patient({.patient = jane.patient.number}).user;
    std::cout << "one person, one id: " << (account->id == jane.patient.id) << '\n';
  } catch (const clinic::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
