#pragma once

/// \file
/// Several ways to do the same thing, timed in turns. Each round gives every contestant a short batch, beginning with
/// another one each time, so that what drifts (the disk, the other programs on this machine) drifts for all. A
/// contestant's figure is the median over the rounds; what it is compared with is the first one, *in the same round*.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace clinic::bench {

struct Contestant {
  std::string name;
  std::function<void(std::size_t turn)> once;  ///< `turn` counts up over all rounds
};

struct Figure {
  std::string name;
  double microseconds = 0;  ///< median of a turn
  double of_first = 1;      ///< median of first's time / own time: 1 is as fast as the first
  double over_first = 0;    ///< median of own time - first's, microseconds
};

/// What is counted: the clock on the wall; or the processor's time for this thread, which other programs do not
/// lengthen, and which leaves out waiting, for the disk above all.
enum class Clock { wall, processor };

struct Rounds {
  std::size_t rounds, batch;
  Clock clock = Clock::wall;
  std::size_t turns() const { return (rounds + warm_up) * batch; }
  static constexpr std::size_t warm_up = 2;  ///< rounds that do not count
};

std::vector<Figure> contest(const Rounds& rounds, const std::vector<Contestant>& contestants);

/// A table of the figures under a title.
void print(const std::string& title, const std::vector<Figure>& figures);

const Figure& figure_of(const std::vector<Figure>& figures, const std::string& name);

double median(std::vector<double> values);

/// Median microseconds of one call, over batches, of processor time.
double time_of(const Rounds& rounds, const std::function<void()>& once);

}  // namespace clinic::bench
