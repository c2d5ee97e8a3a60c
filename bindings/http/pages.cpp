#include "pages.hpp"

#include "compression.hpp"
#include "digest.hpp"
#include "example.hpp"
#include "openapi.hpp"
#include "reference_page.hpp"

#include <clinic/open.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>
#include <openssl/evp.h>

#include <array>

namespace clinic::http {
namespace {

namespace json = boost::json;

/// The digest by which a Content-Security-Policy allows a style.
std::string sha256_base64(std::string_view text) {
  const auto digest = sha256(text);
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
  const int size =
      EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(digest.data()), SHA256_DIGEST_LENGTH);
  return std::string(encoded.begin(), encoded.begin() + size);
}

json::array parameters_of(const Endpoint& endpoint) {
  json::array out;
  const auto add = [&](const std::vector<const bindings::Field*>& fields, const char* where) {
    for (const auto* field : fields)
      out.push_back({{"name", field->name},
                     {"in", where},
                     {"type", bindings::type_words(*field)},
                     {"required", field->required},
                     {"description", field->help}});
  };
  add(endpoint.in_path, "path");
  add(endpoint.in_query, "query");
  add(endpoint.in_body, "body");
  return out;
}

json::object index(const std::vector<Endpoint>& endpoints, const Policy& policy, const std::string& prefix) {
  json::array all;
  for (const auto& endpoint : endpoints) {
    json::object row{{"method", endpoint.method()},
                     {"path", prefix + endpoint.place->route.path},
                     {"operation", endpoint.operation().name},
                     {"description", endpoint.summary()},
                     {"roles", json::value_from(endpoint.operation().roles)},
                     {"parameters", parameters_of(endpoint)}};
    if (auto body = body_example(endpoint); !body.empty()) row["example"] = std::move(body);
    all.push_back(std::move(row));
  }
  return {{"name", policy.clinic_name}, {"version", version()}, {"documentation", "/docs"},
          {"openapi", "/openapi.json"}, {"health", "/health"},  {"endpoints", std::move(all)}};
}

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

Pages::Pages(const Router& router, const Policy& policy, const std::vector<std::string>& prefixes,
             const ProfileShape& shape, bool has_host_names)
    : router_(router), policy_(policy), prefixes_(prefixes), shape_(shape), has_host_names_(has_host_names) {}

bool Pages::has(std::string_view path) { return path == "/" || path == "/openapi.json" || path == "/docs"; }

const Pages::Made& Pages::made() const {
  std::call_once(once_, [&] {
    const auto endpoints = endpoints_of(router_);
    const auto& prefix = prefixes_.front();
    made_.index = shared(json::serialize(index(endpoints, policy_, prefix)));
    made_.openapi = shared(json::serialize(openapi({endpoints, policy_, prefixes_, shape_, has_host_names_})));
    made_.openapi_gzipped = shared(gzipped(*made_.openapi));
    made_.reference = reference_page({endpoints, policy_, shape_, prefix});
    made_.style_hash = sha256_base64(reference_style());
  });
  return made_;
}

Pages::Text Pages::reference_at(std::string server) const {
  {
    const std::lock_guard lock(last_);
    if (last_reference_ && last_server_ == server) return last_reference_;
  }
  auto page = shared(boost::algorithm::replace_all_copy(made().reference, std::string(server_placeholder), server));
  const std::lock_guard lock(last_);
  last_server_ = std::move(server);
  return last_reference_ = std::move(page);
}

Response Pages::page(const Request& request, std::string_view path, bool secure) const {
  Response response;
  response.set("Cache-Control", "no-cache");
  if (path == "/openapi.json") {
    const bool gzip = takes_gzip(request);
    response.page = gzip ? made().openapi_gzipped : made().openapi;
    response.set("Vary", "Accept-Encoding");
    if (gzip) response.set("Content-Encoding", "gzip");
    return response;
  }
  const auto accepted = request.header("Accept");
  const bool for_browser = accepted && accepted->find("text/html") != accepted->npos;
  if (path == "/" && !for_browser) {
    response.page = made().index;
    return response;
  }
  if (path == "/") {
    response.status = 303;
    response.set("Location", "/docs");
    return response;
  }
  const auto host = request.header("Host").value_or("localhost");
  response.page = reference_at(std::string(secure ? "https://" : "http://").append(host));
  response.set("Content-Type", "text/html; charset=utf-8");
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-" + made().style_hash +
                                              "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  return response;
}

}  // namespace clinic::http
