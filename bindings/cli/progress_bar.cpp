#include "progress_bar.hpp"

#include <algorithm>
#include <iostream>
#include <string>

namespace clinic::cli {
namespace {

constexpr auto between_drawings = std::chrono::milliseconds(100);
constexpr std::size_t width = 30;

}  // namespace

void ProgressBar::show(std::int64_t done, std::int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < between_drawings) return;
  drawn_ = now;
  visible_ = true;
  // Somebody may add records meanwhile.
  const auto share = total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 1.0;
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  std::cerr << "\r[" << std::string(filled, '#') << std::string(width - filled, '.') << "] "
            << static_cast<int>(share * 100) << " %  " << done << " of " << total << "   " << std::flush;
}

ProgressBar::~ProgressBar() {
  if (visible_) std::cerr << "\r\033[K" << std::flush;
}

}  // namespace clinic::cli
