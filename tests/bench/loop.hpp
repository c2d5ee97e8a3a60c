#pragma once

#include <cstddef>
#include <string>

namespace clinic::bench {

/// Does one thing through one way again and again, for perf and callgrind.
int loop(const std::string& what, const std::string& way, std::size_t turns);

}  // namespace clinic::bench
