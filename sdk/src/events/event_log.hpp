#pragma once

/// \file
/// The events of committed changes in one order, for subscribers (BIND-3).

#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/types.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace clinic {

/// An event is written in the transaction of its change, without a position. Whoever reads gives positions to the
/// events that are committed and have none, in a transaction of its own that locks the sequence. So an event whose
/// transaction commits late comes later in the order, and no reader has passed it. Events of one person are in the
/// order of their changes: ids sort by the time at which they were made, and they are made when the transaction holds
/// the person. Thread-safe. Functions throw StorageError.
class EventLog {
 public:
  explicit EventLog(Store& store) : store_(store) {}

  struct Page {
    std::int64_t behind = 0;  ///< the position behind which the page begins
    std::vector<Event> events;
    std::int64_t newest = 0;   ///< the highest position that was given
    std::int64_t removed = 0;  ///< the highest position of an event that is no longer kept
  };
  /// Events behind that position, in their order; 0: all that are kept.
  Page read(std::int64_t after, std::int64_t most);

  /// Gives each event its position, and notes that those before the first one behind that time will be removed, so that
  /// a subscriber who has not seen them is told. Answers the highest position that is to be removed.
  std::int64_t forget(Timestamp until);

  /// To be called in the transaction that has restored a backup, in which events have no positions. From here on they
  /// get others than any that was given before, and subscribers from before are told. Answers how many NumberBlocks it
  /// has made.
  static std::int64_t restored(Transaction& transaction, Timestamp now);

  /// Tells subscribers of this process that something was committed.
  void written();
  /// Waits until something was committed in this process, or the time has passed. `seen` is from before the last read.
  void wait(std::uint64_t seen, std::chrono::milliseconds time);
  std::uint64_t writes() const;

 private:
  bool any_waiting();
  /// Gives positions to the events that have none. Who erases events of a person must lock the sequence first: here
  /// they are taken out and put back.
  void sequence();
  bool sequence_some();
  Page read_given(std::int64_t after, std::int64_t most);
  std::int64_t newest_by_lock();

  Store& store_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t writes_ = 0;
};

}  // namespace clinic
