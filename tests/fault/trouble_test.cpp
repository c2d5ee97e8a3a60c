/// \file
/// A database that cannot be written, is locked, or is damaged; a quota; a fork.

#include "calls.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/process.hpp"
#include "support/sqlite_rows.hpp"
#include "support/temp_folder.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace clinic;
using namespace clinic::test;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

Plan plan_for(const std::string& file, const std::string& options = {}) {
  Plan plan;
  plan.storage = "sqlite:" + file + options;
  return plan;
}

std::string person(int i) {
  return R"({"first_name":"Amina","last_name":"Odhiambo","email":"p)" + std::to_string(i) +
         R"(@example.org","create_portal_account":true})";
}

std::int64_t rows(const std::string& file, const std::string& table) {
  return sqlite_number(file, "SELECT COUNT(*) FROM " + table);
}

ErrorCode opening_fails(const Plan& plan, std::string& text) {
  try {
    open_clinic(plan);
  } catch (const Error& error) {
    text = error.what();
    return error.code();
  }
  FAIL("it was opened");
  throw std::logic_error("not reached");
}

/// No file may grow beyond so many bytes.
class Quota {
 public:
  explicit Quota(rlim_t bytes) : before_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~Quota() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

 private:
  rlimit before_{};
  void (*before_handler_)(int);
};

/// This thread obeys file permissions even when it runs as root.
class NoOverride {
 public:
  NoOverride() {
    get(before_);
    auto now = before_;
    now.data[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
    set(now);
  }
  ~NoOverride() { set(before_); }
  NoOverride(const NoOverride&) = delete;
  NoOverride& operator=(const NoOverride&) = delete;

 private:
  struct Capabilities {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
  };
  static void get(Capabilities& capabilities) { ::syscall(SYS_capget, &capabilities.header, capabilities.data); }
  static void set(Capabilities& capabilities) { ::syscall(SYS_capset, &capabilities.header, capabilities.data); }
  Capabilities before_;
};

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

/// How many of this process's open files are in the folder.
int open_files_in(const TempFolder& folder) {
  int count = 0;
  for (const auto& link : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += fs::read_symlink(link, gone).string().starts_with(folder.path().string());
  }
  return count;
}

}  // namespace

TEST_CASE("a quota that is used up makes calls unavailable, with nothing half done", "[sqlite][STORE-3][PORTAL-4]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  const auto clinic = open_clinic(plan_for(file));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  int done = 1, next = 1;
  Lines refusals;
  {
    Quota quota(fs::file_size(file + "-wal") + 200000);
    for (; refusals.size() < 5 && next < 1000; ++next) {
      const auto answer = call(desk, "patients.register", person(next));
      if (answer.code == "done")
        ++done;
      else
        refusals.push_back(answer.code);
    }
  }
  CHECK(done > 1);
  CHECK(refusals == Lines(5, "unavailable"));
  CHECK(rows(file, "patients") == done);
  CHECK(rows(file, "users") == done);
  CHECK(broken_invariants(file) == Lines{});
  CHECK(call(desk, "patients.register", person(next)).code == "done");
  CHECK(broken_invariants(file) == Lines{});
}

TEST_CASE("a read-only database is told as unavailable and works again when it is writable", "[sqlite][STORE-3]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  REQUIRE(call(session(open_clinic(plan_for(file))), "patients.register", person(0)).code == "done");
  std::string text;
  SECTION("file and folder") {
    fs::permissions(file, fs::perms::owner_read);
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    {
      NoOverride obedient;
      CHECK(opening_fails(plan_for(file), text) == ErrorCode::unavailable);
    }
    fs::permissions(folder.path(), fs::perms::owner_all);
  }
  SECTION("the file alone: it can be read") {
    fs::permissions(file, fs::perms::owner_read);
    NoOverride obedient;
    const auto clinic = open_clinic(plan_for(file));
    const auto desk = session(clinic);
    CHECK(call(desk, "patients.list", "{}").code == "done");
    CHECK(call(desk, "patients.register", person(1)).code == "unavailable");
  }
  SECTION("a folder in which nothing can be made, for a new database") {
    const auto inner = folder.path() / "closed";
    fs::create_directory(inner);
    fs::permissions(inner, fs::perms::owner_read | fs::perms::owner_exec);
    NoOverride obedient;
    CHECK(opening_fails(plan_for(inner / "clinic.db"), text) == ErrorCode::unavailable);
  }
  SECTION("a folder that is not there") {
    CHECK(opening_fails(plan_for(folder.file("nowhere/clinic.db")), text) == ErrorCode::unavailable);
  }
  CAPTURE(text);
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  CHECK(call(session(open_clinic(plan_for(file))), "patients.register", person(2)).code == "done");
  CHECK(broken_invariants(file) == Lines{});
}

TEST_CASE("a locked database makes calls busy, which may be repeated", "[sqlite][STORE-3]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  const auto clinic = open_clinic(plan_for(file, "?busy_timeout=100"));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  {
    Process other({CLINIC_RACE_WORKER, "hold", file});
    REQUIRE(other.line() == "held");
    CHECK(call(desk, "patients.list", "{}").code == "done");  // readers do not mind
    for (const auto* request :
         {R"({"number":"S1","first_name":"A","last_name":"B"})", R"({"first_name":"A","last_name":"B"})"}) {
      const auto begin = std::chrono::steady_clock::now();
      const auto answer = call(desk, "patients.register", request);
      CHECK(answer.code == "busy");
      CHECK(answer.text.find("\"retryable\":true") != answer.text.npos);
      CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(40));
    }
    CHECK(rows(file, "patients") == 1);
    other.close_input();
    CHECK(other.wait() == 0);
  }
  CHECK(call(desk, "patients.register", person(1)).code == "done");
  CHECK(rows(file, "patients") == 2);
  CHECK(broken_invariants(file) == Lines{});
}

