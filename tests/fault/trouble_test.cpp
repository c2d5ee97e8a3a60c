/// \file
/// A database file that cannot be written or is damaged; a quota.

#include "calls.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/test_database.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

std::int64_t rows(const TestDatabase& database, const std::string& table) {
  return database.number("SELECT COUNT(*) FROM " + table);
}

/// An SQLite file that is there already, or is not.
Plan plan_for(const std::string& file) {
  Plan plan;
  plan.storage = "sqlite:" + file;
  return plan;
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

/// The word of the error, whether it comes on opening or with the first call.
std::string registering_fails(const Plan& plan) {
  try {
    return call(session(open_clinic(plan)), "patients.register", person(0)).code;
  } catch (const Error& error) {
    return std::string(info(error.code()).word);
  }
}

void overwrite(const std::string& file, std::size_t from, std::size_t size) {
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(static_cast<std::streamoff>(from));
  damaged << std::string(size, '\x7f');
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

}  // namespace

TEST_CASE("a database file that is deleted or replaced under a clinic takes no more writes", "[STORE-3]") {
  const TestDatabase database;
  const auto plan = plan_on(database);
  const auto clinic = open_clinic(plan);
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  const auto away = database.file() + ".away";

  fs::rename(database.file(), away);
  CHECK(call(desk, "patients.register", person(1)).code == "unavailable");
  CHECK(call(desk, "system.health", "{}").text.find("\"healthy\":true") == std::string::npos);
  std::ofstream(database.file()) << "";
  CHECK(call(desk, "patients.register", person(1)).code == "unavailable");

  // Readers notice a little later than writers, and then for good.
  const auto read = [&] { return call(desk, "patients.list", "{}").code; };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (read() != "unavailable")
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  for (int i = 0; i < 2000; ++i)
    REQUIRE(read() == "unavailable");

  fs::rename(away, database.file());
  CHECK(call(desk, "patients.register", person(1)).code == "done");
  CHECK(call(desk, "system.health", "{}").text.find("\"healthy\":true") != std::string::npos);
  CHECK(rows(database, "patients") == 2);
}

TEST_CASE("a quota that is used up makes calls unavailable, with nothing half done", "[sqlite][STORE-3][PORTAL-4]") {
  const TestDatabase database(Backend::sqlite);
  const auto clinic = open_clinic(plan_on(database));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  int done = 1, next = 1;
  Lines refusals;
  {
    Quota quota(fs::file_size(database.file() + "-wal") + 200000);
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
  CHECK(rows(database, "patients") == done);
  CHECK(rows(database, "users") == done);
  CHECK(broken_invariants(database) == Lines{});
  CHECK(call(desk, "patients.register", person(next)).code == "done");
  CHECK(broken_invariants(database) == Lines{});
}

TEST_CASE("a read-only database is told as unavailable and works again when it is writable", "[sqlite][STORE-3]") {
  const TestDatabase database(Backend::sqlite);
  const auto plan = plan_on(database);
  const auto file = database.file();
  const auto& folder = database.folder();
  REQUIRE(call(session(open_clinic(plan)), "patients.register", person(0)).code == "done");
  std::string text;
  SECTION("file and folder") {
    fs::permissions(file, fs::perms::owner_read);
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    {
      NoOverride obedient;
      CHECK(opening_fails(plan, text) == ErrorCode::unavailable);
    }
    fs::permissions(folder.path(), fs::perms::owner_all);
  }
  SECTION("the file alone: it can be read") {
    fs::permissions(file, fs::perms::owner_read);
    NoOverride obedient;
    const auto outcomes = [&](const std::string& policy) {
      auto reading = plan;
      reading.policy = policy;
      const auto clinic = open_clinic(reading);
      return std::pair(call(session(clinic), "patients.list", "{}").code,
                       call(session(clinic), "patients.register", person(1)).code);
    };
    CHECK(outcomes(R"({"password_hash_cost":4,"audit_reads":false})") ==
          std::pair<std::string, std::string>("done", "unavailable"));
    // A read that is to be written down fails where it cannot be.
    CHECK(outcomes(R"({"password_hash_cost":4})") == std::pair<std::string, std::string>("unavailable", "unavailable"));
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
  CHECK(call(session(open_clinic(plan)), "patients.register", person(2)).code == "done");
  CHECK(broken_invariants(database) == Lines{});
}

TEST_CASE("a file that is no database, or a damaged one, is refused in words", "[sqlite][STORE-3]") {
  const TestDatabase database(Backend::sqlite);
  const auto plan = plan_on(database);
  const auto file = database.file();
  std::string text;
  SECTION("something else") {
    std::ofstream(file) << std::string(100, 'x') << "This is the clinic's Christmas card list, and no database.";
    CHECK(opening_fails(plan, text) == ErrorCode::plugin_refused);
    CHECK(text.find("not an SQLite database") != text.npos);
    CHECK(contents(file).ends_with("no database."));
    CHECK_FALSE(fs::exists(file + ".key"));
  }
  SECTION("the first page overwritten behind its header") {
    open_clinic(plan);
    overwrite(file, 100, 3000);
    CHECK(opening_fails(plan, text) == ErrorCode::unavailable);
    CHECK(text.find("damaged") != text.npos);
  }
  SECTION("all pages but the first overwritten: calls say so") {
    open_clinic(plan);
    overwrite(file, 4096, fs::file_size(file) - 4096);
    CHECK(registering_fails(plan) == "unavailable");
  }
  SECTION("cut short") {
    open_clinic(plan);
    fs::resize_file(file, 4096 * 3);
    CHECK(registering_fails(plan) == "unavailable");
  }
}
