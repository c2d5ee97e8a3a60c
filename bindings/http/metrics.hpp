#pragma once

/// \file
/// Figures for Prometheus (OBS-3). No label comes from what a client sends: operations and codes are the table's.

#include "exchange.hpp"

#include <clinic/services/system_service.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clinic::http {

/// What the server itself does now.
struct Load {
  std::size_t connections = 0, running = 0, waiting = 0, hashing = 0;
};

/// Counts answers. Thread-safe.
class Metrics {
 public:
  Metrics();

  void count(const Exchange& exchange);
  /// The exposition format 0.0.4. `system` is nothing where the database does not answer.
  std::string text(const Load& load, const std::optional<SystemMetrics>& system) const;

 private:
  static constexpr std::array<double, 12> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

  struct Row {
    std::vector<std::atomic<std::uint64_t>> answers;  ///< `done`, then each ErrorCode
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> times{};
    std::atomic<std::uint64_t> microseconds{0};
  };
  Row& row_of(const Exchange& exchange);

  std::vector<Row> rows_;  ///< by operation, then one for what is none
};

}  // namespace clinic::http
