#include "callers.hpp"

#include "digest.hpp"
#include "wrong_setting.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>

namespace clinic::http {
namespace {

/// The bytes of a digest in hexadecimal; empty where it is none.
std::string digest_of(const std::string& hexadecimal) {
  std::string digest;
  try {
    boost::algorithm::unhex(hexadecimal, std::back_inserter(digest));
  } catch (const boost::algorithm::hex_decode_error&) {
    return {};
  }
  return digest.size() == SHA256_DIGEST_LENGTH ? digest : std::string();
}

Actor actor_of(const ServiceKey& key, const std::string& path) try {
  return Actor::system(key.name, key.role);
} catch (const Error& error) {
  const auto& wrong = error.fields().front();
  refuse_setting(path + "." + wrong.path, wrong.code, wrong.message);
}

}  // namespace

Callers::Callers(Clinic clinic, const HttpSettings& settings, const Cors& cors, const Cookies& cookies,
                 std::function<std::optional<Actor>(std::string_view)> authenticate)
    : clinic_(std::move(clinic)),
      cors_(cors),
      cookies_(cookies),
      authenticate_(std::move(authenticate)),
      services_(services_of(settings)) {}

std::vector<Callers::Service> Callers::services_of(const HttpSettings& settings) {
  std::vector<Service> services;
  for (std::size_t i = 0; i < settings.service_keys.size(); ++i) {
    const auto& key = settings.service_keys[i];
    const auto path = element_of("http.service_keys", i);
    auto digest = digest_of(key.sha256);
    if (digest.empty())
      refuse_setting(path + ".sha256", "invalid_format",
                     "This must be a SHA-256 in 64 hexadecimal digits, as `sha256sum` prints it.");
    if (std::any_of(services.begin(), services.end(), [&](const auto& other) { return other.digest == digest; }))
      refuse_setting(path + ".sha256", "duplicate", "Another program has this key: nobody could tell them apart.");
    if (!key.role)
      refuse_setting(path + ".role", "required",
                     "`role` is missing: a program may do what its role may; superadmin may do everything.");
    services.push_back({std::move(digest), actor_of(key, path)});
  }
  return services;
}

std::optional<Actor> Callers::service_of(std::string_view key) const {
  constexpr std::size_t shortest = 32;  // what is shorter could be found by trying
  if (services_.empty() || key.size() < shortest) return std::nullopt;
  const auto digest = sha256(key);
  for (const auto& service : services_)
    if (CRYPTO_memcmp(digest.data(), service.digest.data(), digest.size()) == 0) return service.actor;
  return std::nullopt;
}

/// The browser itself says from which website a request comes.
void Callers::refuse_other_websites(const Request& request) const {
  const auto origin = request.header("Origin");
  if (origin && cors_.allows(*origin)) return;
  const auto site = request.header("Sec-Fetch-Site");
  const bool other_site = site && *site != "same-origin" && *site != "none";
  const auto host = request.header("Host").value_or("");
  const bool other_origin =
      origin && origin->substr(origin->find("://") == origin->npos ? 0 : origin->find("://") + 3) != host;
  if (other_site || other_origin) throw Error(ErrorCode::forbidden, "Another website made the request.");
}

Session Callers::session_of(const Request& request) const {
  if (cookies_.wanted(request)) refuse_other_websites(request);
  const auto authorization = request.header("Authorization");
  if (!authorization) {
    const auto token = cookies_.access_token(request);
    return token ? clinic_.act_with_token(*token) : clinic_.act_as(Actor::anonymous());
  }
  if (authenticate_) {
    std::optional<Actor> actor;
    try {
      actor = authenticate_(*authorization);
    } catch (...) {  // whatever it is: its text could hold the credentials
      throw Error(ErrorCode::not_authenticated, "The host refuses the caller.");
    }
    if (actor) return clinic_.act_as(std::move(*actor));
  }
  constexpr std::string_view scheme = "Bearer ";
  if (!boost::algorithm::istarts_with(*authorization, scheme))
    throw Error(ErrorCode::token_invalid, "The header Authorization is `Bearer` and an access token.");
  const auto token = authorization->substr(scheme.size());
  if (auto service = service_of(token)) return clinic_.act_as(std::move(*service));
  return clinic_.act_with_token(token);
}

}  // namespace clinic::http
