#include "engine/engine.hpp"
#include "engine/opening.hpp"

#include <clinic/open.hpp>

#include <stdexcept>
#include <thread>

namespace clinic {

namespace {

/// Destroys the engine, which waits for the threads that send messages. Such a thread itself, in the host's notifier,
/// cannot wait for its own end: another one does it.
void close(Engine* engine) {
  if (!engine->in_own_notifier()) {
    delete engine;
    return;
  }
  engine->stop_dispatching();
  std::thread([engine] { delete engine; }).detach();
}

}  // namespace

Clinic Clinic::open(const Configuration& configuration, Environment environment) {
  return Clinic(std::shared_ptr<Engine>(new Engine(checked(configuration), std::move(environment)), close));
}

Session Clinic::act_as(Actor actor) const { return Session(engine_, std::move(actor)); }

Session Clinic::act_with_token(std::string_view access_token) const {
  return Session(engine_, engine_->actor_of(access_token));
}

const Policy& Clinic::policy() const noexcept { return engine_->policy(); }

Session::Session(std::shared_ptr<Engine> engine, Actor actor)
    : engine_(std::move(engine)), actor_(std::make_shared<const Actor>(std::move(actor))) {}

std::string Session::call(std::string_view operation, std::string_view request_json, const CallOptions& options) const {
  return engine_->run_json(*actor_, operation, request_json, options);
}

std::uint64_t Session::changes_seen() const { return engine_->events().writes(); }

void Session::await_change(std::uint64_t seen, std::chrono::milliseconds at_most) const {
  engine_->events().wait(seen, at_most);
}

void Session::invoke(std::string_view name, const TypeDescription& request_type, const void* request,
                     const TypeDescription& response_type, void* response, const CallOptions& options) const {
  const auto* operation = find_operation(name);
  if (!operation) throw Error(ErrorCode::unknown_operation);
  // A host may be built against another version of the header than the library.
  if (operation->request->name != request_type.name || operation->response->name != response_type.name)
    throw Error(ErrorCode::unknown_operation, "The operation takes and answers other structs.");
  engine_->run(*actor_, *operation, request, response, options);
}

}  // namespace clinic
