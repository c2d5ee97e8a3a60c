/// \file
/// The limiter promises.

#include "../core/error_check.hpp"
#include "../core/library.hpp"
#include "../core/progress.hpp"
#include "../core/recorded_host.hpp"
#include "../core/suites.hpp"
#include "../core/together.hpp"

#include <clinic/plugin/limiter.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace clinic::conformance {

namespace {

constexpr std::uint64_t hour = 3600000;

const clinic_limiter_table& load_limiter(const Target& target) {
  return *static_cast<const clinic_limiter_table*>(load_library(target).table());
}

struct Answer {
  bool allowed;
  std::uint64_t remaining, retry_after, whole_after;
};

/// An opened limiter, with keys of this check's own.
class Limiter {
 public:
  explicit Limiter(const Target& target) : table_(load_limiter(target)) {
    if (!target.url) throw Skipped{"no URL was given"};
    const Running running("open");
    auto error = fresh();
    must("open", table_.open(&host_.view(), target.url->c_str(), &limiter_, &error), error);
  }
  ~Limiter() {
    const Running running("close");
    if (limiter_ != nullptr) table_.close(limiter_);
  }
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  Answer take(const std::string& key, std::uint64_t limit, std::uint64_t window, std::uint64_t cost = 1) {
    const auto own = prefix_ + key;
    clinic_limit_answer answer{sizeof answer, 77, 77, 0, 0};
    auto error = fresh();
    const Running running("take");
    must("take", table_.take(limiter_, own.data(), own.size(), limit, window, cost, &answer, &error), error);
    if (answer.allowed > 1) unmet("take answers allowed: 0 or 1", show(answer.allowed));
    return {answer.allowed == 1, answer.remaining, answer.retry_after_milliseconds, answer.whole_after_milliseconds};
  }
  void reset(const std::string& key) {
    const auto own = prefix_ + key;
    auto error = fresh();
    const Running running("reset");
    must("reset", table_.reset(limiter_, own.data(), own.size(), &error), error);
  }

 private:
  static clinic_plugin_error fresh() {
    clinic_plugin_error error{};
    error.struct_size = sizeof error;
    return error;
  }
  static void must(const char* call, int code, const clinic_plugin_error& error) {
    if (const auto misfit = misfit_of(call, code, error); !misfit.empty())
      unmet("an error has the code that is answered, and one line of words", misfit);
    if (code != CLINIC_PLUGIN_OK) unmet(std::string(call) + " answers OK", code_name(code) + ": " + error.message);
  }

  const clinic_limiter_table& table_;
  RecordedHost host_;
  clinic_limiter* limiter_ = nullptr;
  const std::string prefix_ =
      "clinic-plugin-check-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-";
};

void foreign_url(const Target& target) {
  const auto& table = load_limiter(target);
  const RecordedHost host;
  clinic_limiter* limiter = nullptr;
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  const int code = table.open(&host.view(), "surely-another:counter", &limiter, &error);
  if (code == CLINIC_PLUGIN_OK) table.close(limiter);
  if (code != CLINIC_PLUGIN_REFUSED) unmet("open of another plugin's URL answers REFUSED", code_name(code));
}

void up_to_the_limit(const Target& target) {
  Limiter limiter(target);
  for (std::uint64_t left = 5; left-- > 0;) {
    const auto answer = limiter.take("a", 5, hour);
    expect_true("an attempt within the limit is allowed", answer.allowed);
    expect("what remains after it", answer.remaining, left);
  }
  const auto answer = limiter.take("a", 5, hour);
  expect_true("an attempt beyond the limit is not allowed", !answer.allowed, "it was");
  expect("what remains then", answer.remaining, 0u);
  if (answer.retry_after == 0 || answer.retry_after > hour)
    unmet("it says after how many milliseconds to try again, at most the window", show(answer.retry_after));
}

void all_or_nothing(const Target& target) {
  Limiter limiter(target);
  expect_true("a cost of 3 of 5 is allowed", limiter.take("a", 5, hour, 3).allowed);
  const auto refused = limiter.take("a", 5, hour, 3);
  expect_true("another cost of 3 is not allowed", !refused.allowed, "it was");
  expect("what remains, since nothing was taken", refused.remaining, 2u);
  expect_true("a cost of 2 is allowed after it", limiter.take("a", 5, hour, 2).allowed);
  expect_true("a cost beyond the whole limit is never allowed", !limiter.take("b", 5, hour, 6).allowed, "it was");
  expect_true("and took nothing", limiter.take("b", 5, hour, 5).allowed);
}

void exact_keys(const Target& target) {
  Limiter limiter(target);
  const std::string nul("a\0b", 3);
  for (const std::string& key :
       {std::string(), std::string("a"), std::string("A"), std::string("a "), nul, std::string("\u00e9"),
        std::string("e\u0301"), std::string("a:b"), std::string("a\r\nb"), std::string(500, 'k')}) {
    expect_true("the first attempt of key " + show(key) + " is allowed", limiter.take(key, 1, hour).allowed);
    expect_true("the second is not", !limiter.take(key, 1, hour).allowed, "it was");
  }
}

void reset(const Target& target) {
  Limiter limiter(target);
  limiter.take("a", 1, hour);
  limiter.take("b", 1, hour);
  limiter.reset("a");
  limiter.reset("never seen");
  expect_true("an attempt after a reset is allowed", limiter.take("a", 1, hour).allowed);
  expect_true("a reset of another key changes nothing", !limiter.take("b", 1, hour).allowed, "it was allowed");
}

void window_passes(const Target& target) {
  Limiter limiter(target);
  constexpr std::uint64_t window = 200;
  expect_true("the first attempt is allowed", limiter.take("a", 1, window).allowed);
  for (;;) {  // until the check's time limit
    const auto answer = limiter.take("a", 1, window);
    if (answer.allowed) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(answer.retry_after));
  }
}

