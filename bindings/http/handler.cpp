#include "handler.hpp"

#include "compression.hpp"
#include "etag.hpp"
#include "header_list.hpp"
#include "header_names.hpp"
#include "identifier.hpp"
#include "target.hpp"
#include "wrong_setting.hpp"

#include <clinic/error.hpp>
#include <clinic/services/system_service.hpp>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/erase.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>

namespace clinic::http {
namespace {

/// The methods of a path, as the header `Allow` has them.
std::string allow(const std::vector<std::string_view>& methods) {
  std::string text;
  for (const auto method : methods)
    text.append(method).append(method == "GET" ? ", HEAD, " : ", ");
  return text + "OPTIONS";
}

bool has_body(const Request& request) { return request.body.find_first_not_of(" \t\r\n") != request.body.npos; }

/// Whether a body has no field.
bool says_nothing(std::string_view body) {
  return std::all_of(body.begin(), body.end(),
                     [](char c) { return c == '{' || c == '}' || std::isspace(static_cast<unsigned char>(c)); });
}

/// Whether a content type is JSON, in UTF-8 where it says so (RFC 8259, 8.1).
bool is_json(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  auto type = boost::algorithm::trim_copy(std::string(content_type.substr(0, semicolon)));
  boost::algorithm::to_lower(type);
  if (type != "application/json" && !(type.starts_with("application/") && type.ends_with("+json"))) return false;
  if (semicolon == content_type.npos) return true;
  auto parameter = boost::algorithm::trim_copy(std::string(content_type.substr(semicolon + 1)));
  boost::algorithm::to_lower(parameter);
  boost::algorithm::erase_all(parameter, "\"");
  return !parameter.starts_with("charset=") || parameter == "charset=utf-8";
}

/// The language that the client likes best (RFC 9110, 12.5.4); empty where it says none.
std::string preferred_language(std::string_view languages) {
  constexpr std::size_t longest = 35;  // of CallOptions::language
  std::string best;
  double best_quality = 0;
  for (const auto element : list_elements(languages)) {
    const auto [tag, quality] = accepted(element);
    const bool usable = !tag.empty() && tag.size() <= longest && std::all_of(tag.begin(), tag.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '-';
    });
    if (usable && quality > best_quality) {
      best = tag;
      best_quality = quality;
    }
  }
  return best;
}

/// An idempotency key as a token or as a string of RFC 8941, as the draft of the header has it.
std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

bool any_secret(const std::vector<bindings::Field>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const bindings::Field& field) { return field.secret || any_secret(field.fields); });
}

bool shows_secret(const bindings::Operation& operation) { return any_secret(operation.response); }

/// `If-Match` as the version that the operation's request asks for.
void add_version(Exchange& exchange) {
  const auto tag = exchange.request.header("If-Match");
  if (!tag || *tag == "*") return;
  const auto tags = list_elements(*tag);
  const auto version = tags.size() == 1 ? version_of(tags.front()) : std::nullopt;
  if (!version || !bindings::find_field(exchange.place->operation->request, "version"))
    throw Error(ErrorCode::validation_failed, {},
                {{"If-Match", version ? "not_applicable" : "invalid_format",
                  version ? "This operation has no versions to match."
                          : "If-Match is the one ETag of an answer about this record."}});
  exchange.in_headers.emplace_back("version", std::to_string(*version));
}

/// The limit that counted the call (draft-ietf-httpapi-ratelimit-headers-06).
void add_rate_limit(const Exchange& exchange, Response& response) {
  const auto& left = exchange.rate_limit;
  if (!left || exchange.error == ErrorCode::too_many_attempts) return;  // its Retry-After is another count's
  response.set("RateLimit-Limit", std::to_string(left->calls));
  response.set("RateLimit-Remaining", std::to_string(left->remaining));
  response.set("RateLimit-Reset", std::to_string(left->resets_after.count()));
}

[[noreturn]] void refuse_query(const std::string& name) {
  throw Error(
      ErrorCode::validation_failed, {},
      {{name, "not_applicable", "`" + name + "` belongs into the body, as JSON: only GET and DELETE have queries."}});
}

/// What the path is beside operations.
Probe probe_of(std::string_view path) {
  if (Pages::has(path)) return Probe::page;
  if (path == "/health") return Probe::health;
  if (path == "/ready") return Probe::ready;
  return path == "/metrics" ? Probe::metrics : Probe::none;
}

/// Compared with paths as they come: what stands in no path (RFC 3986, 3.3) could never be meant.
bool is_prefix(std::string_view text) {
  constexpr std::string_view of_path =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~!$&'()*+,;=:@%";
  return text.find_first_not_of(of_path) == text.npos && text.starts_with('/') && !text.ends_with('/') &&
         probe_of(text) == Probe::none;
}

