#pragma once

#include "session.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace clinic::smtp {

/// Connections to one server, made when they are needed and kept for a while. Threads: any number at once.
class Connections {
 public:
  /// A connection that was not used for longer than `longest_idle` is ended, and not used again.
  explicit Connections(Options options, std::chrono::milliseconds longest_idle = std::chrono::seconds(20));
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Hands a mail over. A kept connection that turns out to be dead is replaced once. Throws plugin::Failure:
  /// UNAVAILABLE, BUSY where all connections stay in use, REFUSED, OUTCOME_UNKNOWN.
  Reply send(const Envelope& envelope, std::string_view mail);
  /// Makes a new connection and ends it. Throws plugin::Failure: UNAVAILABLE, BUSY.
  void check();

  const Options& options() const { return options_; }

 private:
  struct Idle {
    std::unique_ptr<Session> session;
    Clock::time_point since;
  };
  class Place;

  std::unique_ptr<Session> kept(Deadline whole);
  void give_back(std::unique_ptr<Session> session) noexcept;
  std::vector<Idle> take_stale(Clock::time_point now);

  const Options options_;
  const std::chrono::milliseconds longest_idle_;
  const TlsContext tls_;
  std::mutex mutex_{};
  std::condition_variable freed_{};
  unsigned in_use_ = 0;
  std::vector<Idle> idle_{};  ///< the last one was used last
};

}  // namespace clinic::smtp
