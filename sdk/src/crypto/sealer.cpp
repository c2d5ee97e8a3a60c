#include "crypto/sealer.hpp"

#include "base/made_once.hpp"

#include <clinic/error.hpp>

#include <Poco/Crypto/OpenSSLInitializer.h>
#include <Poco/DigestEngine.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <stdexcept>

namespace clinic {
namespace {

/// Poco counts the users of OpenSSL. What it does for the first and the last user is not thread-safe. This object is a
/// user that stays. (Without it, two calls that unsealed an answer at once crashed.)
const Poco::Crypto::OpenSSLInitializer openssl_user;

constexpr unsigned char version = 2;
constexpr unsigned char version_without_key_id = 1;
constexpr std::size_t id_size = 4, nonce_size = 12, tag_size = 16;  // of GCM

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// HMAC-SHA-256 without a key. It is kept, since looking up the two algorithms takes OpenSSL ten times as long as a
/// hash.
const EVP_MAC_CTX* prepared_hmac() {
  const auto& prepared = made_once([] {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr),
                                                                &EVP_MAC_free);
    MacContext context(EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
    char digest[] = OSSL_DIGEST_NAME_SHA2_256;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context.get(), parameters) != 1) throw std::runtime_error("OpenSSL has no HMAC-SHA-256");
    return context;
  });
  return prepared.get();
}

MacContext hmac_with(std::span<const unsigned char> key) {
  MacContext context(EVP_MAC_CTX_dup(prepared_hmac()), &EVP_MAC_CTX_free);
  if (!context || EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) != 1)
    throw std::runtime_error("OpenSSL made no HMAC");
  return context;
}

/// `keyed` stays as it is, for the next text.
std::vector<unsigned char> hmac(const EVP_MAC_CTX* keyed, std::string_view text) {
  std::vector<unsigned char> digest(SHA256_DIGEST_LENGTH);
  std::size_t size = 0;
  const MacContext context(EVP_MAC_CTX_dup(keyed), &EVP_MAC_CTX_free);
  if (!context ||
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1 ||
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) != 1)
    throw std::runtime_error("OpenSSL made no HMAC");
  return digest;
}

std::string to_base64(std::span<const unsigned char> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP adds a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

/// Empty if the text is not base64.
std::vector<unsigned char> from_base64(std::string_view text) {
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return {};
  const auto padding = std::min<std::size_t>(2, text.size() - std::min(text.size(), text.find('=')));
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
enum class Direction : int { decrypting = 0, encrypting = 1 };

/// AES-256-GCM. The algorithm is kept, since looking it up takes longer than using it.
CipherContext cipher(Direction direction, std::span<const unsigned char> key, std::span<const unsigned char> nonce) {
  const auto& algorithm = made_once([] {
    return std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr),
                                                                   &EVP_CIPHER_free);
  });
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!algorithm || !context ||
      EVP_CipherInit_ex2(context.get(), algorithm.get(), key.data(), nonce.data(), static_cast<int>(direction),
                         nullptr) != 1)
    throw std::runtime_error("OpenSSL has no AES-256-GCM");
  return context;
}

/// Appends ciphertext and tag.
void encrypt(EVP_CIPHER_CTX* context, std::string_view plain, std::vector<unsigned char>& out) {
  const auto begin = out.size();
  out.resize(begin + plain.size() + tag_size);
  int size = 0, rest = 0;
  if (EVP_CipherUpdate(context, out.data() + begin, &size, reinterpret_cast<const unsigned char*>(plain.data()),
                       static_cast<int>(plain.size())) != 1 ||
      EVP_CipherFinal_ex(context, out.data() + begin + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, out.data() + begin + plain.size()) != 1)
    throw std::runtime_error("OpenSSL does not encrypt");
}

