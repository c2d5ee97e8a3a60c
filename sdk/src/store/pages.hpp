#pragma once

#include "base/function_ref.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace clinic {

/// All rows of a table in the order of their ids, a page at a time: few enough that a page fits into memory, whichever
/// database hands it out at once. `page` visits at most `most` rows behind `last`, sets that to the last one's id, and
/// answers how many they were. Answers how many there are in all. `pass_over` gets the id before a row that holds what
/// no record can hold, and sets it to that row's id.
inline std::int64_t in_pages(FunctionRef<std::uint64_t(std::string& last, std::uint64_t most)> page,
                             FunctionRef<void(std::string& last)> pass_over) {
  constexpr std::uint64_t rows_at_once = 500;
  std::int64_t rows = 0;
  std::string last;
  for (auto most = rows_at_once;;) {
    const auto before = last;
    try {
      const auto found = page(last, most);
      rows += static_cast<std::int64_t>(found);
      if (found < most) return rows;
    } catch (const StorageError& failure) {
      if (failure.code() != CLINIC_PLUGIN_REFUSED) throw;
      last = before;
      if (std::exchange(most, std::uint64_t{1}) > 1) continue;  // first the rows before it, one by one
      pass_over(last);
      ++rows;
      most = rows_at_once;
    }
    // Somebody may have made an id of another type: then the same page would come for ever.
    if (last <= before) throw std::runtime_error("ids of a table that are no texts");
  }
}

/// The same, and throws StorageError for a row that cannot be read.
inline std::int64_t in_pages(FunctionRef<std::uint64_t(std::string& last, std::uint64_t most)> page) {
  return in_pages(page, [](std::string&) { throw; });
}

}  // namespace clinic
