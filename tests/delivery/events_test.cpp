/// \file
/// Followers that are killed see every event, in an order that never changes.

#include "job.hpp"

#include "support/catch.hpp"

#include <clinic/description.hpp>

#include <boost/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <random>
#include <set>

using namespace clinic;
using namespace clinic::test;

namespace {

constexpr int writers = 4, users = 24;

struct Seen {
  std::int64_t position = 0;
  std::string id, user, role;
  bool operator==(const Seen&) const = default;
};

/// The role that a user has after that one.
std::string_view role_behind(const std::string& role) {
  std::int64_t version = 0;
  while (word(role_of_version(version)) != role)
    ++version;
  return word(role_of_version(version + 1));
}

/// The events of a table or of a file of a follower.
using Events = std::vector<Seen>;

Events read(const std::string& file) {
  Events events;
  std::ifstream lines(file);
  for (Seen seen; lines >> seen.position >> seen.id >> seen.user >> seen.role;)
    events.push_back(seen);
  return events;
}

Events in_table(const TestDatabase& database) {
  Events events;
  for (const auto& row : database.rows("SELECT position, id, resource_id, data FROM events ORDER BY position")) {
    const auto data = boost::json::parse(row.at("data").as_string()).as_object();
    events.push_back({row.at("position").as_int64(), std::string(row.at("id").as_string()),
                      std::string(row.at("resource_id").as_string()), std::string(data.at("role").as_string())});
  }
  return events;
}

/// A follower that is killed and begins again behind the position in its bookmark.
class Follower {
 public:
  Follower(Job job, const TestDatabase& database, const std::string& name, bool in_c) : job_(std::move(job)) {
    const std::filesystem::path folder(database.folder().path());
    job_.file = (folder / name).string();
    job_.bookmark = (folder / (name + ".position")).string();
    job_.in_c = in_c;
    process_ = start("follow", job_);
  }
  void kill() {
    process_->kill();
    REQUIRE(process_->wait() == -SIGKILL);
    process_ = start("follow", job_);
    ++kills_;
  }
  void end() {
    process_->close_input();
    REQUIRE(process_->wait() == 0);
  }
  Events seen() const { return read(job_.file); }
  std::uintmax_t bytes() const {
    std::error_code none_yet;
    const auto size = std::filesystem::file_size(job_.file, none_yet);
    return none_yet ? 0 : size;
  }
  int kills() const { return kills_; }

