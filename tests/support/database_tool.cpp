/// \file
/// A TestDatabase for tests in other languages: says what it is, as one line of JSON; then answers each line of its
/// input, SQL as a JSON text, by a line with the rows, or with {"error":…}. At the end of its input the database goes.

#include "support/test_database.hpp"

#include <iostream>

#include <sys/prctl.h>
#include <csignal>

using namespace clinic::test;
namespace json = boost::json;

namespace {

json::object about(const TestDatabase& database) {
  json::object about{{"backend", word(database.backend())}, {"url", database.url()}};
  if (const auto key = database.master_key()) about["master_key"] = *key;
  return about;
}

json::value answer(const TestDatabase& database, const std::string& line) {
  try {
    return database.rows(std::string(json::parse(line).as_string()));
  } catch (const std::exception& failure) {
    return json::object{{"error", failure.what()}};
  }
}

}  // namespace

int main() try {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is stopped leaves nothing running
  const TestDatabase database;
  std::cout << json::serialize(about(database)) << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << json::serialize(answer(database, line)) << std::endl;
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "clinic_test_database: " << failure.what() << '\n';
  return 1;
}
