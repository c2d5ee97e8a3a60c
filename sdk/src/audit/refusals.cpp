#include "audit/refusals.hpp"

#include "base/fork_gate.hpp"
#include "base/own_thread.hpp"
#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <utility>

namespace clinic {
namespace {

/// How long a refused caller waits for the entry: long enough for many commits, and hardly noticed by a person.
constexpr std::chrono::milliseconds patience(200);
/// Thousands of refusals while the database is held may be an attack, and must not fill the memory.
constexpr std::size_t most_waiting = 1000;

}  // namespace

std::string not_filed(std::string_view operation) {
  return std::string(operation) + ": a refusal could not be filed in the audit";
}

Refusals::Refusals(Store& store, AuditSealing& sealing, const Log& log) : store_(store), sealing_(sealing), log_(log) {}

Refusals::~Refusals() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Refusals::file(Refusal refusal) {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {  // started at the first refusal: most opened clinics refuse nothing
    ForkGate::instance();
    thread_ = own_thread([this](const std::stop_token& stop) { run(stop); });
  }
  if (!changed_.wait_for(lock, patience, [&] { return waiting_.size() < most_waiting; })) {
    lock.unlock();
    log_(LogLevel::error, not_filed(refusal.operation));
    return;
  }
  waiting_.push_back(std::move(refusal));
  const auto mine = ++given_;
  wake_.notify_one();
  changed_.wait_for(lock, patience, [&] { return done_ >= mine; });
}

void Refusals::run(const std::stop_token& stop) {
  for (std::unique_lock lock(mutex_); wake_.wait(lock, stop, [&] { return !waiting_.empty(); });) {
    auto taken = std::exchange(waiting_, {});
    const auto last = given_;
    lock.unlock();
    store(taken);
    lock.lock();
    done_ = last;
    changed_.notify_all();
  }
}

void Refusals::store(std::span<Refusal> refusals) noexcept {
  bool one_by_one = false;  // one entry that cannot be written must not prevent the others
  try {
    return insert(refusals);
  } catch (const StorageError& failure) {
    // If the database did not answer, single writes would not succeed either.
    one_by_one = refusals.size() > 1 && !to_error(failure).retryable();
  } catch (...) {
  }
  for (auto& refusal : refusals)
    one_by_one ? store({&refusal, 1}) : log_(LogLevel::error, not_filed(refusal.operation));
}

void Refusals::insert(std::span<Refusal> refusals) {
  std::vector<AuditEntry> entries;
  for (const auto& refusal : refusals)
    entries.push_back(refusal.entry);
  const auto commit = [&](std::span<AuditEntry> rows) {
    const ForkGate::Work work;  // not while rerunning() pauses
    if (!work) throw StorageError(CLINIC_PLUGIN_UNAVAILABLE, 0, {}, {}, "the process is at its end");
    Transaction transaction(store_, Access::write);
    Repository<AuditEntry>(transaction).insert_many(rows);
    transaction.commit();
  };
  try {
    rerunning([&] { commit(entries); },
              [](const StorageError& failure) { return failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN; });
  } catch (const StorageError& failure) {
    if (!violates(failure, "AuditEntry", "id")) throw;
    commit({});  // an earlier commit with unknown outcome has succeeded: its rows are there, and now on the disk
  }
  sealing_.written();
}

}  // namespace clinic
