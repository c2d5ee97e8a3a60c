/// \file
/// What sealing the audit costs those who write meanwhile (AUDIT-3).

#include "captured.hpp"
#include "folder.hpp"
#include "on_server.hpp"
#include "people.hpp"
#include "scenes.hpp"

#include <atomic>
#include <cstdio>
#include <latch>
#include <thread>

namespace clinic::bench {
namespace {

constexpr int writers = 32;

Configuration sealed_every(int seconds, Configuration configuration) {
  configuration.policy.text =
      R"({"password_hash_cost":4,"audit_reads":false,"encrypt_medical_fields":false,"audit_seal_seconds":)" +
      std::to_string(seconds) + '}';
  return configuration;
}

/// One clinic with its writers.
class Written {
 public:
  explicit Written(const Configuration& configuration) : clinic_(Clinic::open(configuration)) {}

  /// Registrations a second, over that time.
  double rate(std::chrono::milliseconds time) {
    const auto before = next_.load();
    std::latch begin(writers + 1);
    std::atomic<bool> stop = false;
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i)
      threads.emplace_back([&] {
        const auto desk = clinic_.act_as(Actor::system("desk"));
        begin.arrive_and_wait();
        while (!stop)
          desk.patients().register_patient(person(next_++, false));
      });
    begin.arrive_and_wait();
    const auto began = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(time);
    stop = true;
    threads.clear();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    return static_cast<double>(next_.load() - before) / taken.count();
  }
  AuditVerified verified() const { return clinic_.act_as(Actor::system("desk")).audit().verify(); }

 private:
  Clinic clinic_;
  std::atomic<std::size_t> next_ = 0;
};

double compare(const std::string& where, const Configuration& plain, const Configuration& sealed, std::size_t turns,
               std::chrono::milliseconds turn) {
  Written without(sealed_every(0, plain)), with(sealed_every(1, sealed));
  std::vector<double> ratios, rates;
  for (std::size_t i = 0; i < turns + 1; ++i) {
    // Now the one first and now the other, so that what drifts drifts for both.
    double rate_without = 0, rate_with = 0;
    if (i % 2) rate_with = with.rate(turn);
    rate_without = without.rate(turn);
    if (i % 2 == 0) rate_with = with.rate(turn);
    if (i == 0 && turns > 1) continue;  // a warm-up
    ratios.push_back(rate_with / rate_without);
    rates.push_back(rate_with);
  }
  const auto verified = with.verified();
  std::printf(
      "\n%d threads that register, %s: %.0f a second while the audit is sealed every second, %.2f of the rate "
      "without; %lld seals, valid: %s\n",
      writers, where.c_str(), median(rates), median(ratios), static_cast<long long>(verified.seals_checked),
      verified.valid ? "yes" : "NO");
  return median(ratios);
}

}  // namespace

double sealing(const Place& place, std::size_t turns, std::chrono::milliseconds turn) {
  const Folder folder(place.folder);
  return compare(place.words, configuration(folder.file("plain")), configuration(folder.file("sealed")), turns, turn);
}

double server_sealing(Server server, std::size_t turns, std::chrono::milliseconds turn) {
  const auto backend = backend_of(server);
  const test::TestDatabase plain(backend), sealed(backend);
  return compare("on " + std::string(word(backend)), on_server(plain), on_server(sealed), turns, turn);
}

}  // namespace clinic::bench
