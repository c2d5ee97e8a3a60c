#pragma once

#include "base/time_zone.hpp"
#include "store/store.hpp"

#include <clinic/policy.hpp>

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace Poco {
class RegularExpression;
}

namespace clinic {

/// How patient numbers look (NUM-1): text, `{year}`, `{seq:N}`, `{check}`.
class NumberPattern {
 public:
  /// Throws Error(configuration_invalid) where there is no `{seq:N}`, or something else in braces.
  explicit NumberPattern(std::string_view pattern);

  /// What the sequence belongs to: the pattern with the year in it, where it has one.
  std::string scope(int year) const;
  std::string render(int year, std::int64_t sequence) const;
  /// Whether a number of the pattern may look like this, in capitals or not.
  bool fits(const std::string& text) const;

 private:
  /// A regular expression.
  std::string form() const;

  enum class Kind { text, year, sequence, check };
  struct Part {
    Kind kind;
    std::string text;
    std::size_t width = 0;
  };
  std::vector<Part> parts_;
  std::shared_ptr<const Poco::RegularExpression> form_;
};

/// Luhn mod 36 check character of the letters and digits of a text; everything else is passed over, case does not
/// matter.
char check_character(std::string_view text);

/// Gives out patient numbers, unique across threads, processes and nodes. A block of the sequence is taken in a
/// transaction of its own, one number at first and twice as many each time, so that a short program leaves no gap and a
/// busy one seldom comes back for more.
class Numbers {
 public:
  Numbers(Store& store, const Policy& policy);

  /// A number that is given back for the next one to take unless it is kept.
  class Reserved {
   public:
    Reserved(Numbers& numbers, std::string scope, int year, std::int64_t sequence);
    Reserved(const Reserved&) = delete;
    Reserved& operator=(const Reserved&) = delete;
    ~Reserved();
    const std::string& text() const { return text_; }
    void keep() { kept_ = true; }

   private:
    Numbers& numbers_;
    std::string scope_, text_;
    std::int64_t sequence_;
    bool kept_ = false;
  };
  /// Not to be called inside a unit of work: it has a transaction of its own.
  Reserved reserve(Timestamp now);
  const NumberPattern& pattern() const { return pattern_; }

 private:
  struct Block {
    std::int64_t next = 0, end = 0, size = 0;
    std::vector<std::int64_t> given_back;
    std::shared_future<void> refill;  ///< valid while somebody takes the next block
  };
  /// Takes the next block, or waits for whoever is at it already. Its numbers are for all who wait, and so is its
  /// failure: were they to try one after the other, a locked database would keep the last of many threads for many
  /// times as long.
  void refill(const std::string& scope, Block& block, std::unique_lock<std::mutex>& lock);
  /// The end of a block of so many numbers that are ours now.
  std::int64_t take(const std::string& scope, std::int64_t size);

  Store& store_;
  NumberPattern pattern_;
  TimeZone time_zone_;
  std::mutex mutex_;
  std::map<std::string, Block> blocks_;
};

}  // namespace clinic