void whole_again(const Target& target) {
  Limiter limiter(target);
  constexpr std::uint64_t window = 400, limit = 4;
  std::uint64_t before = 0;
  for (std::uint64_t i = 0; i < limit; ++i) {
    const auto answer = limiter.take("a", limit, window);
    if (answer.allowed && answer.whole_after == 0 && i == 0) throw Skipped{"it does not say"};
    if (answer.whole_after == 0 || answer.whole_after > window)
      unmet("it says after how many milliseconds the whole limit is there again, at most the window",
            show(answer.whole_after));
    before = answer.whole_after;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(before));
  expect_true("the whole limit is there again when it said so", limiter.take("a", limit, window, limit).allowed);
}

void many_threads(const Target& target) {
  Limiter limiter(target);
  std::atomic<int> allowed = 0;
  Signal begin;
  Crew crew;
  for (int thread = 0; thread < 8; ++thread)
    crew.start([&] {
      begin.wait();
      for (int i = 0; i < 25; ++i)
        if (limiter.take("a", 100, hour).allowed) ++allowed;
    });
  begin.give();
  crew.join();
  expect("the attempts allowed of 200 that eight threads make against a limit of 100", allowed.load(), 100);
}

void longer_structs(const Target& target) {
  const auto& table = load_limiter(target);
  if (!target.url) throw Skipped{"no URL was given"};
  const RecordedHost recorded;
  const Longer<clinic_plugin_host> host(recorded.view());
  Longer<clinic_plugin_error> error;
  Longer<clinic_limit_answer> answer;
  clinic_limiter* limiter = nullptr;
  int code = table.open(&host.today, target.url->c_str(), &limiter, &error.today);
  if (code != CLINIC_PLUGIN_OK) unmet("open with longer structs answers OK", code_name(code));
  code = table.take(limiter, "longer", 6, 5, hour, 1, &answer.today, &error.today);
  table.close(limiter);
  expect("what take with longer structs answers", code_name(code), code_name(CLINIC_PLUGIN_OK));
}

}  // namespace

std::vector<Check> limiter_checks() {
  return {
      {"limiter.foreign_url", "A URL that does not begin with the plugin's name and a colon is REFUSED.", foreign_url},
      {"limiter.limit", "As many attempts as the limit are allowed in a window, and it tells what remains.",
       up_to_the_limit},
      {"limiter.cost", "A cost is taken as a whole or not at all.", all_or_nothing},
      {"limiter.keys", "Keys are bytes: each has its own count.", exact_keys},
      {"limiter.reset", "A reset gives a key its whole limit again, and no other.", reset},
      {"limiter.window", "When the window has passed, attempts are allowed again.", window_passes},
      {"limiter.whole_again", "It tells when the whole limit is there again, where it can.", whole_again},
      {"limiter.threads", "Any number of threads may take at once, and no more is given than the limit.", many_threads},
      {"limiter.longer_structs", "Structs that a later SDK makes longer are read as far as the plugin knows them.",
       longer_structs},
  };
}

}  // namespace clinic::conformance
