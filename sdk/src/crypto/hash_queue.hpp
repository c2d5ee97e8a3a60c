#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace clinic {

/// The queue of calls that hash passwords. A bounded number hashes at a time. There are two lines: one for the desk,
/// one for everybody else (the door). While both wait, the desk's line gets three turns of four. Within a line, callers
/// take turns, so that two hundred calls of one caller do not delay another caller's first. A call that would have to
/// wait too long is refused at once and told when to try again. Thread-safe.
class HashQueue {
 public:
  enum class Line : std::uint8_t { desk, door };

  /// \param turns the number of hashes at a time
  /// \param longest_wait a call that would wait longer is refused
  /// \param first_guess the assumed length of a turn until turns have been measured
  HashQueue(std::size_t turns, std::chrono::milliseconds longest_wait, std::chrono::microseconds first_guess);
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  /// A place in the queue. A call with a place is not refused any more, and keeps the place for all hashes of the call.
  /// Used by one thread.
  class Place {
   public:
    /// Throws Error(busy) with retry_after_seconds. `caller` is any word that identifies the caller. Callers share the
    /// turns equally.
    Place(HashQueue& queue, Line line, std::string caller);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Waits for its turn, and does the work in it.
    template <class Work>
    auto in_turn(Work work) {
      const Turn turn(*this);
      return work();
    }

   private:
    friend class HashQueue;
    /// The order of turns: by rounds, in which every caller has one turn, and within a round by arrival.
    using Rank = std::pair<std::uint64_t, std::uint64_t>;

    class Turn {
     public:
      explicit Turn(Place& place);
      ~Turn();
      Turn(const Turn&) = delete;
      Turn& operator=(const Turn&) = delete;

     private:
      HashQueue& queue_;
      std::chrono::steady_clock::time_point begin_;
    };

    HashQueue& queue_;
    Line line_;
    std::string caller_;
    Rank rank_;
    bool waits_ = false;  ///< true while it waits for its turn; false while the call does other work
    std::condition_variable called_;
  };

  /// The number of places that wait for their turn.
  std::size_t waiting(Line line) const;

 private:
  struct Waiting {
    std::map<Place::Rank, Place*> places;
    std::map<std::string, std::uint64_t, std::less<>> last_round;  ///< of each caller with a place
    std::uint64_t round = 0;                                       ///< of the last turn
  };

  Waiting& of(Line line) { return lines_[static_cast<std::size_t>(line)]; }
  std::chrono::microseconds wait_at(Line line, Place::Rank rank);
  void wait_for_turn(Place& place);
  void end_turn(std::chrono::microseconds took);
  void call(Place& place);
  Place* next();
  static Place* first_who_waits(const Waiting& line);

  const std::chrono::milliseconds longest_wait_;
  const std::size_t turns_;
  mutable std::mutex mutex_;
  std::array<Waiting, 2> lines_;
  std::size_t free_;
  std::size_t desk_in_a_row_ = 0;
  std::uint64_t came_ = 0;
  std::chrono::microseconds turn_takes_;
};

}  // namespace clinic
