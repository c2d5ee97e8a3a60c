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
#include <Poco/StreamCopier.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <sstream>

namespace clinic {
namespace {

/// Poco counts who uses OpenSSL, and what the first and the last of them do is not safe among threads: here is one who
/// stays. (Two calls that unsealed an answer at once crashed.)
const Poco::Crypto::OpenSSLInitializer openssl_user;

constexpr unsigned char version = 1;
constexpr std::size_t nonce_size = 12, tag_size = 16;

std::vector<unsigned char> hmac(std::span<const unsigned char> key, std::string_view text) {
  std::vector<unsigned char> digest(SHA256_DIGEST_LENGTH);
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), nullptr);
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

std::vector<unsigned char> from_base64(std::string_view text) {
  std::istringstream in{std::string(text)};
  Poco::Base64Decoder decoder(in);
  std::string bytes;
  Poco::StreamCopier::copyToString(decoder, bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Sealer::Sealer(const MasterKey& master, RandomSource random) : master_(master), random_(std::move(random)) {}

std::vector<unsigned char> Sealer::key_for(std::string_view purpose) const {
  return hmac(master_, std::string("clinic key for ").append(purpose));
}

std::string Sealer::seal(std::string_view purpose, std::string_view plain) const {
  std::vector<unsigned char> out{version};
  out.resize(1 + nonce_size);
  random_(std::as_writable_bytes(std::span(out)).subspan(1));
  Poco::Crypto::CipherKey::ByteVec nonce(out.begin() + 1, out.end());
  Poco::Crypto::CipherKey key("aes-256-gcm", key_for(purpose), nonce);
  Poco::Crypto::Cipher::Ptr cipher = Poco::Crypto::CipherFactory::defaultFactory().createCipher(key);
  Poco::Crypto::CryptoTransform::Ptr transform = cipher->createEncryptor();
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
  try {
    auto bytes = from_base64(sealed);
    if (bytes.size() < 1 + nonce_size + tag_size || bytes[0] != version)
      throw Error(ErrorCode::key_wrong, "What was sealed is damaged or of another version.");
    Poco::Crypto::CipherKey::ByteVec nonce(bytes.begin() + 1, bytes.begin() + 1 + nonce_size);
    Poco::Crypto::CipherKey key("aes-256-gcm", key_for(purpose), nonce);
    Poco::Crypto::Cipher::Ptr cipher = Poco::Crypto::CipherFactory::defaultFactory().createCipher(key);
    Poco::Crypto::CryptoTransform::Ptr transform = cipher->createDecryptor();
    transform->setTag(std::string(bytes.end() - tag_size, bytes.end()));
    const auto encrypted_size = bytes.size() - 1 - nonce_size - tag_size;
    std::string plain(encrypted_size + transform->blockSize(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(plain.data());
    auto size = transform->transform(bytes.data() + 1 + nonce_size, static_cast<std::streamsize>(encrypted_size), out,
                                     static_cast<std::streamsize>(plain.size()));
    size += transform->finalize(out + size, static_cast<std::streamsize>(plain.size()) - size);
    plain.resize(static_cast<std::size_t>(size));
    return plain;
  } catch (const Poco::Exception&) {
    throw Error(ErrorCode::key_wrong, "What was sealed was sealed with another master key, or has been changed.");
  }
}

std::string Sealer::keyed_hash(std::string_view purpose, std::string_view text) const {
  return Poco::DigestEngine::digestToHex(hmac(key_for(purpose), text));
}

std::string sha256(std::string_view text) {
  std::vector<unsigned char> digest(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return Poco::DigestEngine::digestToHex(digest);
}

}  // namespace clinic