 private:
  Job job_;
  std::unique_ptr<Process> process_;
  int kills_ = 0;
};

/// Writers whose clocks differ by that much; answers how many events of a user are not directly behind the
/// user's change before.
int race(std::chrono::milliseconds clocks_apart) {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  const auto below = [&](int most) { return std::uniform_int_distribution(0, most - 1)(random); };

  const TestDatabase database;
  auto job = job_on(database);
  job.users = users;
  job.changes = soak(2000) / writers / job.threads;
  {
    ImportUsers request;
    for (int i = 0; i < users; ++i)
      request.users.push_back(
          {.id = user_id(i), .email = "u" + std::to_string(i) + "@example.org", .role = role_of_version(1)});
    REQUIRE(open_clinic(job).act_as(Actor::system("import")).users().import_users(request).users_created == users);
  }
  Follower in_cpp(job, database, "cpp", false), in_c(job, database, "c", true);
  std::vector<std::unique_ptr<Process>> changing;
  for (int i = 0; i < writers; ++i) {
    job.clock_ms = static_cast<int>(i % 2 * clocks_apart.count());
    changing.push_back(start("change", job));
  }
  for (auto& process : changing)
    REQUIRE(process->line() == "ready");
  for (auto& process : changing)
    process->say("go");
  std::vector<std::future<int>> ends;
  for (auto& process : changing)
    ends.push_back(std::async(std::launch::async, [&] { return process->wait(); }));
  const auto all_written = [&] {
    return std::all_of(ends.begin(), ends.end(), [](const auto& end) {
      return end.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
  };
  const auto each_killed = [&] { return in_cpp.kills() > 0 && in_c.kills() > 0; };
  while (!all_written() || !each_killed()) {
    auto& follower = below(2) ? in_cpp : in_c;
    const auto wanted = follower.bytes() + static_cast<std::uintmax_t>(below(8000));
    until("events being seen", [&] { return follower.bytes() >= wanted || all_written(); });
    follower.kill();
  }
  for (auto& end : ends)
    REQUIRE(end.get() == 0);

  const auto expected = static_cast<std::size_t>(users + job.changes * job.threads * writers);
  REQUIRE(database.number("SELECT COUNT(*) FROM events") == static_cast<std::int64_t>(expected));
  for (auto* follower : {&in_cpp, &in_c}) {
    until("the last event being seen", [&] {
      const auto seen = follower->seen();
      return !seen.empty() && seen.back().position == static_cast<std::int64_t>(expected);
    });
    follower->end();
  }

  const auto events = in_table(database);
  for (std::size_t i = 0; i < events.size(); ++i)
    REQUIRE(events[i].position == static_cast<std::int64_t>(i + 1));  // each once, without a hole
  for (const auto* follower : {&in_cpp, &in_c}) {
    std::size_t highest = 0;
    const auto seen = follower->seen();
    for (const auto& event : seen) {
      REQUIRE(event.position <= static_cast<std::int64_t>(highest + 1));  // none is left out, not even across a kill
      const auto& in_its_place = events.at(static_cast<std::size_t>(event.position - 1));
      INFO(event.position << ": seen was " << event.id << " of " << event.user << ' ' << event.role << ", there is "
                          << in_its_place.id << " of " << in_its_place.user << ' ' << in_its_place.role);
      REQUIRE(event == in_its_place);
      highest = std::max(highest, static_cast<std::size_t>(event.position));
    }
    CHECK(highest == expected);
    CHECK(seen.size() - expected <= static_cast<std::size_t>(follower->kills()));
  }
  std::map<std::string, std::string> last;
  int misplaced = 0;
  for (const auto& event : events) {
    const auto [found, first] = last.try_emplace(event.user, event.role);
    misplaced += event.role != (first ? word(role_of_version(1)) : role_behind(found->second));
    found->second = event.role;
  }
  WARN(events.size() << " events, " << in_cpp.kills() + in_c.kills() << " kills of followers: " << misplaced
                     << " not behind their user's change before");
  return misplaced;
}

}  // namespace

TEST_CASE("followers that are killed see every event, and those of a person in the order of the changes", "[BIND-3]") {
  CHECK(race(std::chrono::milliseconds(0)) == 0);
}

TEST_CASE("where clocks differ, followers see every event, in one order", "[BIND-3]") {
  // The order of one person's events is that of the clocks, where both changes were committed before anybody looked.
  race(std::chrono::seconds(2));
}

/// Two processes that take turns at one user are quicker than a millisecond, the unit of time in an event's id.
TEST_CASE("events of changes that follow at once are in the order of the changes, whoever made them", "[BIND-3]") {
  const TestDatabase database;
  const auto job = job_on(database);
  const std::array clinics{open_clinic(job), open_clinic(job)};
  const auto users_of = [&](std::size_t i) {
    return clinics.at(i % clinics.size()).act_as(Actor::system("changing")).users();
  };
  users_of(0).import_users({{{.id = user_id(0), .email = "u0@example.org", .role = role_of_version(1)}}});
  const std::size_t changes = 600;
  for (std::size_t i = 0; i < changes; ++i)
    users_of(i).change_role({.user = user_id(0), .role = role_of_version(static_cast<std::int64_t>(i) + 2)});
  const auto events = clinics[0].act_as(Actor::system("following")).events().list({.limit = 1000}).items;
  REQUIRE(events.size() == changes + 1);
  std::int64_t version = 0;
  int misplaced = 0;
  for (const auto& event : events)
    misplaced += boost::json::parse(event.data.text).at("role").as_string() != word(role_of_version(++version));
  CHECK(misplaced == 0);
}
