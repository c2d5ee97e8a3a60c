/// \file
/// Races for patient numbers themselves. Among registrations a number that was given out twice would not be seen: the
/// second patient is refused by the table, and takes another.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "base/storage_url.hpp"
#include "engine/numbers.hpp"
#include "engine/opening.hpp"
#include "plugins/tables.hpp"

#include <latch>
#include <mutex>
#include <set>
#include <thread>

using namespace clinic;
using namespace clinic::test;

namespace {

/// What a process has of its own.
class Node {
 public:
  explicit Node(const Configuration& configuration, const Policy& policy)
      : plugin_(load_storage_plugin(configuration)),
        store_(storage_table(plugin_), host_, StorageUrl(configuration.storage).text()),
        numbers_(store_, policy) {}
  Numbers& numbers() { return numbers_; }

 private:
  Log log_{LogLevel::off, {}};
  clinic_plugin_host host_ = plugin_host(log_);
  LoadedPlugin plugin_;
  Store store_;
  Numbers numbers_;
};

}  // namespace

TEST_CASE("a number is given out once, whoever asks", "[concurrent][NUM-2]") {
  constexpr int nodes = 4, threads = 4, each = 150;
  const TestDatabase database;
  auto configuration = test_configuration(database);
  const auto policy = Clinic::open(configuration).policy();  // makes the tables, too
  configuration.storage = database.url("pool=4");

  std::mutex mutex;
  std::multiset<std::string> given;
  std::latch begin(nodes * threads);
  {
    std::vector<std::unique_ptr<Node>> all;
    for (int node = 0; node < nodes; ++node)
      all.push_back(std::make_unique<Node>(configuration, policy));
    std::vector<std::jthread> running;
    for (int thread = 0; thread < nodes * threads; ++thread)
      running.emplace_back([&, &numbers = all[static_cast<std::size_t>(thread % nodes)]->numbers()] {
        std::vector<std::string> own;
        begin.arrive_and_wait();
        for (int i = 0; i < each; ++i) {
          auto reserved = numbers.reserve(std::chrono::time_point_cast<Timestamp::duration>(
              std::chrono::sys_days(std::chrono::year(2025) / 6 / 1)));
          own.push_back(reserved.text());
          reserved.keep();
        }
        std::lock_guard lock(mutex);
        given.insert(own.begin(), own.end());
      });
    running.clear();
  }
  CHECK(given.size() == nodes * threads * each);
  CHECK(std::set<std::string>(given.begin(), given.end()).size() == given.size());
  // The rest of the last blocks is all that is lost.
  const auto next = database.number("SELECT next_value FROM number_blocks");
  CHECK(next > nodes * threads * each);
  CHECK(next <= nodes * threads * each + nodes * 64);
}
