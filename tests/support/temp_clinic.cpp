#include "support/temp_clinic.hpp"
#include "support/folders.hpp"

#include "support/catch.hpp"

#include <algorithm>

namespace clinic::test {

void LogLines::add(std::string_view line) {
  std::lock_guard lock(mutex_);
  lines_.emplace_back(line);
}

std::vector<std::string> LogLines::all() const {
  std::lock_guard lock(mutex_);
  return lines_;
}

void LogLines::clear() {
  std::lock_guard lock(mutex_);
  lines_.clear();
}

std::ptrdiff_t LogLines::statements() const {
  const auto lines = all();
  return std::count_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.find("SELECT") != line.npos || line.find("INSERT") != line.npos || line.find("UPDATE") != line.npos ||
           line.find("DELETE") != line.npos || line.find("COMMIT") != line.npos;
  });
}

std::ptrdiff_t LogLines::hashes() const {
  const auto lines = all();
  return std::count_if(lines.begin(), lines.end(),
                       [](const auto& line) { return line.find("password hash") != line.npos; });
}

Configuration test_configuration(const std::string& storage, const std::string& profile, const std::string& policy) {
  auto keys = boost::json::parse(policy).as_object();
  keys.emplace("password_hash_cost", 4);
  Configuration configuration;
  configuration.storage = storage;
  configuration.profile = profile;
  configuration.policy.text = boost::json::serialize(keys);
  configuration.plugin_directories = {test::plugin_folder()};
  return configuration;
}

Configuration test_configuration(const TestDatabase& database, const std::string& profile, const std::string& policy) {
  // That every answer is on the disk is no matter of these tests; the servers of tests do without, too.
  auto configuration = test_configuration(
      database.url(database.backend() == Backend::sqlite ? "synchronous=normal" : ""), profile, policy);
  configuration.master_key = database.master_key();
  return configuration;
}

TempClinic::TempClinic(TempClinicOptions options) : options_(std::move(options)) { reopen(); }

void TempClinic::reopen() {
  clinic_.reset();
  auto configuration = test_configuration(database_, options_.profile, options_.policy);
  configuration.log_level = options_.log_level;
  configuration.dispatch_messages = options_.dispatch_messages;
  Environment environment;
  environment.random = options_.random;
  environment.challenge = options_.challenge;
  environment.notifiers = options_.notifiers;
  environment.log = [log = log_](LogLevel, std::string_view line) { log->add(line); };
  environment.now = [now = now_] {
    if (const std::int64_t set = *now) return Timestamp(std::chrono::milliseconds(set));
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  clinic_ = Clinic::open(configuration, std::move(environment));
}

boost::json::value TempClinic::call(std::string_view operation, const boost::json::value& request,
                                    const CallOptions& options) {
  return boost::json::parse(as().call(operation, boost::json::serialize(request), options));
}

Error TempClinic::refusal(std::string_view operation, const boost::json::value& request, const CallOptions& options) {
  try {
    call(operation, request, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL(operation << " was not refused: " << boost::json::serialize(request));
  throw std::logic_error("not reached");
}

}  // namespace clinic::test
