#include "base/own_thread.hpp"
#include "engine/engine.hpp"
#include "engine/opening.hpp"

#include <clinic/open.hpp>

#include <unistd.h>

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace clinic {

namespace {

/// Threads that close clinics. They end before the process does; in a child of fork they are not there.
class ClosingThreads {
 public:
  ~ClosingThreads() {
    for (auto& thread : threads_)
      if (::getpid() != process_) thread.detach();
  }
  void close(Engine* engine) {
    const std::lock_guard lock(mutex_);
    threads_.push_back(own_thread([engine] { delete engine; }));
  }

 private:
  const pid_t process_ = ::getpid();
  std::mutex mutex_;
  std::vector<std::jthread> threads_;
};

/// Destroys the engine, which waits for its threads. Such a thread itself, in a function of the host's, cannot wait for
/// its own end: another one does it.
void close(Engine* engine) {
  if (!on_own_thread()) {
    delete engine;
    return;
  }
  engine->stop_dispatching();
  static ClosingThreads closing;
  try {
    closing.close(engine);
  } catch (const std::exception&) {  // no thread is to be had: the engine stays until the process ends
  }
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

Error Clinic::localized(const Error& error, std::string_view language) const {
  return language.empty() ? error : engine_->localized(error, std::string(language));
}

void Clinic::log(LogLevel level, std::string_view line) const { engine_->log()(level, line); }

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
