#include "connections.hpp"

#include <clinic/plugin/plugin.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace clinic::smtp {
namespace {

using plugin::Failure;

constexpr unsigned most_mails = 100;  // of one connection; many servers take no more

}  // namespace

/// One of the connections that may be open at once, with a kept session where there is one.
class Connections::Place {
 public:
  Place(Connections& all, Deadline whole) : all_(all), session_(all.kept(whole)) {}
  ~Place() { all_.give_back(std::move(session_)); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::unique_ptr<Session>& session() { return session_; }

 private:
  Connections& all_;
  std::unique_ptr<Session> session_;
};

Connections::Connections(Options options, std::chrono::milliseconds longest_idle)
    : options_(std::move(options)), longest_idle_(longest_idle), tls_(options_.ca) {}

Connections::~Connections() {
  for (auto& idle : idle_)
    idle.session->quit();
}

std::vector<Connections::Idle> Connections::take_stale(Clock::time_point now) {
  // used last stands last, so the stale ones stand first
  const auto fresh =
      std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return now - idle.since <= longest_idle_; });
  std::vector<Idle> stale(std::make_move_iterator(idle_.begin()), std::make_move_iterator(fresh));
  idle_.erase(idle_.begin(), fresh);
  return stale;
}

std::unique_ptr<Session> Connections::kept(Deadline whole) {
  std::vector<Idle> stale;
  std::unique_ptr<Session> session;
  {
    std::unique_lock lock(mutex_);
    const auto patience = std::min(Clock::now() + options_.timeout, whole);
    if (!freed_.wait_until(lock, patience, [&] { return in_use_ < options_.connections; }))
      throw Failure::busy("all connections to the mail server are in use");
    stale = take_stale(Clock::now());
    if (!idle_.empty()) {
      session = std::move(idle_.back().session);
      idle_.pop_back();
    }
    ++in_use_;
  }
  for (auto& idle : stale)
    idle.session->quit();
  return session;
}

void Connections::give_back(std::unique_ptr<Session> session) noexcept {
  if (session && (!session->usable() || session->mails() >= most_mails)) {
    session->quit();
    session.reset();
  }
  {
    std::lock_guard lock(mutex_);
    --in_use_;
    if (session) {
      try {
        idle_.push_back({std::move(session), Clock::now()});
      } catch (const std::bad_alloc&) {  // then it is not kept
      }
    }
  }
  freed_.notify_one();
}

Reply Connections::send(const Envelope& envelope, std::string_view mail) {
  const auto whole = Clock::now() + options_.whole_timeout();
  Place place(*this, whole);
  auto& session = place.session();
  if (session) {
    try {
      return session->send(envelope, mail, whole);
    } catch (const Dead&) {
      session.reset();
    }
  }
  session = std::make_unique<Session>(options_, tls_, whole);
  try {
    return session->send(envelope, mail, whole);
  } catch (const Dead& dead) {
    throw Failure(CLINIC_PLUGIN_UNAVAILABLE, std::string("the mail server ") + dead.what(), {}, dead.code());
  }
}

void Connections::check() {
  const auto whole = Clock::now() + options_.whole_timeout();
  Place place(*this, whole);
  auto& session = place.session();
  if (session) session->quit();
  session.reset();
  session = std::make_unique<Session>(options_, tls_, whole);
  session->check(whole);
}

}  // namespace clinic::smtp
