#pragma once

#include <algorithm>
#include <cstdlib>

namespace clinic::test {

/// `usual` times CLINIC_SOAK, at least one.
inline int soak(int usual) {
  const char* factor = std::getenv("CLINIC_SOAK");
  return std::max(1, static_cast<int>(usual * (factor && *factor ? std::atof(factor) : 1.0)));
}

}  // namespace clinic::test
