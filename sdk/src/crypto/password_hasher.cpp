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

template <class Hash>
auto PasswordHasher::Work::in_turn(Hash hash) {
  struct Told {
    explicit Told(const std::function<void(bool)>& to) : told(to) {
      if (told) told(true);
    }
    ~Told() {
      if (told) told(false);
    }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
    const std::function<void(bool)>& told;
  } const waiting(told_);
  return place_.in_turn(hash);
}

std::string PasswordHasher::Work::hash(std::string_view password) {
  return in_turn([&] {
    hasher_.log_(LogLevel::trace, "password hash: made");
    return hash_password(password, hasher_.cost_, hasher_.random_);
  });
}

PasswordMatch PasswordHasher::Work::match(std::string_view password, const std::optional<std::string>& hash) {
  return in_turn([&] {
    hasher_.log_(LogLevel::trace, "password hash: checked");
    // This salt and result belong to nobody: the work is the same, and no password matches.
    const auto found =
        match_password(password, hash ? *hash : hasher_.prefix_ + "......................" + std::string(31, '.'));
    return hash ? found : PasswordMatch::none;
  });
}

bool PasswordHasher::outdated(const std::string& hash) const { return !hash.starts_with(prefix_); }

}  // namespace clinic
