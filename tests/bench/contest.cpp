#include "contest.hpp"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace clinic::bench {
namespace {

double microseconds_now(Clock clock) {
  timespec now{};
  ::clock_gettime(clock == Clock::wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Of one turn of the round.
double microseconds_of(const Rounds& rounds, std::size_t round, const std::function<void(std::size_t)>& once) {
  const auto begin = microseconds_now(rounds.clock);
  for (std::size_t i = 0; i < rounds.batch; ++i)
    once(round * rounds.batch + i);
  return (microseconds_now(rounds.clock) - begin) / static_cast<double>(rounds.batch);
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<Figure> contest(const Rounds& rounds, const std::vector<Contestant>& contestants) {
  const auto count = contestants.size();
  std::vector<std::vector<double>> times(count), ratios(count), differences(count);
  for (std::size_t round = 0; round < rounds.rounds + Rounds::warm_up; ++round) {
    std::vector<double> taken(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto who = (round + i) % count;
      taken[who] = microseconds_of(rounds, round, contestants[who].once);
    }
    if (round < Rounds::warm_up) continue;
    for (std::size_t i = 0; i < count; ++i) {
      times[i].push_back(taken[i]);
      ratios[i].push_back(taken[0] / taken[i]);
      differences[i].push_back(taken[i] - taken[0]);
    }
  }
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < count; ++i)
    figures.push_back({contestants[i].name, median(times[i]), median(ratios[i]), median(differences[i])});
  return figures;
}

void print(const std::string& title, const std::vector<Figure>& figures) {
  std::printf("\n%s\n  %-34s %12s %14s %12s\n", title.c_str(), "", "median µs", "of the first", "over it µs");
  for (const auto& figure : figures)
    std::printf("  %-34s %11.1f %13.2f %12.1f\n", figure.name.c_str(), figure.microseconds, figure.of_first,
                figure.over_first);
}

const Figure& figure_of(const std::vector<Figure>& figures, const std::string& name) {
  for (const auto& figure : figures)
    if (figure.name == name) return figure;
  throw std::logic_error("nobody is named " + name);
}

double time_of(const Rounds& rounds, const std::function<void()>& once) {
  return contest({rounds.rounds, rounds.batch, Clock::processor}, {{"", [&](std::size_t) { once(); }}})
      .front()
      .microseconds;
}

}  // namespace clinic::bench
