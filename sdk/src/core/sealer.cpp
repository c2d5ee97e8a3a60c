#include "sealer.hpp"

#include <clinic/error.hpp>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Crypto/Cipher.h>
#include <Poco/Crypto/CipherFactory.h>
#include <Poco/Crypto/CipherKey.h>
#include <Poco/Crypto/CryptoTransform.h>
#include <Poco/Crypto/OpenSSLInitializer.h>
#include <Poco/DigestEngine.h>
#include <Poco/Exception.h>
#include <Poco/StreamCopier.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace clinic {
namespace {

/// Poco counts who uses OpenSSL, and what the first and the last of them do is not safe among threads: here is one who
/// stays. (Two calls that unsealed an answer at once crashed.)
const Poco::Crypto::OpenSSLInitializer openssl_user;

constexpr unsigned char version = 2;
constexpr unsigned char version_without_key_id = 1;
constexpr std::size_t id_size = 4, nonce_size = 12, tag_size = 16;

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// HMAC-SHA-256 before it has a key. To look the two algorithms up takes OpenSSL ten times as long as a hash.
const EVP_MAC_CTX* prepared_hmac() {
  static const MacContext prepared = [] {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr),
                                                                &EVP_MAC_free);
    MacContext context(EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
    char digest[] = OSSL_DIGEST_NAME_SHA2_256;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context.get(), parameters) != 1) throw std::runtime_error("OpenSSL has no HMAC-SHA-256");
    return context;
  }();
  return prepared.get();
}

std::vector<unsigned char> hmac(std::span<const unsigned char> key, std::string_view text) {
  std::vector<unsigned char> digest(SHA256_DIGEST_LENGTH);
  std::size_t size = 0;
  const MacContext context(EVP_MAC_CTX_dup(prepared_hmac()), &EVP_MAC_CTX_free);
  if (!context || EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1 ||
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) != 1)
    throw std::runtime_error("OpenSSL made no HMAC");
  return digest;
}

std::string to_base64(std::span<const unsigned char> bytes) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.rdbuf()->setLineLength(0);
  encoder.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  encoder.close();
  return out.str();
}

/// Nothing where it is no base64.
std::vector<unsigned char> from_base64(std::string_view text) {
  std::istringstream in{std::string(text)};
  Poco::Base64Decoder decoder(in);
  std::string bytes;
  try {
    Poco::StreamCopier::copyToString(decoder, bytes);
  } catch (const Poco::DataFormatException&) {
    return {};
  }
  return {bytes.begin(), bytes.end()};
}

std::vector<unsigned char> key_for(const MasterKey& master, std::string_view purpose) {
  return hmac(master, std::string("clinic key for ").append(purpose));
}

Poco::Crypto::Cipher::Ptr cipher(const MasterKey& master, std::string_view purpose,
                                 const std::vector<unsigned char>& nonce) {
  return Poco::Crypto::CipherFactory::defaultFactory().createCipher(
      Poco::Crypto::CipherKey("aes-256-gcm", key_for(master, purpose), nonce));
}

/// Of nonce, ciphertext and tag. Throws Poco::Exception.
std::string open(const MasterKey& master, std::string_view purpose, std::span<const unsigned char> bytes) {
  Poco::Crypto::CryptoTransform::Ptr transform =
      cipher(master, purpose, {bytes.begin(), bytes.begin() + nonce_size})->createDecryptor();
  transform->setTag(std::string(bytes.end() - tag_size, bytes.end()));
  const auto encrypted_size = bytes.size() - nonce_size - tag_size;
  std::string plain(encrypted_size + transform->blockSize(), '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  auto size = transform->transform(bytes.data() + nonce_size, static_cast<std::streamsize>(encrypted_size), out,
                                   static_cast<std::streamsize>(plain.size()));
  size += transform->finalize(out + size, static_cast<std::streamsize>(plain.size()) - size);
  plain.resize(static_cast<std::size_t>(size));
  return plain;
}

}  // namespace

Sealer::Sealer(MasterKeys keys, RandomSource random) : random_(std::move(random)) {
  for (const auto& master : keys) {
    Key key{master, {}};
    const auto id = hmac(master, "clinic key id");
    std::copy_n(id.begin(), id_size, key.id.begin());
    keys_.push_back(key);
  }
}

std::string Sealer::seal(std::string_view purpose, std::string_view plain) const {
  const auto& key = keys_.front();
  std::vector<unsigned char> out{version};
  out.insert(out.end(), key.id.begin(), key.id.end());
  std::vector<unsigned char> nonce(nonce_size);
  random_(std::as_writable_bytes(std::span(nonce)));
  out.insert(out.end(), nonce.begin(), nonce.end());
  Poco::Crypto::CryptoTransform::Ptr transform = cipher(key.master, purpose, nonce)->createEncryptor();
  std::vector<unsigned char> encrypted(plain.size() + transform->blockSize());
  auto size = transform->transform(reinterpret_cast<const unsigned char*>(plain.data()),
                                   static_cast<std::streamsize>(plain.size()), encrypted.data(),
                                   static_cast<std::streamsize>(encrypted.size()));
  size += transform->finalize(encrypted.data() + size, static_cast<std::streamsize>(encrypted.size()) - size);
  out.insert(out.end(), encrypted.begin(), encrypted.begin() + size);
  auto tag = transform->getTag(tag_size);
  out.insert(out.end(), tag.begin(), tag.end());
  return to_base64(out);
}

std::string Sealer::unseal(std::string_view purpose, std::string_view sealed) const {
  const auto bytes = from_base64(sealed);
  const bool with_id = !bytes.empty() && bytes[0] == version;
  const auto header = with_id ? 1 + id_size : std::size_t{1};
  if (bytes.size() < header + nonce_size + tag_size || (!with_id && bytes[0] != version_without_key_id))
    throw Error(ErrorCode::key_wrong, "What was sealed is damaged or of another version.");
  for (const auto& key : keys_) {
    if (with_id && !std::equal(key.id.begin(), key.id.end(), bytes.begin() + 1)) continue;
    try {
      return open(key.master, purpose, std::span(bytes).subspan(header));
    } catch (const Poco::Exception&) {
      // another key, or changed since: one answer for both
    }
  }
  throw Error(ErrorCode::key_wrong, "What was sealed was sealed with another master key, or has been changed.");
}

bool Sealer::current(std::string_view sealed) const {
  const auto bytes = from_base64(sealed.substr(0, 8));  // six bytes
  const auto& id = keys_.front().id;
  return bytes.size() > id_size && bytes[0] == version && std::equal(id.begin(), id.end(), bytes.begin() + 1);
}

std::string Sealer::keyed_hash(std::string_view purpose, std::string_view text) const {
  return Poco::DigestEngine::digestToHex(hmac(key_for(keys_.front().master, purpose), text));
}

std::string sha256(std::string_view text) {
  std::vector<unsigned char> digest(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return Poco::DigestEngine::digestToHex(digest);
}

}  // namespace clinic
