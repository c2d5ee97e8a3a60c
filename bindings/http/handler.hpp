#pragma once

#include "callers.hpp"
#include "client_address.hpp"
#include "cookies.hpp"
#include "cors.hpp"
#include "exchange.hpp"
#include "metrics.hpp"
#include "networks.hpp"
#include "pages.hpp"
#include "profile_shape.hpp"
#include "request_json.hpp"
#include "router.hpp"

#include <clinic/http.hpp>

#include <functional>
#include <optional>
#include <string>

namespace clinic::http {

/// From a request to its answer, without a connection. Thread-safe; nothing is thrown.
class Handler {
 public:
  /// Throws Error(configuration_invalid).
  Handler(const Clinic& clinic, const HttpSettings& settings, const HttpHost& host);

  /// Throws Error(configuration_invalid) where the constructor would.
  static void check(const HttpSettings& settings);

  /// Answers what takes no time: preflights, `/health`, requests that mean no operation. Nothing: it is run()'s.
  std::optional<Response> begin(Exchange& exchange) const;
  /// Calls the operation. `hashing` is CallOptions::hashing, `load` tells what the server does now.
  Response run(Exchange& exchange, const std::function<void(bool)>& hashing, const std::function<Load()>& load) const;
  /// The answer to what could not be read as a request.
  Response refuse_unread(Exchange& exchange, const Error& error) const;
  /// An answer that says this error.
  Response refuse(Exchange& exchange, const Error& refusal) const;
  /// Puts the headers on it that every answer has, and counts it.
  void finish(const Exchange& exchange, Response& response) const;

 private:
  void identify(Exchange& exchange) const;
  void check_host(const Request& request) const;
  static void check_headers(const Request& request);
  std::optional<std::string_view> behind_prefix(std::string_view path) const;
  std::optional<Response> route(Exchange& exchange) const;
  Response refuse_method(Exchange& exchange, const std::vector<std::string_view>& methods) const;
  static void check_body(const Exchange& exchange);
  CallOptions options_of(const Exchange& exchange) const;
  Response options(const Request& request, const std::vector<std::string_view>& methods) const;
  std::optional<Response> fixed(Exchange& exchange, std::string_view path) const;
  Session session_for(const bindings::Operation& operation, const Request& request) const;
  Response answer(Exchange& exchange, const std::function<void(bool)>& hashing,
                  const std::function<Load()>& load) const;
  Response call(Exchange& exchange, const std::function<void(bool)>& hashing) const;
  Response ready() const;
  Response measured(const Load& load) const;
  void compress(const Exchange& exchange, Response& response) const;

  const Clinic clinic_;
  ClientAddress client_address_;
  Cors cors_;
  const std::vector<std::string> prefixes_;
  Cookies cookies_;
  Callers callers_;
  Networks metrics_from_;
  mutable Metrics metrics_;
  Router router_;
  RequestJson request_json_;
  ProfileShape shape_;
  Pages pages_;
  std::vector<std::string> host_names_;
};

}  // namespace clinic::http
