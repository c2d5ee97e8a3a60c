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

/// Who hashes next. A bounded number at a time; the desk's work and that of everybody at the door stand in two lines,
/// of which the desk's has three turns of four while both wait. In a line callers take turns, so that one of them with
/// two hundred calls does not stand before another's first. Who would have to wait too long is sent away at once, and
/// told when to come again. Thread-safe.
class HashQueue {
 public:
  enum class Line : std::uint8_t { desk, door };

  /// \param turns how many at a time
  /// \param longest_wait beyond which nobody is let in
  /// \param first_guess how long a turn takes, until turns have been measured
  HashQueue(std::size_t turns, std::chrono::milliseconds longest_wait, std::chrono::microseconds first_guess);
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  /// A place in the queue. Who has one is not sent away any more, and keeps it for all that one call hashes. For one
  /// thread.
  class Place {
   public:
    /// Throws Error(busy) with retry_after_seconds. `caller` is any word for whom turns are shared among.
    Place(HashQueue& queue, Line line, std::string caller);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Waits for its turn, and works in it.
    template <class Work>
    auto in_turn(Work work) {
      const Turn turn(*this);
      return work();
    }

   private:
    friend class HashQueue;
    /// By rounds, in each of which every caller has one turn; in a round, who came first.
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
    bool waits_ = false;  ///< for its turn; else it has something else to do first
    std::condition_variable called_;
  };

  /// How many wait for their turn.
  std::size_t waiting(Line line) const;

 private:
  struct Waiting {
    std::map<Place::Rank, Place*> places;
    std::map<std::string, std::uint64_t, std::less<>> last_round;  ///< of each caller who has a place
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
