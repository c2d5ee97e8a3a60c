#include "support/sdk_driver.hpp"

namespace clinic::test {

void SdkDriver::open(const std::string& configuration_json) {
  clinic_.reset();
  clinic_ = Clinic::open(Configuration::from_json(configuration_json));
}

ScenarioReply SdkDriver::call(const ScenarioCall& call) {
  const auto role = call.role ? from_word<Role>(*call.role) : std::nullopt;
  if (call.role && !role) throw std::runtime_error("there is no role " + *call.role);
  ScenarioReply reply;
  try {
    const auto session =
        call.token.empty() ? clinic_->act_as(Actor::system(call.actor, role)) : clinic_->act_with_token(call.token);
    reply = {true, session.call(call.operation, call.request, {call.idempotency_key, call.origin})};
  } catch (const Error& error) {
    reply = {false, error.to_json()};
  }
  if (observer_) observer_(call, reply);
  return reply;
}

}  // namespace clinic::test
