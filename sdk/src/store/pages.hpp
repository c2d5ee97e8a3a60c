#pragma once

#include "base/function_ref.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace clinic {

/// All rows of a table in the order of their ids, a page at a time: few enough that a page fits into memory, whichever
/// database hands it out at once. `page` visits at most `most` rows behind `last`, sets that to the last one's id, and
/// answers how many they were. Answers how many there are in all.
inline std::int64_t in_pages(FunctionRef<std::uint64_t(std::string& last, std::uint64_t most)> page) {
  constexpr std::uint64_t rows_at_once = 500;
  std::int64_t rows = 0;
  std::string last;
  for (auto found = rows_at_once; found == rows_at_once; rows += static_cast<std::int64_t>(found)) {
    const auto before = last;
    found = page(last, rows_at_once);
    // Somebody may have made an id of another type: then the same page would come for ever.
    if (found == rows_at_once && last <= before) throw std::runtime_error("ids of a table that are no texts");
  }
  return rows;
}

}  // namespace clinic