/// The prefixes as they stand before a path's slash, one at the least: a slash alone is none.
std::vector<std::string> checked_prefixes(std::vector<std::string> prefixes) {
  if (prefixes.empty())
    refuse_setting("http.prefixes", "required", "Without a prefix nothing is reachable: a slash alone is none.");
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    auto& prefix = prefixes[i];
    if (prefix == "/")
      prefix.clear();
    else if (!is_prefix(prefix))
      refuse_setting(element_of("http.prefixes", i), "invalid_format",
                     "A prefix begins with a slash and does not end with one, such as /api/v1, has only characters "
                     "that may stand in a path, and is no page of the server's own; or it is a slash alone.");
  }
  return prefixes;
}

/// Compared with what stands in the header Host before its port.
bool is_host_name(std::string_view text) {
  constexpr std::string_view of_name = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return !text.empty() && text.find_first_not_of(of_name) == text.npos;
}

std::vector<std::string> checked_host_names(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!is_host_name(names[i]))
      refuse_setting(element_of("http.host_names", i), "invalid_format",
                     "This must be a name such as clinic.example, without https://, without a port and without a "
                     "star; letters that are not of ASCII as browsers send them, xn--….");
  return names;
}

/// The name in a Host header, without its port.
std::string_view host_name(std::string_view host) {
  const auto end = host.starts_with('[') ? host.find(']') : host.npos;
  const auto colon = host.find(':', end == host.npos ? 0 : end);
  return host.substr(0, colon);
}

}  // namespace

Handler::Handler(const Clinic& clinic, const HttpSettings& settings, const HttpHost& host)
    : clinic_(clinic),
      client_address_(settings.trusted_proxies, settings.proxy_header),
      cors_(settings.allowed_origins),
      prefixes_(checked_prefixes(settings.prefixes)),
      cookies_(settings.cookies, prefixes_.front()),
      callers_(clinic, settings, cors_, cookies_, host.authenticate),
      metrics_from_(settings.metrics_from, "http.metrics_from"),
      router_(clinic.policy().route_aliases),
      request_json_(clinic.policy().field_aliases),
      shape_(clinic.policy()),
      pages_(router_, clinic.policy(), prefixes_, shape_, !settings.host_names.empty()),
      host_names_(checked_host_names(settings.host_names)) {}

void Handler::check(const HttpSettings& settings) {
  ClientAddress(settings.trusted_proxies, settings.proxy_header);
  Cors(settings.allowed_origins);
  checked_prefixes(settings.prefixes);
  Callers::services_of(settings);
  Networks(settings.metrics_from, "http.metrics_from");
  checked_host_names(settings.host_names);
}

void Handler::identify(Exchange& exchange) const {
  const auto given = exchange.request.header("X-Request-Id");
  exchange.id = given && is_identifier(*given) ? *given : trace_id(exchange.request.header("traceparent").value_or(""));
  if (exchange.id.empty()) exchange.id = new_identifier();
  exchange.client = client_address_.of(exchange.request);
  exchange.secure = client_address_.secure(exchange.request);
}

/// Whoever reads another one of several than the server does reads another request (RFC 9110, 5.3).
void Handler::check_headers(const Request& request) {
  for (const std::string_view name : {"Authorization", "Clinic-Challenge", "Content-Type", "Idempotency-Key"})
    if (request.count(name) > 1)
      throw Error(ErrorCode::malformed_request, "There are several headers " + std::string(name) + ".");
}

void Handler::check_host(const Request& request) const {
  if (host_names_.empty()) return;
  const auto host = request.header("Host");
  const auto name = host ? host_name(*host) : std::string_view();
  const bool known = std::any_of(host_names_.begin(), host_names_.end(),
                                 [&](const auto& each) { return boost::beast::iequals(each, name); });
  if (known) return;
  Error error(ErrorCode::malformed_request, "The header Host is none of http.host_names.");
  error.http_status(421);
  throw error;
}

