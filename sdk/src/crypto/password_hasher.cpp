#include "crypto/password_hasher.hpp"

#include "crypto/password.hpp"

#include <algorithm>
#include <thread>

namespace clinic {
namespace {

/// One processor is left for other work.
std::size_t turns() { return std::max<std::size_t>(2, std::thread::hardware_concurrency()) - 1; }

/// The time that bcrypt takes on a current machine.
std::chrono::microseconds guess(std::int64_t cost) { return std::chrono::microseconds(50LL << cost); }

}  // namespace

PasswordHasher::PasswordHasher(const Policy& policy, RandomSource random, const Log& log)
    : prefix_("$2b$" + std::string(policy.password_hash_cost < 10 ? "0" : "") +
              std::to_string(policy.password_hash_cost) + "$"),
      cost_(static_cast<int>(policy.password_hash_cost)),
      random_(std::move(random)),
      log_(log),
      queue_(turns(), std::chrono::seconds(policy.hash_wait_seconds), guess(policy.password_hash_cost)) {}

std::string PasswordHasher::Work::hash(std::string_view password) {
  return place_.in_turn([&] {
    hasher_.log_(LogLevel::trace, "password hash: made");
    return hash_password(password, hasher_.cost_, hasher_.random_);
  });
}

PasswordMatch PasswordHasher::Work::match(std::string_view password, const std::optional<std::string>& hash) {
  return place_.in_turn([&] {
    hasher_.log_(LogLevel::trace, "password hash: checked");
    // This salt and result belong to nobody: the work is the same, and no password matches.
    const auto found =
        match_password(password, hash ? *hash : hasher_.prefix_ + "......................" + std::string(31, '.'));
    return hash ? found : PasswordMatch::none;
  });
}

bool PasswordHasher::outdated(const std::string& hash) const { return !hash.starts_with(prefix_); }

}  // namespace clinic
