#pragma once

#include "support/scenario.hpp"

#include <clinic/clinic.hpp>

#include <functional>
#include <optional>

namespace clinic::test {

/// Scenarios through the C++ face: Session::call with JSON.
class SdkDriver : public ScenarioDriver {
 public:
  /// Told of every reply.
  using Observer = std::function<void(const ScenarioCall&, const ScenarioReply&)>;
  explicit SdkDriver(Observer observer = {}) : observer_(std::move(observer)) {}

  void open(const std::string& configuration_json) override;
  void close() override { clinic_.reset(); }
  ScenarioReply call(const ScenarioCall& call) override;

 private:
  Observer observer_;
  std::optional<Clinic> clinic_;
};

}  // namespace clinic::test
