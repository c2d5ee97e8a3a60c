#include "crypto/hash_queue.hpp"

#include "base/try_again.hpp"

#include <algorithm>
#include <iterator>

namespace clinic {
namespace {

using std::chrono::microseconds;

/// While both lines wait, the desk gets this many turns for each turn of the other line, so that neither starves.
constexpr std::size_t desk_share = 3;

}  // namespace

HashQueue::HashQueue(std::size_t turns, std::chrono::milliseconds longest_wait, microseconds first_guess)
    : longest_wait_(longest_wait), turns_(turns), free_(turns), turn_takes_(first_guess) {}

HashQueue::Place::Place(HashQueue& queue, Line line, std::string caller)
    : queue_(queue), line_(line), caller_(std::move(caller)) {
  std::lock_guard lock(queue_.mutex_);
  auto& own = queue_.of(line_);
  const auto known = own.last_round.find(caller_);
  rank_ = {std::max(own.round, known == own.last_round.end() ? 0 : known->second) + 1, queue_.came_++};
  if (const auto wait = queue_.wait_at(line_, rank_); wait > queue_.longest_wait_)
    throw try_again_after(ErrorCode::busy, std::chrono::ceil<std::chrono::milliseconds>(wait));
  own.last_round[caller_] = rank_.first;
  own.places.emplace(rank_, this);
}

HashQueue::Place::~Place() {
  std::lock_guard lock(queue_.mutex_);
  auto& own = queue_.of(line_);
  own.places.erase(rank_);
  if (const auto last = own.last_round.find(caller_); last != own.last_round.end() && last->second == rank_.first)
    own.last_round.erase(last);
}

HashQueue::Place::Turn::Turn(Place& place) : queue_(place.queue_) {
  queue_.wait_for_turn(place);
  begin_ = std::chrono::steady_clock::now();
}

HashQueue::Place::Turn::~Turn() {
  queue_.end_turn(std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin_));
}

std::size_t HashQueue::waiting(Line line) const {
  std::lock_guard lock(mutex_);
  const auto& places = lines_[static_cast<std::size_t>(line)].places;
  return static_cast<std::size_t>(
      std::count_if(places.begin(), places.end(), [](const auto& place) { return place.second->waits_; }));
}

microseconds HashQueue::wait_at(Line line, Place::Rank rank) {
  const auto& own = of(line).places;
  const auto& other = of(line == Line::desk ? Line::door : Line::desk).places;
  const auto before = static_cast<std::size_t>(std::distance(own.begin(), own.lower_bound(rank)));
  if (free_ > before) return microseconds(0);
  const auto between = line == Line::desk ? (before + 1) / desk_share : (before + 1) * desk_share;
  const auto turns = before + std::min(other.size(), between) + 1;  // on average, the current turns are half done
  return turn_takes_ * static_cast<std::int64_t>(turns) / static_cast<std::int64_t>(turns_);
}

void HashQueue::wait_for_turn(Place& place) {
  std::unique_lock lock(mutex_);
  of(place.line_).places.emplace(place.rank_, &place);  // already present, unless it has had a turn before
  place.waits_ = true;
  if (free_ > 0) {
    --free_;
    call(place);
  }
  place.called_.wait(lock, [&] { return !place.waits_; });
}

void HashQueue::end_turn(microseconds took) {
  std::lock_guard lock(mutex_);
  turn_takes_ = (7 * turn_takes_ + took) / 8;
  if (auto* place = next())
    call(*place);
  else
    ++free_;
}

void HashQueue::call(Place& place) {
  auto& line = of(place.line_);
  line.places.erase(place.rank_);
  line.round = std::max(line.round, place.rank_.first);
  desk_in_a_row_ = place.line_ == Line::desk ? desk_in_a_row_ + 1 : 0;
  place.waits_ = false;
  place.called_.notify_one();
}

HashQueue::Place* HashQueue::next() {
  auto* const desk = first_who_waits(of(Line::desk));
  auto* const door = first_who_waits(of(Line::door));
  if (!desk || !door) return desk ? desk : door;
  return desk_in_a_row_ < desk_share ? desk : door;
}

HashQueue::Place* HashQueue::first_who_waits(const Waiting& line) {
  for (const auto& [rank, place] : line.places)
    if (place->waits_) return place;
  return nullptr;
}

}  // namespace clinic
