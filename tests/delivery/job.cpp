#include "job.hpp"

#include "support/folders.hpp"

#include <boost/json.hpp>

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace clinic::test {

Job job_on(const TestDatabase& database) {
  Job job;
  job.storage = database.url("pool=8&pool_timeout=120000");
  job.master_key = database.master_key().value_or("");
  return job;
}

std::string to_line(const Job& job) { return boost::json::serialize(boost::json::value_from(job)); }
Job job_from(const std::string& line) { return boost::json::value_to<Job>(boost::json::parse(line)); }

Clinic open_clinic(const Job& job, Environment environment) {
  Configuration configuration;
  configuration.storage = job.storage;
  if (!job.master_key.empty()) configuration.master_key = job.master_key;
  // As often as it may be: a process that is killed has tried all that it had taken.
  configuration.policy.text =
      R"({"password_hash_cost":4,"credential_delivery":"invitation","portal_address":"https://portal.example",)"
      R"("message_attempts":100,"audit_seal_seconds":0,"dispatch_seconds":)" +
      std::to_string(job.look_seconds) + '}';
  configuration.plugin_directories = {plugin_folder()};
  if (job.clock_ms != 0)
    environment.now = [ahead = std::chrono::milliseconds(job.clock_ms)] {
      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + ahead;
    };
  return Clinic::open(configuration, std::move(environment));
}

Role role_of_version(std::int64_t version) {
  static constexpr std::array roles{Role::admin,        Role::doctor,  Role::nurse,
                                    Role::receptionist, Role::cashier, Role::technician};
  return roles[static_cast<std::size_t>(version) % roles.size()];
}

std::string user_id(int number) { return "01910000-0000-7000-8000-" + std::to_string(200000000000 + number); }

std::unique_ptr<Process> start(const std::string& what, const Job& job) {
  auto process = std::make_unique<Process>(std::vector<std::string>{delivery_worker(), what});
  process->say(to_line(job));
  return process;
}

Lines::Lines(const std::string& file) : file_(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw std::runtime_error("cannot open " + file);
}

Lines::~Lines() { ::close(file_); }

void Lines::append(std::string line) const {
  line += '\n';
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    throw std::runtime_error("a line cannot be written");
}

}  // namespace clinic::test
