#pragma once

#include "support/json_match.hpp"

#include <optional>
#include <string>

namespace clinic::test {

struct ScenarioCall {
  std::string actor;                ///< name of the system actor
  std::optional<std::string> role;  ///< to which it is restricted
  std::string token;                ///< an access token, instead of the two
  std::string operation, request, idempotency_key, origin;
};

/// What a call answered: a response, or the error as JSON.
struct ScenarioReply {
  bool done = false;
  std::string json;
};

/// A face of the SDK through which scenarios run.
class ScenarioDriver {
 public:
  virtual ~ScenarioDriver() = default;
  /// Opens a clinic with that configuration, closing the one before.
  virtual void open(const std::string& configuration_json) = 0;
  virtual void close() = 0;
  virtual ScenarioReply call(const ScenarioCall& call) = 0;
};

/// Runs tests/data/scenarios/<name>.json in each of its variants, and checks every step in Catch2's way.
void run_scenario(const std::string& name, ScenarioDriver& driver);

}  // namespace clinic::test
