#pragma once

#include "support/test_database.hpp"

#include <clinic/clinic.hpp>

#include <boost/json.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace clinic::test {

/// A moment for clocks that stand still.
inline constexpr Timestamp noon{std::chrono::milliseconds(1790000000000)};

/// What a clinic logged.
class LogLines {
 public:
  void add(std::string_view line);
  std::vector<std::string> all() const;
  void clear();
  /// How many SQL statements they show, at level trace.
  std::ptrdiff_t statements() const;
  /// How many password hashes they show, at level trace.
  std::ptrdiff_t hashes() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct TempClinicOptions {
  std::string profile = "standard";
  std::string policy = "{}";  ///< cheap password hashes are added
  LogLevel log_level = LogLevel::info;
  RandomSource random{};
  decltype(Environment::challenge) challenge{};
  std::vector<HostNotifier> notifiers{};
  bool dispatch_messages = false;  ///< in the background
};

/// The configuration of a clinic for a test: plugins of this build, cheap password hashes.
Configuration test_configuration(const std::string& storage, const std::string& profile = "standard",
                                 const std::string& policy = "{}");
Configuration test_configuration(const TestDatabase& database, const std::string& profile = "standard",
                                 const std::string& policy = "{}");

/// A clinic on a database of its own, which goes with it. Its clock stands still once it is set.
class TempClinic {
 public:
  explicit TempClinic(TempClinicOptions options = {});

  /// Closes it and opens it again on the same database.
  void reopen();
  void close() { clinic_.reset(); }
  Clinic& clinic() { return *clinic_; }
  const TestDatabase& database() const { return database_; }
  LogLines& log() { return *log_; }
  void set_now(Timestamp now) { *now_ = now.time_since_epoch().count(); }

  /// Restricted to a role, or as the system.
  Session as(std::optional<Role> role = std::nullopt) { return clinic_->act_as(Actor::system("test", role)); }

  /// Calls as the system; throws Error.
  boost::json::value call(std::string_view operation, const boost::json::value& request = boost::json::object(),
                          const CallOptions& options = {});
  /// The error of a call that must be refused; fails the test where it is not.
  Error refusal(std::string_view operation, const boost::json::value& request, const CallOptions& options = {});
  boost::json::array rows(const std::string& sql) const { return database_.rows(sql); }

 private:
  TestDatabase database_;
  TempClinicOptions options_;
  std::shared_ptr<LogLines> log_ = std::make_shared<LogLines>();
  std::shared_ptr<std::atomic<std::int64_t>> now_ = std::make_shared<std::atomic<std::int64_t>>(0);
  std::optional<Clinic> clinic_;
};

}  // namespace clinic::test