TEST_CASE("on a locked database threads that need a number give up together, not one after the other",
          "[sqlite][STORE-3][NUM-2]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  const auto clinic = open_clinic(plan_for(file, "?busy_timeout=1"));
  Process other({CLINIC_RACE_WORKER, "hold", file});
  REQUIRE(other.line() == "held");
  Plan plan;
  plan.threads = 8;
  plan.mix = {{"patients.register", R"({"first_name":"A","last_name":"B"})", {}}};
  std::atomic<int> busy = 0;
  const auto begin = std::chrono::steady_clock::now();
  run_calls(plan, &clinic, [&](const Answer& answer) { busy += answer.code == "busy"; });
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));  // one of them alone: about 5
  CHECK(busy == 8);
  other.close_input();
  CHECK(other.wait() == 0);
  CHECK(call(session(clinic), "patients.register", person(1)).code == "done");
}

TEST_CASE("a call that waits for a locked database gets through when the lock goes", "[sqlite][STORE-3]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  const auto clinic = open_clinic(plan_for(file, "?busy_timeout=20"));
  const auto desk = session(clinic);
  Process other({CLINIC_RACE_WORKER, "hold", file});
  REQUIRE(other.line() == "held");
  std::atomic<bool> answered = false;
  Answer answer;
  std::jthread waiting([&] {
    answer = call(desk, "patients.register", person(1));
    answered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(60));  // longer than the busy timeout: the call has begun again
  CHECK_FALSE(answered);
  other.close_input();
  waiting.join();
  CHECK(answer.code == "done");
}

TEST_CASE("a file that is no database, or a damaged one, is refused in words", "[sqlite][STORE-3]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  std::string text;
  SECTION("something else") {
    std::ofstream(file) << std::string(100, 'x') << "This is the clinic's Christmas card list, and no database.";
    CHECK(opening_fails(plan_for(file), text) == ErrorCode::plugin_refused);
    CHECK(text.find("not an SQLite database") != text.npos);
    CHECK(contents(file).ends_with("no database."));
    CHECK_FALSE(fs::exists(file + ".key"));
  }
  SECTION("the first page overwritten behind its header") {
    open_clinic(plan_for(file));
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(100);
    damaged << std::string(3000, '\x7f');
    damaged.close();
    CHECK(opening_fails(plan_for(file), text) == ErrorCode::unavailable);
    CHECK(text.find("damaged") != text.npos);
  }
  SECTION("all pages but the first overwritten: calls say so") {
    open_clinic(plan_for(file));
    const auto size = fs::file_size(file);
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(4096);
    damaged << std::string(size - 4096, '\x7f');
    damaged.close();
    std::string code;
    try {
      const auto clinic = open_clinic(plan_for(file));
      code = call(session(clinic), "patients.register", person(0)).code;
    } catch (const Error& error) {
      code = info(error.code()).word;
    }
    CHECK(code == "unavailable");
  }
  SECTION("cut short") {
    open_clinic(plan_for(file));
    fs::resize_file(file, 4096 * 3);
    std::string code;
    try {
      const auto clinic = open_clinic(plan_for(file));
      code = call(session(clinic), "patients.register", person(0)).code;
    } catch (const Error& error) {
      code = info(error.code()).word;
    }
    CHECK(code == "unavailable");
  }
}

TEST_CASE("after fork the child's calls answer closed and the parent goes on", "[sqlite][BIND-2]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  auto clinic = std::make_unique<Clinic>(open_clinic(plan_for(file)));
  const auto desk = session(*clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");

  CHECK(in_child([&] {
          const bool closed = call(desk, "patients.register", person(1)).code == "closed" &&
                              call(desk, "patients.list", "{}").code == "closed";
          return closed ? 7 : 1;
        }) == 7);
  CHECK(call(desk, "patients.register", person(2)).code == "done");
  CHECK(rows(file, "patients") == 2);
}

#ifndef __SANITIZE_ADDRESS__  // which holds locks of its own allocator across fork, in a process with threads
TEST_CASE("a child that gives up the parent's clinic, and opens its own, does no harm", "[sqlite][BIND-2]") {
  TempFolder folder;
  const auto file = folder.file("clinic.db");
  // Threads of the parent are in the middle of calls, so locks are held that nobody in the child will ever let go.
  auto clinic = std::make_unique<Clinic>(open_clinic(plan_for(file)));
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
    while (done < 20 * child && refused == 0)
      std::this_thread::yield();
    CHECK(in_child([&] {
            const auto before = open_files_in(folder);
            clinic.reset();
            return before > 0 && open_files_in(folder) == before ? 7 : 1;  // not even closed: SQLite forbids it there
          }) == 7);
  }
  stop = true;
  threads.clear();
  CHECK(refused == 0);
  CHECK(rows(file, "patients") == done);
  CHECK(in_child([&] {
          clinic.reset();
          return call(session(open_clinic(plan_for(file))), "patients.register", person(1)).code == "done" ? 7 : 1;
        }) == 7);
  CHECK(call(session(*clinic), "patients.register", person(2)).code == "done");
  CHECK(rows(file, "patients") == done + 2);
  CHECK(broken_invariants(file) == Lines{});
}
#endif
