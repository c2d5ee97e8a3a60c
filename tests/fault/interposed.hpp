#pragma once

/// \file
/// This executable's own pwrite64, fsync and fdatasync, which SQLite resolves to: they watch what is written and not
/// yet on the disk, and can fail as a disk does.

#include <set>
#include <string>

namespace clinic::test::disk {

/// Looks at files whose path begins with this, from now on; an empty one ends it. Shared memory (-shm) is no matter of
/// disks.
void watch(const std::string& prefix);

/// How many fsyncs there were since `watch`.
int syncs();
/// Files that were written since their last fsync.
std::set<std::string> unsynced();

/// What is on the disk of a file: what was there at `watch`, or was written before an fsync that succeeded. What was
/// written before one that failed is lost, as it is to Linux, which tells of it once.
std::string on_disk(const std::string& path);

/// The n-th write from now (counting from 0) and all that follow find the disk full. -1: none.
void fail_writes_from(int n);
/// The n-th fsync from now fails once with an I/O error. -1: none.
void fail_sync(int n);
/// Fsyncs wait from now on, until they are let go.
void hold_syncs(bool hold);
/// Whether a write or fsync has failed since it was last asked for.
bool failed();

}  // namespace clinic::test::disk
