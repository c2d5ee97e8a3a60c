#include "cookies.hpp"

#include <boost/json.hpp>

namespace clinic::http {
namespace {

namespace json = boost::json;

/// The prefixes bind a cookie to HTTPS, and the first one to this host (RFC 6265bis, 4.1.3).
constexpr std::string_view access_cookie = "__Host-clinic_access", refresh_cookie = "__Secure-clinic_refresh";
constexpr std::string_view common = "; Secure; HttpOnly; SameSite=Strict";

std::optional<std::string_view> cookie(const Request& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (!header.is("Cookie")) continue;
    auto rest = header.value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      auto pair = rest.substr(0, end);
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::string value_of(std::string_view name, std::string_view value, std::string_view path, std::int64_t seconds) {
  std::string text(name);
  return text.append("=")
             .append(value)
             .append("; Path=")
             .append(path)
             .append("; Max-Age=")
             .append(std::to_string(seconds)) +
         std::string(common);
}

/// The tokens in an answer: its own, or those of a registration that ends with a login.
json::object* tokens_in(json::value& answer) {
  auto* object = answer.if_object();
  if (!object) return nullptr;
  if (auto* inner = object->if_contains("tokens"); inner && inner->is_object()) object = &inner->as_object();
  return object->contains("access_token") && object->contains("refresh_token") ? object : nullptr;
}

bool ends_login(const bindings::Operation& operation) { return operation.name.starts_with("auth.logout"); }

}  // namespace

bool Cookies::wanted(const Request& request) const { return on_ && request.header("Clinic-Session").has_value(); }

std::optional<std::string_view> Cookies::access_token(const Request& request) const {
  return wanted(request) ? cookie(request, access_cookie) : std::nullopt;
}

std::optional<std::string_view> Cookies::refresh_token(const Request& request) const {
  return wanted(request) ? cookie(request, refresh_cookie) : std::nullopt;
}

void Cookies::remove(const Exchange& exchange, Response& response) const {
  if (!exchange.place || !wanted(exchange.request) || !ends_login(*exchange.place->operation)) return;
  response.set("Set-Cookie", value_of(access_cookie, "", "/", 0));
  response.set("Set-Cookie", value_of(refresh_cookie, "", prefix_ + "/auth", 0));
}

void Cookies::keep(const Exchange& exchange, Response& response) const {
  if (!wanted(exchange.request)) return;
  if (response.body.find("\"refresh_token\"") == std::string::npos) return;
  auto answer = json::parse(response.body);
  auto* tokens = tokens_in(answer);
  if (!tokens) return;
  constexpr std::int64_t longest = 400LL * 86400;  // what browsers keep at the most
  response.set("Set-Cookie", value_of(access_cookie, tokens->at("access_token").as_string(), "/",
                                      tokens->at("expires_in").as_int64()));
  response.set("Set-Cookie",
               value_of(refresh_cookie, tokens->at("refresh_token").as_string(), prefix_ + "/auth", longest));
  // A script must not have them; the fields stay, as the schema says.
  for (const auto* name : {"access_token", "refresh_token"})
    (*tokens)[name] = "";
  response.body = json::serialize(answer);
}

}  // namespace clinic::http