/// Decrypts nonce, ciphertext and tag. Empty if the key is another one or something was changed.
std::optional<std::string> open(std::span<const unsigned char> key, std::span<const unsigned char> bytes) {
  const auto context = cipher(Direction::decrypting, key, bytes.first(nonce_size));
  const auto encrypted = bytes.subspan(nonce_size, bytes.size() - nonce_size - tag_size);
  std::vector<unsigned char> tag(bytes.end() - tag_size, bytes.end());
  std::string plain(encrypted.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(plain.data());
  int size = 0, rest = 0;
  if (EVP_CipherUpdate(context.get(), out, &size, encrypted.data(), static_cast<int>(encrypted.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) != 1 ||
      EVP_CipherFinal_ex(context.get(), out + size, &rest) != 1)
    return std::nullopt;
  return plain;
}

}  // namespace

/// A master key, and what is derived from it.
class Sealer::Key {
 public:
  explicit Key(const MasterKey& master) : mac_(hmac_with(master)) {
    const auto bytes = hmac(mac_.get(), "clinic key id");
    std::copy_n(bytes.begin(), id_size, id.begin());
  }

  /// The key for that purpose.
  std::vector<unsigned char> derived_for(std::string_view purpose) const {
    return hmac(mac_.get(), std::string("clinic key for ").append(purpose));
  }

  /// An HMAC with the key for that purpose. It is kept: to derive a key takes as long as to hash an entry of the audit.
  /// So the purposes are few, and none is a record's own. It lives as long as this object.
  const EVP_MAC_CTX* hmac_for(std::string_view purpose) const {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = hmacs_.find(purpose); found != hmacs_.end()) return found->second.get();
    }
    auto made = hmac_with(derived_for(purpose));
    const std::lock_guard lock(mutex_);
    return hmacs_.try_emplace(std::string(purpose), std::move(made)).first->second.get();
  }

  std::array<unsigned char, id_size> id{};

 private:
  MacContext mac_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, MacContext, std::less<>> hmacs_;
};

Sealer::Sealer(MasterKeys keys, RandomSource random) : random_(std::move(random)) {
  for (const auto& master : keys)
    keys_.push_back(std::make_unique<const Key>(master));
}

Sealer::~Sealer() = default;

std::string Sealer::seal(std::string_view purpose, std::string_view plain) const {
  const auto& key = *keys_.front();
  std::vector<unsigned char> out{version};
  out.insert(out.end(), key.id.begin(), key.id.end());
  std::vector<unsigned char> nonce(nonce_size);
  random_(std::as_writable_bytes(std::span(nonce)));
  out.insert(out.end(), nonce.begin(), nonce.end());
  encrypt(cipher(Direction::encrypting, key.derived_for(purpose), nonce).get(), plain, out);
  return to_base64(out);
}

std::string Sealer::unseal(std::string_view purpose, std::string_view sealed) const {
  const auto bytes = from_base64(sealed);
  const bool with_id = !bytes.empty() && bytes[0] == version;
  const auto header = with_id ? 1 + id_size : std::size_t{1};
  if (bytes.size() < header + nonce_size + tag_size || (!with_id && bytes[0] != version_without_key_id))
    throw Error(ErrorCode::key_wrong, "What was sealed is damaged or of another version.");
  for (const auto& key : keys_) {
    if (with_id && !std::equal(key->id.begin(), key->id.end(), bytes.begin() + 1)) continue;
    if (auto plain = open(key->derived_for(purpose), std::span(bytes).subspan(header))) return std::move(*plain);
  }
  throw Error(ErrorCode::key_wrong, "What was sealed was sealed with another master key, or has been changed.");
}

bool Sealer::current(std::string_view sealed) const {
  const auto bytes = from_base64(sealed.substr(0, 8));  // six bytes
  const auto& id = keys_.front()->id;
  return bytes.size() > id_size && bytes[0] == version && std::equal(id.begin(), id.end(), bytes.begin() + 1);
}

std::string Sealer::keyed_hash(std::string_view purpose, std::string_view text) const {
  return Poco::DigestEngine::digestToHex(hmac(keys_.front()->hmac_for(purpose), text));
}

std::string sha256_bytes(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string sha256(std::string_view text) {
  const auto digest = sha256_bytes(text);
  return Poco::DigestEngine::digestToHex({digest.begin(), digest.end()});
}

}  // namespace clinic