std::optional<std::string_view> Handler::behind_prefix(std::string_view path) const {
  for (const auto& prefix : prefixes_)
    if (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'))
      return path.substr(prefix.size());
  return std::nullopt;
}

void Handler::check_body(const Exchange& exchange) {
  const auto& request = exchange.request;
  if (!has_body(request)) return;
  if (request.method == "GET" || request.method == "HEAD")
    throw Error(ErrorCode::malformed_request, "A " + std::string(request.method) + " has no body.");
  const auto type = request.header("Content-Type");
  if (!type || !is_json(*type))
    throw Error(ErrorCode::unsupported_media_type, "Send the header Content-Type: application/json.");
}

/// What is beside operations. Pages are made by a call: that takes longer than an answer of the connections' thread
/// may.
std::optional<Response> Handler::fixed(Exchange& exchange, std::string_view path) const {
  const auto& request = exchange.request;
  const auto probe = probe_of(path);
  if (probe == Probe::none) return std::nullopt;
  exchange.page = path;
  // A proxy on this machine would let everybody in.
  const bool may_measure = metrics_from_.contain(request.peer) && !ClientAddress::forwarded(request);
  if (probe == Probe::metrics && !may_measure)
    throw Error(ErrorCode::forbidden, "http.metrics_from names who may read the metrics.");
  if (request.method == "OPTIONS") return options(request, {"GET"});
  if (request.method != "GET" && request.method != "HEAD") return refuse_method(exchange, {"GET"});
  if (probe == Probe::health) return Response{200, R"({"status":"up"})"};  // the process answers
  exchange.probe = probe;
  return std::nullopt;
}

Response Handler::options(const Request& request, const std::vector<std::string_view>& methods) const {
  const auto origin = request.header("Origin");
  if (origin && cors_.allows(*origin) && request.header("Access-Control-Request-Method"))
    return cors_.preflight(allow(methods));
  Response response{204};
  response.set("Allow", allow(methods));
  return response;
}

Response Handler::refuse_method(Exchange& exchange, const std::vector<std::string_view>& methods) const {
  auto response = refuse(exchange, Error(ErrorCode::method_not_allowed, "It has " + allow(methods) + "."));
  response.set("Allow", allow(methods));
  return response;
}

std::optional<Response> Handler::route(Exchange& exchange) const {
  const auto& request = exchange.request;
  auto target = parse_target(request.target);
  if (!target) throw Error(ErrorCode::malformed_request, "The request's target is not well formed.");
  if (auto page = fixed(exchange, target->path); page || exchange.probe != Probe::none) return page;
  const auto path = behind_prefix(target->path);
  auto found = path ? router_.find(request.method, *path) : Router::Found{};
  if (found.methods.empty())
    throw Error(ErrorCode::unknown_operation, "There is nothing at this path; GET / lists what there is.");
  if (request.method == "OPTIONS") return options(request, found.methods);
  if (!found.place) return refuse_method(exchange, found.methods);
  exchange.place = found.place;
  for (const auto value : found.values) {
    auto decoded = percent_decoded(value);
    if (!decoded) throw Error(ErrorCode::malformed_request, "The path is not well formed.");
    exchange.path.push_back(std::move(*decoded));
  }
  exchange.query = std::move(target->query);
  if (!exchange.query.empty() && !Endpoint::takes_query(*exchange.place)) refuse_query(exchange.query.front().first);
  if (exchange.place->route.with != "{}" && (!exchange.query.empty() || has_body(request)))
    throw Error(ErrorCode::malformed_request, "This endpoint says all by its path: it takes no query and no body.");
  check_body(exchange);
  return std::nullopt;
}

std::optional<Response> Handler::begin(Exchange& exchange) const {
  try {
    identify(exchange);
    check_host(exchange.request);
    check_headers(exchange.request);
    return route(exchange);
  } catch (const Error& error) {
    return refuse(exchange, error);
  } catch (const std::exception&) {
    return refuse(exchange, Error(ErrorCode::internal));
  }
}

CallOptions Handler::options_of(const Exchange& exchange) const {
  const auto& request = exchange.request;
  CallOptions options;
  if (const auto key = request.header("Idempotency-Key")) {
    options.idempotency_key = unquoted(*key);
    if (options.idempotency_key.empty())
      throw Error(ErrorCode::validation_failed, {}, {{"Idempotency-Key", "required", "Idempotency-Key is empty."}});
  }
  if (const auto answer = request.header("Clinic-Challenge")) options.challenge = *answer;
  if (const auto languages = request.header("Accept-Language")) options.language = preferred_language(*languages);
  options.origin = exchange.client;
  options.request_id = exchange.id;
  return options;
}

Response Handler::run(Exchange& exchange, const std::function<void(bool)>& hashing,
                      const std::function<Load()>& load) const {
  auto response = answer(exchange, hashing, load);
  if (exchange.probe != Probe::none) return response;
  cookies_.remove(exchange, response);
  add_rate_limit(exchange, response);
  return response;
}

Response Handler::answer(Exchange& exchange, const std::function<void(bool)>& hashing,
                         const std::function<Load()>& load) const {
  try {
    if (exchange.probe == Probe::page) return pages_.page(exchange.request, exchange.page, exchange.secure);
    if (exchange.probe == Probe::ready) return ready();
    if (exchange.probe == Probe::metrics) return measured(load());
    return call(exchange, hashing);
  } catch (Error& error) {
    if (error.code() == ErrorCode::stale_record && exchange.request.header("If-Match")) error.http_status(412);
    return refuse(exchange, naming_headers(error, exchange.request));
  } catch (...) {  // whatever it is: its text could hold a person's data
    return refuse(exchange, Error(ErrorCode::internal));
  }
}

/// What anybody may do, also somebody may whose token has ended: log in again, above all.
Session Handler::session_for(const bindings::Operation& operation, const Request& request) const try {
  return callers_.session_of(request);
} catch (const Error& error) {
  const bool about_token = error.code() == ErrorCode::token_invalid || error.code() == ErrorCode::token_expired;
  if (!about_token || !operation.for_anyone()) throw;
  return clinic_.act_as(Actor::anonymous());
}

Response Handler::call(Exchange& exchange, const std::function<void(bool)>& hashing) const {
  const auto& operation = *exchange.place->operation;
  const auto& request = exchange.request;
  add_version(exchange);
  if (const auto token = cookies_.refresh_token(request);
      token && says_nothing(request.body) && bindings::find_field(operation.request, "refresh_token"))
    exchange.in_headers.emplace_back("refresh_token", *token);
  const auto session = session_for(operation, request);
  auto options = options_of(exchange);
  options.hashing = hashing;
  options.rate_limit = [&exchange](const RateLimitLeft& left) { exchange.rate_limit = left; };
  const auto body = shape_.body_of(operation, request.body);
  Response response{exchange.place->route.status};
  response.body = session.call(operation.name,
                               request_json_.make(*exchange.place, exchange.path, exchange.query, exchange.in_headers,
                                                  body ? *body : request.body),
                               options);
  cookies_.keep(exchange, response);  // first: what it takes out must not stand there under another name
  shape_.reshape(operation, response.body);
  if (exchange.place->route.method != "GET") return response;
  const bool has_version = bindings::find_field(operation.response, "version");
  if (const auto tag = has_version ? entity_tag(response.body) : std::nullopt) {
    // Weak: a compressed answer has the same one (RFC 9110, 8.8.1).
    response.set("ETag", "W/" + *tag);
    if (const auto known = request.header("If-None-Match"); known && names_tag(*known, *tag)) {
      response.status = 304;
      response.body.clear();
    }
  }
  compress(exchange, response);
  return response;
}

/// Lists are worth it. What has secrets stays as it is: the length of a compressed answer tells of what is in it
/// (BREACH).
void Handler::compress(const Exchange& exchange, Response& response) const {
  constexpr std::size_t worth_it = 2048;
  response.set("Vary", "Accept-Encoding");
  if (response.body.size() < worth_it || !takes_gzip(exchange.request) || shows_secret(*exchange.place->operation))
    return;
  response.body = gzipped(response.body);
  response.set("Content-Encoding", "gzip");
}

Response Handler::ready() const {
  const auto healthy = clinic_.act_as(Actor::system("http")).system().health().healthy;
  return healthy ? Response{200, R"({"status":"ready"})"}
                 : Response{503, R"({"status":"the database does not answer"})"};
}

Response Handler::measured(const Load& load) const {
  std::optional<SystemMetrics> system;
  try {
    system = clinic_.act_as(Actor::system("http")).system().metrics();
  } catch (const Error&) {  // the database does not answer: that is a figure, too
  }
  Response response{200, metrics_.text(load, system)};
  response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

Response Handler::refuse_unread(Exchange& exchange, const Error& error) const {
  exchange.id = new_identifier();
  return refuse(exchange, error);
}

Response Handler::refuse(Exchange& exchange, const Error& refusal) const {
  // What the SDK refuses has its words already.
  const auto languages = exchange.request.header("Accept-Language");
  const bool in_english = refusal.message() == info(refusal.code()).message;
  const auto error = languages && in_english ? clinic_.localized(refusal, preferred_language(*languages)) : refusal;
  exchange.error = error.code();
  Response response{error.http_status()};
  response.body = error.to_json();
  shape_.reshape_error(response.body);
  if (error.retry_after_seconds() > 0)
    response.set("Retry-After", std::to_string(error.retry_after_seconds()));
  else if (response.status == 503)
    response.set("Retry-After", "1");
  if (response.status == 401)
    response.set("WWW-Authenticate", exchange.request.header("Authorization")
                                         ? "Bearer error=\"invalid_token\""  // RFC 6750, 3
                                         : "Bearer");
  return response;
}

void Handler::finish(const Exchange& exchange, Response& response) const {
  response.set("X-Request-Id", exchange.id);
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  if (exchange.secure) response.set("Strict-Transport-Security", "max-age=31536000");
  const auto has = [&](std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
  };
  if (!has("Content-Security-Policy"))
    response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  if (!has("Cache-Control")) response.set("Cache-Control", "no-store");  // answers are about patients
  if (!response.text().empty() && !has("Content-Type")) response.set("Content-Type", "application/json");
  cors_.mark(exchange.request, response);
  metrics_.count(exchange);
}

}  // namespace clinic::http
