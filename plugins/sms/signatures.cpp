#include "signatures.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Crypto/DigestEngine.h>
#include <boost/json/parse.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

namespace clinic::sms {
namespace {

using std::chrono::system_clock;

std::string hmac(const EVP_MD* digest, const std::string& secret, std::string_view text) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(digest, secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string hex(const std::string& bytes) {
  return Poco::DigestEngine::digestToHex(Poco::DigestEngine::Digest(bytes.begin(), bytes.end()));
}

std::string base64(const std::string& bytes, int options) {
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded, options);
  encoder.rdbuf()->setLineLength(0);
  encoder.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  encoder.close();
  return encoded.str();
}

constexpr int url_alphabet = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

/// The object that a part of a JWT holds; null where it holds none.
boost::json::value part_of_jwt(std::string_view part) {
  std::istringstream encoded{std::string(part)};
  Poco::Base64Decoder decoder(encoded, url_alphabet);
  const std::string json{std::istreambuf_iterator<char>(decoder), {}};
  boost::system::error_code error;
  auto parsed = boost::json::parse(json, error);
  return error || !parsed.is_object() ? boost::json::value() : parsed;
}

bool has_text(const boost::json::value& object, std::string_view key, std::string_view wanted) {
  const auto* found = object.as_object().if_contains(key);
  return found != nullptr && found->is_string() &&
         equal_in_constant_time(std::string_view(found->get_string()), wanted);
}

std::int64_t seconds_of(system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t a_day = 86400;

bool is_recent(std::int64_t seconds, system_clock::time_point now) {
  return seconds >= seconds_of(now) - a_day && seconds <= seconds_of(now) + 300;
}

std::string sha256(std::string_view text) {
  Poco::Crypto::DigestEngine engine("SHA256");
  engine.update(text.data(), text.size());
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// The address with the port that its scheme has anyway, or without it: Twilio signs the one or the other.
std::string with_or_without_port(std::string_view url) {
  const bool https = url.starts_with("https://");
  const std::string_view port = https ? ":443" : ":80";
  const auto begin = std::min(url.find("://"), url.size() - 3) + 3;
  const auto end = std::min(url.find_first_of("/?", begin), url.size());
  const auto host = url.substr(begin, end - begin);
  const std::string before(url.substr(0, begin)), after(url.substr(end));
  if (host.ends_with(port)) return before + std::string(host.substr(0, host.size() - port.size())) + after;
  return host.find(':') == host.npos ? before + std::string(host) + std::string(port) + after : std::string(url);
}

}  // namespace

bool equal_in_constant_time(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool signed_by_twilio(const std::string& secret, std::string_view url, const Parameters& form,
                      std::string_view signature) {
  if (url.size() < 3) return false;
  std::vector<std::pair<std::string, std::string>> fields(form.begin(), form.end());
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  std::string text;
  for (const auto& [name, value] : fields)
    text += name + value;
  const auto matches = [&](const std::string& address) {
    return equal_in_constant_time(base64(hmac(EVP_sha1(), secret, address + text), 0), signature);
  };
  return matches(std::string(url)) || matches(with_or_without_port(url));
}

bool signed_by_vonage_jwt(const std::string& secret, std::string_view authorization, std::string_view body,
                          system_clock::time_point now) {
  constexpr std::string_view scheme = "bearer ";
  if (in_lower_case(std::string(authorization.substr(0, scheme.size()))) != scheme) return false;
  const auto token = authorization.substr(scheme.size());
  const auto first = token.find('.'), last = token.rfind('.');
  if (first == token.npos || first == last) return false;
  const auto signature = base64(hmac(EVP_sha256(), secret, token.substr(0, last)), url_alphabet);
  if (!equal_in_constant_time(signature, token.substr(last + 1))) return false;
  const auto header = part_of_jwt(token.substr(0, first));
  const auto claims = part_of_jwt(token.substr(first + 1, last - first - 1));
  if (!header.is_object() || !claims.is_object() || !has_text(header, "alg", "HS256")) return false;
  if (!has_text(claims, "payload_hash", sha256(body))) return false;
  const auto* issued = claims.as_object().if_contains("iat");
  if (issued == nullptr || !issued->is_int64() || !is_recent(issued->get_int64(), now)) return false;
  const auto* expires = claims.as_object().if_contains("exp");
  return expires == nullptr || (expires->is_int64() && seconds_of(now) < expires->get_int64());
}

bool signed_by_vonage_parameter(const std::string& secret, const Parameters& parameters, system_clock::time_point now) {
  const auto signature = parameters.find("sig"), timestamp = parameters.find("timestamp");
  if (signature == parameters.end() || timestamp == parameters.end() || parameters.count("sig") != 1) return false;
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (name == "sig") continue;
    std::string plain = value;  // what would end a field is written as an underscore
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c == '&' || c == '='; }, '_');
    text.append("&").append(name).append("=").append(plain);
  }
  if (!equal_in_constant_time(hex(hmac(EVP_sha256(), secret, text)), in_lower_case(signature->second))) return false;
  std::int64_t seconds = 0;
  const auto& digits = timestamp->second;
  const auto end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, seconds);
  return error == std::errc() && stopped == end && is_recent(seconds, now);
}

}  // namespace clinic::sms
