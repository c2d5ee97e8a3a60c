/// \file
/// A process with a clinic forks: the child has copies of its connections, which are not the child's.

#include "calls.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"

#include "base/fork_gate.hpp"
#include "base/made_once.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace clinic;
using namespace clinic::test;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

std::string person(int i) {
  return R"({"first_name":"Amina","last_name":"Odhiambo","email":"p)" + std::to_string(i) +
         R"(@example.org","create_portal_account":true})";
}

/// Runs in a child made by fork; answers its exit code, or minus the signal. Fails when the child hangs.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// How many of this process's open files are in the folder of an embedded database, or its sockets, with a server's.
int open_files(const TestDatabase& database) {
  const auto prefix = database.backend() == Backend::sqlite ? database.folder().path().string() : "socket:";
  int count = 0;
  for (const auto& link : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += fs::read_symlink(link, gone).string().starts_with(prefix);
  }
  return count;
}

}  // namespace

TEST_CASE("after fork the child's calls answer closed and the parent goes on", "[BIND-2]") {
  const TestDatabase database;
  const auto clinic = open_clinic(plan_on(database));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");

  CHECK(in_child([&] {
          const bool closed = call(desk, "patients.register", person(1)).code == "closed" &&
                              call(desk, "patients.list", "{}").code == "closed";
          return closed ? 7 : 1;
        }) == 7);
  CHECK(call(desk, "patients.register", person(2)).code == "done");
  CHECK(database.number("SELECT COUNT(*) FROM patients") == 2);
}

TEST_CASE("children of a process that has closed its clinics open their own, and their children too", "[BIND-2]") {
  const TestDatabase database;
  CHECK(call(session(open_clinic(plan_on(database))), "patients.register", person(0)).code == "done");
  const auto opens = [&](int i) {
    return call(session(open_clinic(plan_on(database))), "patients.register", person(i)).code == "done";
  };
  CHECK(in_child([&] { return opens(1) && in_child([&] { return opens(2) ? 7 : 1; }) == 7 && opens(3) ? 7 : 1; }) == 7);
  CHECK(opens(4));
  CHECK(database.number("SELECT COUNT(*) FROM patients") == 5);
}

TEST_CASE("fork waits for a thread of the SDK's own that is in the middle of something", "[BIND-2][AUDIT-3]") {
  using namespace std::chrono_literals;
  std::atomic<bool> working = false, done = false;
  const std::jthread worker([&] {
    const ForkGate::Work work;
    working = true;
    std::this_thread::sleep_for(300ms);
    done = true;
  });
  while (!working)
    std::this_thread::yield();
  CHECK(in_child([&] {
          const ForkGate::Work work;  // the child may have such a thread too
          return work && done ? 7 : 1;
        }) == 7);
  const ForkGate::Work work;
  CHECK(static_cast<bool>(work));
}

TEST_CASE("a child of fork has the value that another thread of its parent was making", "[BIND-2]") {
  static std::atomic<bool> making = false, forked = false;  // the lambda has no captures: it is one place in the code
  static const auto value = []() -> const std::string& {
    return made_once([] {
      making = true;
      while (!forked)  // in the child, too: it is a copy of the parent
        std::this_thread::yield();
      return std::string("made");
    });
  };
  const std::jthread other([] { CHECK(value() == "made"); });
  while (!making)
    std::this_thread::yield();
  CHECK(in_child([] {
          forked = true;
          return value() == "made" ? 7 : 1;
        }) == 7);
  forked = true;
  CHECK(&value() == &value());
}

#ifndef __SANITIZE_ADDRESS__  // which holds locks of its own allocator across fork, in a process with threads
TEST_CASE("a child that gives up the parent's clinic, and opens its own where it may, does no harm", "[BIND-2]") {
  const TestDatabase database;
  // Threads of the parent are in the middle of calls, so locks are held that nobody in the child will ever let go.
  auto clinic = std::make_unique<Clinic>(open_clinic(plan_on(database)));
  std::atomic<bool> stop = false;
  std::atomic<int> done = 0, refused = 0;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      const auto desk = session(*clinic);
      for (int i = 0; !stop; ++i)
        ++(call(desk, "patients.register", person(100000 * (thread + 1) + i)).code == "done" ? done : refused);
    });
  for (int child = 0; child < 20; ++child) {
    while (done < 20 * (child + 1) && refused == 0)
      std::this_thread::yield();
    CHECK(in_child([&] {
            const auto before = open_files(database);
            clinic.reset();
            // Not even closed: SQLite forbids it there, and a server would be told that the parent says good-bye.
            return before > 0 && open_files(database) == before ? 7 : 1;
          }) == 7);
  }
  stop = true;
  threads.clear();
  CHECK(refused == 0);
  CHECK(database.number("SELECT COUNT(*) FROM patients") == done);
  // SQLite's state in this process is in the child too, with the locks of threads that are not.
  const bool embedded = database.backend() == Backend::sqlite;
  CHECK(in_child([&] {
          clinic.reset();
          try {
            const auto own = session(open_clinic(plan_on(database)));
            return call(own, "patients.register", person(1)).code == "done" ? 7 : 1;
          } catch (const Error& error) {
            const bool told = error.detail().find("fork") != std::string::npos;
            return error.code() == ErrorCode::plugin_refused && told ? 8 : 2;
          }
        }) == (embedded ? 8 : 7));
  CHECK(call(session(*clinic), "patients.register", person(2)).code == "done");
  CHECK(database.number("SELECT COUNT(*) FROM patients") == done + (embedded ? 1 : 2));
  CHECK(broken_invariants(database) == Lines{});
}
#endif
