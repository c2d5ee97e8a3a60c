#include "domains/credentials/refresh_tokens.hpp"

#include "base/wiping.hpp"

#include <openssl/crypto.h>

#include <charconv>

namespace clinic {
namespace {

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Parts {
  std::string_view session, generation;
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == token.npos || first == 0) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == token.npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1)};
}

}  // namespace

std::optional<std::string> RefreshTokenFamily::session_of(std::string_view token) {
  const auto parts = split(token);
  return parts ? std::optional<std::string>(parts->session) : std::nullopt;
}

std::string RefreshTokenFamily::make(std::string_view session, std::int64_t generation) const {
  auto token = std::string(session) + '.' + std::to_string(generation);
  auto secret = sealer_.keyed_hash("refresh token", token);
  const Wiped wiped(secret);
  token.reserve(token.size() + 1 + secret.size());
  token.append(1, '.').append(secret);
  return token;
}

std::string RefreshTokenFamily::advance(LoginSession& session, Timestamp now) const {
  if (!session.token_hash.empty()) session.previous_token_hash = session.token_hash;
  auto token = make(session.id, ++session.generation);
  session.token_hash = sha256(token);
  session.refreshed_at = now;
  return token;
}

std::string RefreshTokenFamily::current(const LoginSession& session) const {
  return make(session.id, session.generation);
}

RefreshTokenState RefreshTokenFamily::state(const LoginSession& session, std::string_view token, Timestamp now,
                                            std::chrono::seconds grace) const {
  const auto hash = sha256(token);
  if (equal(hash, session.token_hash)) return RefreshTokenState::current;
  if (session.previous_token_hash && equal(hash, *session.previous_token_hash))
    return now - session.refreshed_at <= grace ? RefreshTokenState::just_spent : RefreshTokenState::spent;
  const auto parts = split(token);
  std::int64_t generation = 0;
  if (!parts) return RefreshTokenState::forged;
  const auto* end = parts->generation.data() + parts->generation.size();
  if (const auto read = std::from_chars(parts->generation.data(), end, generation);
      read.ec != std::errc() || read.ptr != end)
    return RefreshTokenState::forged;
  return equal(make(parts->session, generation), token) ? RefreshTokenState::spent : RefreshTokenState::forged;
}

}  // namespace clinic
