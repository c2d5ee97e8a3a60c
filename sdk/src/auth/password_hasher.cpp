#include "password_hasher.hpp"

#include "../core/password.hpp"

#include <algorithm>
#include <thread>

namespace clinic {
namespace {

/// One processor is left to the rest.
std::ptrdiff_t slots() { return std::max<std::ptrdiff_t>(1, std::thread::hardware_concurrency() - 1); }

class Slot {
 public:
  explicit Slot(std::counting_semaphore<>& slots) : slots_(slots) { slots_.acquire(); }
  ~Slot() { slots_.release(); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  std::counting_semaphore<>& slots_;
};

}  // namespace

PasswordHasher::PasswordHasher(const Policy& policy, RandomSource random, const Log& log)
    : prefix_("$2b$" + std::string(policy.password_hash_cost < 10 ? "0" : "") +
              std::to_string(policy.password_hash_cost) + "$"),
      cost_(static_cast<int>(policy.password_hash_cost)),
      random_(std::move(random)),
      log_(log),
      slots_(slots()) {}

std::string PasswordHasher::hash(std::string_view password) {
  Slot slot(slots_);
  log_(LogLevel::trace, "password hash: made");
  return hash_password(password, cost_, random_);
}

bool PasswordHasher::verify(std::string_view password, const std::optional<std::string>& hash) {
  Slot slot(slots_);
  log_(LogLevel::trace, "password hash: checked");
  // A salt and a result that nobody has: the work is the same, and nothing matches.
  if (!hash) return verify_password(password, prefix_ + "......................" + std::string(31, '.')) && false;
  return verify_password(password, *hash);
}

bool PasswordHasher::outdated(const std::string& hash) const { return !hash.starts_with(prefix_); }

}  // namespace clinic
