#include "cors.hpp"

#include "wrong_setting.hpp"

#include <algorithm>

namespace clinic::http {
namespace {

/// `https://portal.example:8443`: a scheme and an authority, nothing behind them. As browsers write it, since it is
/// compared with what they send: in lower case, in ASCII, and without the port that goes without saying.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == text.npos) return false;
  const auto known = text.substr(0, scheme);
  const auto authority = text.substr(scheme + 3);
  const auto usual_port = known == "https" ? ":443" : ":80";
  return (known == "https" || known == "http") && !authority.empty() && !authority.ends_with(usual_port) &&
         authority.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") == authority.npos;
}

}  // namespace

Cors::Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (!is_origin(origins_[i]))
      refuse_setting(element_of("http.allowed_origins", i), "invalid_format",
                     "This must be a website's origin as browsers write it, such as https://portal.example: in lower "
                     "case and ASCII, without a path, a star, or the scheme's usual port.");
}

bool Cors::allows(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

Response Cors::preflight(std::string_view methods) const {
  Response response{204};
  response.set("Access-Control-Allow-Methods", std::string(methods));
  response.set(
      "Access-Control-Allow-Headers",
      "Accept-Language, Authorization, Clinic-Challenge, Clinic-Session, Content-Type, Idempotency-Key, If-Match, "
      "If-None-Match, X-Request-Id");
  response.set("Access-Control-Max-Age", "600");
  return response;
}

void Cors::mark(const Request& request, Response& response) const {
  if (origins_.empty()) return;
  response.set("Vary", "Origin");
  const auto origin = request.header("Origin");
  if (!origin || !allows(*origin)) return;
  response.set("Access-Control-Allow-Origin", std::string(*origin));
  response.set("Access-Control-Allow-Credentials", "true");
  response.set("Access-Control-Expose-Headers",
               "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id");
}

}  // namespace clinic::http
