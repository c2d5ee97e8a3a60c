/// \file
/// Dispatchers that are killed: every message arrives, and a second time only where somebody died while sending it.

#include "job.hpp"

#include "support/catch.hpp"
#include "support/messages.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

using namespace clinic;
using namespace clinic::test;

namespace {

constexpr std::size_t dispatchers = 3;

/// Messages in a database, and the file to which they are sent.
class Post {
 public:
  Post() : job_(job_on(database_)) {
    job_.file = (std::filesystem::path(database_.folder().path()) / "sent").string();
    // One that is real, to be copied: with a secret in it. It stays.
    open_clinic(job_)
        .act_as(Actor::system("desk"))
        .patients()
        .register_patient({.first_name = "Jane",
                           .last_name = "Smith",
                           .create_portal_account = true,
                           .portal_email = "jane@example.org"});
    database_.rows("UPDATE outbox_messages SET status = 'cancelled'");
    REQUIRE(database_.number("SELECT COUNT(*) FROM outbox_messages WHERE sealed_secret IS NOT NULL") == 1);
  }

  const Job& job() const { return job_; }
  const TestDatabase& database() const { return database_; }

  /// So many more, 10,000 at the most.
  void put(int count) {
    database_.rows(copies_of_message(count, all_));
    all_ += count;
  }
  std::int64_t all() const { return all_; }
  std::int64_t pending() const { return with("status = 'pending'"); }
  std::int64_t unsent() const { return all_ - with("status = 'sent'"); }
  std::int64_t with_secret() const { return with("status <> 'cancelled' AND sealed_secret IS NOT NULL"); }
  std::int64_t attempts() const {
    return database_.number("SELECT SUM(attempts) FROM outbox_messages WHERE status = 'sent'");
  }
  /// Lets five minutes pass for those whose dispatcher has died. Nobody may be sending.
  void end_leases() { database_.rows("UPDATE outbox_messages SET due_at = due_at - 300000 WHERE status = 'sending'"); }

  /// How many were handed over until now, each time counted.
  std::int64_t handed_over() const {
    constexpr auto line = message_id_size + 1;
    std::error_code none_yet;
    const auto size = std::filesystem::file_size(job_.file, none_yet);
    return none_yet ? 0 : static_cast<std::int64_t>(size) / line;
  }
  /// How often each was.
  std::map<std::string, int> times() const {
    std::map<std::string, int> times;
    std::ifstream file(job_.file);
    for (std::string id; std::getline(file, id);)
      ++times[id];
    return times;
  }

 private:
  std::int64_t with(const std::string& condition) const {
    return database_.number("SELECT COUNT(*) FROM outbox_messages WHERE " + condition);
  }
  TestDatabase database_;
  Job job_;
  std::int64_t all_ = 0;
};

/// Processes that send.
class Dispatchers {
 public:
  explicit Dispatchers(const Post& post) : post_(post) {
    while (running_.size() < dispatchers)
      running_.push_back({start("dispatch", post.job())});
  }
  void wait_until_ready(std::size_t which) {
    auto& [process, ready] = running_.at(which);
    if (!ready) REQUIRE(process->line() == "ready");
    ready = true;
  }
  /// Kills one, and begins another.
  void kill(std::size_t which) {
    auto& process = running_.at(which).process;
    process->kill();
    REQUIRE(process->wait() == -SIGKILL);
    running_.at(which) = {start("dispatch", post_.job())};
  }
  /// Ends them as a host does.
  void end() {
    for (auto& each : running_)
      each.process->close_input();
    for (auto& each : running_)
      REQUIRE(each.process->wait() == 0);
  }

 private:
  struct Running {
    std::unique_ptr<Process> process;
    bool ready = false;
  };
  const Post& post_;
  std::vector<Running> running_;
};

}  // namespace

TEST_CASE("dispatchers of several processes send every message once", "[NOTE-1][NOTE-5]") {
  Post post;
  post.put(soak(500));
  Dispatchers running(post);
  until("all messages being sent", [&] { return post.unsent() == 0; });
  running.end();
  CHECK(post.handed_over() == post.all());
  CHECK(post.times().size() == static_cast<std::size_t>(post.all()));
  CHECK(post.attempts() == post.all());
  CHECK(post.with_secret() == 0);
}

TEST_CASE("a dispatcher goes on where another was faster with all that it saw", "[server][NOTE-1]") {
  Post post;
  const auto& database = post.database();
  const std::int64_t first = 8, all = 40;  // it takes eight at once
  post.put(all);
  const auto due_first = "status = 'pending' AND id < '" + message_id(first) + "'";
  database.rows("UPDATE outbox_messages SET due_at = due_at - 3600000 WHERE " + due_first);
  REQUIRE(database.number("SELECT COUNT(*) FROM outbox_messages WHERE " + due_first) == first);
  database.rows("BEGIN; UPDATE outbox_messages SET status = 'sent', version = version + 1 WHERE " + due_first);
  auto job = post.job();
  job.look_seconds = 3600;
  const auto process = start("dispatch", job);
  const std::string waiting = database.backend() == Backend::postgresql
                                  ? "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"
                                  : "SELECT CAST(variable_value AS SIGNED) FROM information_schema.global_status "
                                    "WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'";
  until("the dispatcher waiting for the other", [&] { return database.number(waiting) > 0; });
  database.rows("COMMIT");
  until("the others being sent", [&] { return post.handed_over() == all - first; });
  process->close_input();
  CHECK(process->wait() == 0);
}

TEST_CASE("kill -9 of dispatchers at any moment loses no message, and repeats only what was being sent",
          "[NOTE-1][NOTE-5]") {
  const int kills = soak(10), messages_of_a_kill = 50;
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  const auto below = [&](int most) { return std::uniform_int_distribution(0, most - 1)(random); };

  Post post;
  for (int killed = 0; killed < kills;) {
    CAPTURE(killed);
    post.end_leases();
    post.put(10 * messages_of_a_kill);
    Dispatchers running(post);
    for (; killed < kills; ++killed) {
      const auto which = static_cast<std::size_t>(below(dispatchers));
      // Most are killed while they send, some messages and microseconds later; some while they open.
      if (below(10) > 0) {
        running.wait_until_ready(which);
        const auto wanted = post.handed_over() + below(2 * messages_of_a_kill);
        until("more messages being sent", [&] { return post.handed_over() >= wanted || post.pending() == 0; });
      }
      if (post.pending() == 0) break;
      std::this_thread::sleep_for(std::chrono::microseconds(below(2000)));
      running.kill(which);
    }
    until("what waits being taken", [&] { return post.pending() == 0; });
    running.end();
  }
  post.end_leases();
  Dispatchers last(post);
  until("all messages being sent", [&] { return post.unsent() == 0; });
  last.end();

  const auto times = post.times();
  const auto repeated = post.handed_over() - static_cast<std::int64_t>(times.size());
  WARN(post.all() << " messages, " << kills << " kills: " << repeated << " sent again, "
                  << post.attempts() - post.handed_over() << " tries without a send");
  CHECK(times.size() == static_cast<std::size_t>(post.all()));  // of ids that are in the table, see put()
  CHECK(repeated <= kills * post.job().connections);
  CHECK(post.with_secret() == 0);
}
