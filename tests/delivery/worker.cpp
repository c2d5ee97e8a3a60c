/// \file
/// One of several processes on one database, which tests kill.
///
///     clinic_delivery_worker dispatch|change|follow    takes a job, a line of JSON, from its input
///
/// It says "ready" once the clinic is open.
///   dispatch   sends messages in the background until its input ends
///   change     at a further line of its input, changes users, and ends when it has
///   follow     follows the events until its input ends

#include "doing.hpp"

#include <functional>
#include <iostream>
#include <map>

#include <sys/prctl.h>
#include <csignal>

using namespace clinic::test;

int main(int count, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is stopped leaves nothing running
  const std::map<std::string, std::function<void(const Job&)>> known{
      {"dispatch", dispatch}, {"change", change}, {"follow", follow}};
  try {
    std::string line;
    const auto found = count == 2 ? known.find(arguments[1]) : known.end();
    if (found != known.end() && std::getline(std::cin, line)) {
      found->second(job_from(line));
      return 0;
    }
    std::cerr << "clinic_delivery_worker dispatch|change|follow\n";
  } catch (const std::exception& failure) {
    std::cerr << "clinic_delivery_worker: " << failure.what() << '\n';
  }
  return 2;
}
