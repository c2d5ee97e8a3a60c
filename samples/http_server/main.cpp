/// \file
/// A program that serves its clinic over HTTP, until its standard input ends.

#include <clinic/error.hpp>
#include <clinic/http.hpp>

#include <iostream>
#include <string>

namespace {

/// The host's own logins: who calls, or nothing where the host does not know.
std::optional<clinic::Actor> log_in(std::string_view authorization) {
  if (authorization == "Desk front") return clinic::Actor::system("front-desk", clinic::Role::receptionist);
  return std::nullopt;
}

}  // namespace

int main(int count, char** values) try {
  clinic::Configuration configuration;
  configuration.storage = count > 1 ? values[1] : "sqlite:clinic.db";
  const auto clinic = clinic::Clinic::open(configuration);

  clinic::HttpSettings settings;
  settings.port = 0;  // a free one
  clinic::HttpHost host;
  host.authenticate = log_in;
  clinic::HttpServer server(clinic, settings, host);
  std::cout << server.address() << std::endl;

  for (std::string line; std::getline(std::cin, line);)
    continue;
} catch (const clinic::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
