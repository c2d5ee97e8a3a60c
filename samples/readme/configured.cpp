// A host that is configured from outside, for docs/embedding.md.
#include <clinic/clinic.hpp>

#include <iostream>

int main() {
  try {
    auto configuration = clinic::Configuration::load("");  // a file's name, or none; then CLINIC_STORAGE and the others
    configuration.log_level = clinic::LogLevel::info;      // what the code says comes last, and wins
    auto clinic = clinic::Clinic::open(configuration);
    std::cout << clinic.act_as(clinic::Actor::system("host")).call("system.health", "{}") << '\n';
  } catch (const clinic::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
