#pragma once

/// \file
/// What stands behind an opened clinic: the store, the policy, the key, the clock; and the one way in which operations
/// run.

#include "../description/json.hpp"
#include "../operations/table.hpp"
#include "../plugins/loader.hpp"
#include "../storage/store.hpp"
#include "ids.hpp"
#include "log.hpp"
#include "numbers.hpp"
#include "sealer.hpp"
#include "time_zone.hpp"

#include <clinic/configuration.hpp>
#include <clinic/session.hpp>

#include <sys/types.h>

#include <memory>
#include <string>

namespace clinic {

class Engine {
 public:
  Engine(const Configuration& configuration, Environment environment);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// In a child of fork the store is left as it is: its locks may be held by threads that the child does not have, and
  /// SQLite forbids to as much as close a connection there.
  ~Engine();

  /// Typed: `request` and `response` are of the operation's own types.
  void run(const Actor& actor, const Operation& operation, const void* request, void* response,
           const CallOptions& options);
  std::string run_json(const Actor& actor, std::string_view operation, std::string_view request,
                       const CallOptions& options);

  const Policy& policy() const { return policy_; }
  const Aliases& aliases() const { return aliases_; }
  const std::string& profile() const { return profile_; }
  const LoadedPlugin& storage_plugin() const { return plugin_; }
  Store& store() { return *store_; }
  Sealer& sealer() { return *sealer_; }
  Numbers& numbers() { return *numbers_; }
  const Log& log() const { return log_; }
  const TimeZone& time_zone() const { return time_zone_; }
  Timestamp now() const;
  void random(std::span<std::byte> bytes) const;
  std::string new_id(Timestamp now) { return ids_.next(now); }

 private:
  /// Refuses, with an audit row, an actor whose role is not in the operation's.
  void allow(const Actor& actor, const Operation& operation, const CallOptions& options);
  /// Runs `body`, turns what it throws into an Error, and files refusals and failures in the audit.
  void guarded(const Actor& actor, const Operation& operation, const CallOptions& options,
               FunctionRef<void(Call&)> body);
  void audit_failure(const Actor& actor, const Operation& operation, const CallOptions& options, const Error& error);
  void check_process() const;

  Environment environment_;
  IdGenerator ids_;
  Log log_;
  std::string profile_;
  Policy policy_;
  Aliases aliases_;
  TimeZone time_zone_;
  LoadedPlugin plugin_;
  clinic_plugin_host host_{};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Numbers> numbers_;
  pid_t process_;
};

}  // namespace clinic
