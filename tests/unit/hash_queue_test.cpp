/// \file
/// Who hashes next, and who is sent away; without hashing.

#include "../support/catch.hpp"

#include <clinic/error.hpp>

#include <crypto/hash_queue.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace clinic;
using namespace std::chrono_literals;
using Line = HashQueue::Line;

namespace {

/// A queue of one turn, which somebody has until let_go(), and those who wait behind.
class Crowd {
 public:
  explicit Crowd(std::chrono::milliseconds longest_wait, std::chrono::microseconds turn)
      : queue_(1, longest_wait, turn), holder_([this] {
          HashQueue::Place place(queue_, Line::door, "holder");
          place.in_turn([&] {
            held_.set_value();
            let_go_.get_future().wait();
          });
        }) {
    held_.get_future().wait();
  }
  ~Crowd() { let_go(); }

  /// Stands in line before this returns.
  void add(Line line, const std::string& caller) {
    const auto before = queue_.waiting(line);
    waiting_.emplace_back([this, line, caller] {
      HashQueue::Place place(queue_, line, caller);
      place.in_turn([&] { served_ += caller; });  // one at a time: no lock is needed
    });
    while (queue_.waiting(line) == before)
      std::this_thread::yield();
  }
  /// After how many seconds to come again, for one who is sent away.
  std::optional<std::int64_t> sent_away(Line line, const std::string& caller) {
    try {
      HashQueue::Place place(queue_, line, caller);
      return std::nullopt;
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::busy);
      return error.retry_after_seconds();
    }
  }
  /// In which order they had their turns.
  std::string let_go() {
    if (holder_.joinable()) {
      let_go_.set_value();
      holder_.join();
    }
    waiting_.clear();
    return served_;
  }
  HashQueue& queue() { return queue_; }

 private:
  HashQueue queue_;
  std::promise<void> held_, let_go_;
  std::string served_;
  std::vector<std::jthread> waiting_;
  std::jthread holder_;
};

}  // namespace

TEST_CASE("the desk does not wait behind the door, nor one caller behind all calls of another", "[AUTH-6][core]") {
  Crowd crowd(1h, 1ms);
  for (int i = 0; i < 5; ++i)
    crowd.add(Line::door, "a");
  crowd.add(Line::door, "b");
  for (int i = 0; i < 5; ++i)
    crowd.add(Line::desk, "D");
  CHECK(crowd.let_go() == "DDDaDDbaaaa");  // and nobody starves
}

TEST_CASE("who would wait too long is sent away at once, and told when to come again", "[AUTH-6][core]") {
  Crowd crowd(1s, 300ms);
  for (int i = 0; i < 3; ++i)
    crowd.add(Line::door, "a");
  CHECK(crowd.sent_away(Line::door, "a") == 2);  // 1.2 s, in whole seconds
  CHECK(crowd.sent_away(Line::door, "a") == 2);  // whoever was sent away has left nothing behind
  CHECK(crowd.sent_away(Line::door, "b") == std::nullopt);
  CHECK(crowd.sent_away(Line::desk, "a") == std::nullopt);
  crowd.add(Line::door, "b");
  crowd.add(Line::desk, "D");
  CHECK(crowd.sent_away(Line::door, "a") == 2);
  CHECK(crowd.let_go() == "Dabaa");
  HashQueue::Place place(crowd.queue(), Line::door, "a");  // all is forgotten
  CHECK(place.in_turn([] { return 7; }) == 7);
}

TEST_CASE("a place is good for several turns, and one that throws gives its turn on", "[AUTH-6][core]") {
  HashQueue queue(1, 1s, 10ms);
  HashQueue::Place place(queue, Line::door, "a");
  CHECK_THROWS_AS(place.in_turn([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  CHECK(place.in_turn([] { return 1; }) == 1);
  // Who has a place and does something else meanwhile holds nobody up.
  HashQueue::Place later(queue, Line::door, "b"), other(queue, Line::desk, "c");
  CHECK(place.in_turn([] { return 2; }) == 2);
  CHECK(other.in_turn([] { return 3; }) == 3);
  CHECK(later.in_turn([] { return 4; }) == 4);
}

TEST_CASE("never more have a turn than there are", "[AUTH-6][core]") {
  HashQueue queue(2, 1h, 1ms);
  std::atomic<int> now = 0, most = 0, done = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread)
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 200; ++i) {
          HashQueue::Place place(queue, thread % 2 ? Line::desk : Line::door, std::to_string(i % 3));
          place.in_turn([&] {
            const int here = ++now;
            for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
            }
            --now;
            ++done;
          });
        }
      });
  }
  CHECK(done == 1600);
  CHECK(most <= 2);
}
