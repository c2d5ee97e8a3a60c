#include "crypto/access_tokens.hpp"

#include "base/wiping.hpp"

#include <clinic/description.hpp>
#include <clinic/error.hpp>

#include <Poco/Crypto/ECKey.h>
#include <Poco/Crypto/RSAKey.h>
#include <Poco/JWT/JWTException.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <Poco/LRUCache.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace clinic {
namespace {

/// RFC 7518, 3.2: the key must not be shorter than the hash.
constexpr std::size_t shortest_secret = 32;

[[noreturn]] void refuse_key(std::string path, const std::string& message) {
  throw Error(ErrorCode::configuration_invalid, {}, {{std::move(path), "invalid_format", message}});
}

std::string text_of(const TokenKey& key, const std::string& path) {
  if (key.key.has_value() == key.key_file.has_value()) refuse_key(path, "A token key needs either key or key_file.");
  if (key.key) return *key.key;
  std::ifstream in(*key.key_file);
  if (!in) refuse_key(path + ".key_file", "The file " + *key.key_file + " cannot be read.");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A private key signs and verifies. A public key only verifies tokens that another program, or an earlier key, has
/// signed.
template <class AsymmetricKey>
Poco::SharedPtr<AsymmetricKey> asymmetric(const std::string& pem) {
  std::istringstream in(pem);
  if (pem.find("PRIVATE KEY") != std::string::npos) return new AsymmetricKey(nullptr, &in);
  return new AsymmetricKey(&in);
}

[[noreturn]] void refuse_token() { throw Error(ErrorCode::token_invalid); }

Timestamp time_in(const Poco::JSON::Object& payload, const std::string& name) {
  constexpr double latest = 253402300800;  // the year 10000
  const auto claim = payload.get(name);
  if (!claim.isNumeric() || claim.isBoolean()) refuse_token();
  const auto seconds = claim.convert<double>();
  if (!(seconds >= 0 && seconds < latest)) refuse_token();
  return Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

/// Whole seconds. A time may have a fraction (RFC 7519, 2), but a verifier whose clock has whole seconds would read the
/// moment of the login as a time in the future.
Poco::Int64 seconds_of(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Base64url without padding, and the dots between the parts (RFC 7515, 2 and 7.1).
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

}  // namespace

/// The tokens of late whose signature is right. A caller shows one token with each request, and to read it takes longer
/// than to look up a patient. The tokens themselves are not kept: their SHA-256 stands for them. One that has ended
/// stays until so many others came, and is refused by its time. Thread-safe.
struct AccessTokens::Known {
  Poco::LRUCache<std::string, Verified> tokens{4096};
};

AccessTokens::AccessTokens(const Configuration& configuration, const Sealer& sealer, std::chrono::seconds clock_skew)
    : clock_skew_(clock_skew), known_(std::make_unique<Known>()) {
  for (std::size_t i = 0; i < configuration.token_keys.size(); ++i)
    add(configuration.token_keys[i], i);
  if (configuration.token_secret) {
    if (configuration.token_secret->size() < shortest_secret)
      refuse_key("token_secret", "A secret for HS256 has at least 32 bytes (RFC 7518, 3.2).");
    add_secret("secret-" + sha256(*configuration.token_secret).substr(0, 8), *configuration.token_secret);
  }
  if (keys_.empty())
    add_secret("master-" + sealer.keyed_hash("access token", "kid").substr(0, 8),
               sealer.keyed_hash("access token", "secret"));
}

AccessTokens::~AccessTokens() = default;

void AccessTokens::add_secret(std::string kid, const std::string& secret) {
  auto signer = std::make_unique<Poco::JWT::Signer>(secret);
  signer->setAlgorithms({Poco::JWT::Signer::ALGO_HS256});
  keys_.push_back({std::move(kid), Poco::JWT::Signer::ALGO_HS256, std::move(signer)});
}

void AccessTokens::add(const TokenKey& key, std::size_t index) {
  const auto path = "token_keys[" + std::to_string(index) + "]";
  for (const auto& other : keys_)
    if (other.kid == key.kid) refuse_key(path + ".kid", "Two token keys have the same name.");
  auto text = text_of(key, path);
  if (key.algorithm == TokenAlgorithm::HS256) {
    if (key.key_file)  // an editor adds a line break at the end of a file
      text.erase(std::find_if(text.rbegin(), text.rend(), [](char c) { return c != '\n' && c != '\r'; }).base(),
                 text.end());
    if (text.size() < shortest_secret)
      refuse_key(path + ".key", "A secret for HS256 has at least 32 bytes (RFC 7518, 3.2).");
    return add_secret(key.kid, text);
  }
  auto signer = std::make_unique<Poco::JWT::Signer>();
  const std::string algorithm(word(key.algorithm));
  signer->setAlgorithms({algorithm});
  try {
    if (key.algorithm == TokenAlgorithm::RS256)
      signer->setRSAKey(asymmetric<Poco::Crypto::RSAKey>(text));
    else
      signer->setECKey(asymmetric<Poco::Crypto::ECKey>(text));
    if (index == 0) {  // the signing key: try it now, not at the first login
      Poco::JWT::Token trial;
      signer->sign(trial, algorithm);
    }
  } catch (const Poco::Exception&) {
    refuse_key(path + ".key", "The text is no " + algorithm + " key in PEM form" +
                                  std::string(index == 0 ? " with which tokens can be signed." : "."));
  }
  keys_.push_back({key.kid, algorithm, std::move(signer)});
}

std::string AccessTokens::sign(const AccessClaims& claims, Timestamp now) const {
  const auto& key = keys_.front();
  Poco::JWT::Token token;
  token.header().set("typ", std::string("at+jwt"));  // RFC 9068
  token.header().set("kid", key.kid);
  token.setSubject(claims.user_id);
  token.payload().set("iat", seconds_of(now));
  token.payload().set("nbf", seconds_of(now));
  token.payload().set("exp", seconds_of(claims.expires_at));
  token.payload().set("sid", claims.session_id);
  token.payload().set("role", std::string(word(claims.role)));
  return key.signer->sign(token, key.algorithm);
}

AccessTokens::Verified AccessTokens::read(std::string_view text) const {
  // Poco accepts an extra dot at the end, and base64 in other forms: one token would be several texts.
  if (std::count(text.begin(), text.end(), '.') != 2 || text.find_first_not_of(token_characters) != text.npos)
    refuse_token();
  Verified verified;
  auto& claims = verified.claims;
  try {
    std::string jwt(text);
    const Wiped wiped(jwt);
    const auto kid = Poco::JWT::Token(jwt).header().getValue<std::string>("kid");
    const auto key =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& candidate) { return candidate.kid == kid; });
    if (key == keys_.end()) refuse_token();
    const auto token = key->signer->verify(jwt);
    claims.user_id = token.getSubject();
    claims.session_id = token.payload().getValue<std::string>("sid");
    const auto role = from_word<Role>(token.payload().getValue<std::string>("role"));
    if (!role || claims.user_id.empty() || claims.session_id.empty()) refuse_token();
    claims.role = *role;
    claims.expires_at = time_in(token.payload(), "exp");
    if (token.payload().has("nbf")) verified.not_before = time_in(token.payload(), "nbf");
  } catch (const Poco::Exception&) {
    refuse_token();
  }
  return verified;
}

AccessClaims AccessTokens::verify(std::string_view token, Timestamp now) const {
  const auto digest = sha256_bytes(token);
  auto known = known_->tokens.get(digest);
  if (!known) {
    known = new Verified(read(token));
    known_->tokens.add(digest, known);
  }
  const auto& [claims, not_before] = *known;
  if (not_before > now + clock_skew_) refuse_token();
  if (claims.expires_at + clock_skew_ <= now) throw Error(ErrorCode::token_expired);
  return claims;
}

}  // namespace clinic
