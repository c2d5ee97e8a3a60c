#include "pool.hpp"

#include <clinic/plugin/plugin.hpp>

#include <utility>

namespace clinic::sms {

/// The right to use one connection.
class Pool::Turn {
 public:
  Turn(Pool& pool, const Deadline& deadline) : pool_(pool) {
    std::unique_lock lock(pool_.mutex_);
    if (!pool_.free_.wait_until(lock, deadline.end(), [&] { return pool_.in_use_ < pool_.settings_.connections; }))
      throw plugin::Failure::busy("all connections to the gateway are in use");
    ++pool_.in_use_;
  }
  ~Turn() {
    {
      const std::lock_guard lock(pool_.mutex_);
      --pool_.in_use_;
    }
    pool_.free_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Pool& pool_;
};

Pool::Pool(const Settings& settings) : settings_(settings), context_(tls_context(settings.server)) {}

std::unique_ptr<Connection> Pool::connection(const Deadline& deadline) {
  for (;;) {
    std::unique_ptr<Connection> kept;
    {
      const std::lock_guard lock(mutex_);
      if (kept_.empty()) break;
      kept = std::move(kept_.back());
      kept_.pop_back();
    }
    if (kept->usable()) return kept;
  }
  return std::make_unique<Connection>(settings_.server, context_, deadline);
}

void Pool::keep(std::unique_ptr<Connection> connection) {
  if (!connection->usable()) return;
  const std::lock_guard lock(mutex_);
  kept_.push_back(std::move(connection));
}

HttpAnswer Pool::exchange(const HttpRequest& request) {
  const Turn turn(*this, Deadline(settings_.timeout));
  // A new one: with what was left of the wait, a request might be written that nobody had time to answer.
  const Deadline deadline(settings_.timeout);
  auto used = connection(deadline);
  auto answer = used->exchange(settings_.server, request, deadline);
  keep(std::move(used));
  return answer;
}

void Pool::reach() {
  const Turn turn(*this, Deadline(settings_.timeout));
  const Deadline deadline(settings_.timeout);
  keep(connection(deadline));
}

}  // namespace clinic::sms
