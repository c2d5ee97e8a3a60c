/// \file
/// A clinic's phone line, played on a terminal: what is printed is the voice, and each line that is typed is a key that
/// the caller presses, or a name that the caller says.
///
///     phone_line sqlite:clinic.db +919999999999

#include "menu.hpp"

#include <iostream>
#include <random>

namespace {

/// A telephone exchange has a name of its own for each call.
std::string new_call_id() {
  std::random_device random;
  return "call-" + std::to_string(random()) + "-" + std::to_string(random());
}

}  // namespace

int main(int count, char** words) try {
  if (count < 3 || count > 4) {
    std::cerr << "usage: phone_line STORAGE CALLER [CALL_ID]\n";
    return 2;
  }
  clinic::Configuration configuration;
  configuration.storage = words[1];
  configuration.profile = "phone-sync";
  const auto clinic = clinic::Clinic::open(configuration);
  // A receptionist may book. The audit names the line.
  const auto line = clinic.act_as(clinic::Actor::system("phone-line", clinic::Role::receptionist));
  Call call(count == 4 ? words[3] : new_call_id(), words[2]);
  answer(line, call);
  return 0;
} catch (const CallEnded&) {
  return 0;
} catch (const clinic::Error& error) {
  std::cerr << "phone_line: " << error.what() << '\n';
  return 1;
}
