#include "base/ids.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace clinic;

namespace {

constexpr Timestamp moment{std::chrono::milliseconds(0x017F22E279B0)};  // RFC 9562, A.6

RandomSource always(std::byte value) {
  return [value](std::span<std::byte> out) { std::fill(out.begin(), out.end(), value); };
}

}  // namespace

TEST_CASE("Ids are UUIDs of version 7", "[MODEL-5][core]") {
  CHECK(IdGenerator(always(std::byte{0})).next(moment) == "017f22e2-79b0-7000-8000-000000000000");
  CHECK(IdGenerator(always(std::byte{0xFF})).next(moment) == "017f22e2-79b0-77ff-bfff-ffffffffffff");
  CHECK(
      IdGenerator(always(std::byte{0})).next(Timestamp(std::chrono::milliseconds(-5))).starts_with("00000000-0000-7"));
  for (int i = 0; i < 1000; ++i) {
    const auto id = new_id(moment);
    CHECK(id.size() == 36);
    CHECK(id[14] == '7');
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    CHECK(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
  }
}

TEST_CASE("Ids grow, within a millisecond and over small steps back", "[MODEL-5][core]") {
  using std::chrono::milliseconds;
  IdGenerator generator;
  std::string last;
  for (int i = 0; i < 20000; ++i) {
    const auto id = generator.next(moment + milliseconds(i / 1000) - milliseconds(i % 7 == 0 ? 3 : 0));
    REQUIRE(id > last);
    last = id;
  }
  // A clock that was wrong by hours is believed once it is right.
  CHECK(generator.next(moment - std::chrono::hours(1)) < last);
}

TEST_CASE("A millisecond's counter overflows into the next one", "[MODEL-5][core]") {
  IdGenerator generator(always(std::byte{0xFF}));  // starts at 2^25 − 1
  std::string last = generator.next(moment);
  for (int i = 0; i < 3; ++i) {
    const auto id = generator.next(moment);
    CHECK(id > last);
    last = id;
  }
  CHECK(last.substr(0, 23) == "017f22e2-79b0-7800-8002");
}

TEST_CASE("Ids are unique over threads", "[MODEL-5][core]") {
  constexpr std::size_t threads = 8, each = 20000;
  std::vector<std::vector<std::string>> made(threads);
  std::vector<std::thread> workers;
  for (auto& ids : made)
    workers.emplace_back([&ids] {
      for (std::size_t i = 0; i < each; ++i)
        ids.push_back(new_id(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
    });
  for (auto& worker : workers)
    worker.join();
  std::set<std::string> all;
  for (const auto& ids : made) {
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    all.insert(ids.begin(), ids.end());
  }
  CHECK(all.size() == threads * each);
}

TEST_CASE("A failing random source makes no id", "[MODEL-5][core]") {
  IdGenerator generator([](std::span<std::byte>) { throw std::runtime_error("no entropy"); });
  CHECK_THROWS(generator.next(moment));
}
