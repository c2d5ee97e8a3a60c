/// \file
/// A clinic's day in a few seconds: the desk registers a thousand people, some of them sign up for the portal, and the
/// two sides stay in step. Uses nothing but <clinic/clinic.hpp>.

#include "arguments.hpp"
#include "demo_database.hpp"
#include "report.hpp"
#include "screen.hpp"

#include <clinic/clinic.hpp>

#include <iostream>
#include <stdexcept>

namespace {

constexpr std::int64_t audit_lines = 3;  // of each kind

clinic::Clinic open_demo(const std::string& storage, const std::string& profile) {
  make_room(storage);
  clinic::Configuration configuration;
  configuration.storage = storage;
  configuration.profile = profile;
  // The file has no contacts, and nobody wants to wait for real password hashing in a demo.
  configuration.policy.text = R"({"required_contact": "none", "password_hash_cost": 8})";
  return clinic::Clinic::open(configuration);
}

void refuse_filled(const clinic::Session& desk) {
  clinic::ListPatients any;
  any.limit = 1;
  if (!desk.patients().list(any).items.empty())
    throw std::runtime_error("there are patients in this database already: the demo wants an empty one");
}

Summary run_demo(const Arguments& arguments) {
  Summary summary;
  summary.arguments = arguments;
  summary.profile = "email-sync";
  const auto people = read_people(arguments.data);
  summary.rows = static_cast<long>(people.size());

  const auto start = std::chrono::steady_clock::now();
  auto clinic = open_demo(arguments.storage, summary.profile);
  summary.policy = clinic.policy();
  // Each part of the host acts in its own name, which the audit keeps, and may do what its role may.
  auto desk = clinic.act_as(clinic::Actor::system("front-desk", clinic::Role::receptionist));
  auto web = clinic.act_as(clinic::Actor::system("web", clinic::Role::admin));
  refuse_filled(desk);
  if (!arguments.json) print_beginning(summary);

  summary.desk = register_people(desk, people, [&](int row) {
    if (row % 25 == 0) show_progress("registering " + std::to_string(row) + " of " + std::to_string(people.size()));
  });
  show_progress("signing up");
  summary.sign_ups = sign_up(web, summary.desk);
  show_progress("");
  summary.sync = web.sync().run();

  clinic::ListAudit newest;
  newest.limit = audit_lines;
  summary.audit = web.audit().list(newest).items;
  newest.outcome = clinic::AuditOutcome::refused;
  for (auto& entry : web.audit().list(newest).items)
    summary.audit.push_back(std::move(entry));
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments;
  try {
    arguments = parse_arguments(count, values);
  } catch (const std::invalid_argument& error) {
    std::cerr << "quickstart: " << error.what() << '\n' << usage;
    return 2;
  }
  try {
    const auto summary = run_demo(arguments);
    if (arguments.json)
      std::cout << to_json(summary) << '\n';
    else
      print_report(summary);
    return 0;
  } catch (const std::exception& error) {  // a clinic::Error too: what() holds its code
    std::cerr << "quickstart: " << error.what() << '\n';
    return 1;
  }
}
