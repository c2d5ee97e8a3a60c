#include "support/http_driver.hpp"

#include "support/catch.hpp"
#include "support/schema_check.hpp"

#include <table/operations.hpp>

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <boost/json.hpp>

#include <algorithm>

namespace clinic::test {
namespace {

namespace json = boost::json;
using bindings::Field;
using bindings::FieldType;
using bindings::find_field;

constexpr std::string_view scheme = "Scenario ";

std::string encoded(std::string_view text) {
  std::string out;
  Poco::URI::encode(std::string(text), "!*'();:@&=+$,/?#[]%", out);
  return out;
}

std::string decoded(std::string_view text) {
  std::string out;
  Poco::URI::decode(std::string(text), out);
  return out;
}

/// The test's own login: `Scenario <actor> <role>`.
std::optional<Actor> system_actor(std::string_view authorization) {
  if (!authorization.starts_with(scheme)) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  const auto space = authorization.find(' ');
  const auto role = authorization.substr(space + 1);
  return Actor::system(decoded(authorization.substr(0, space)), role == "-" ? std::nullopt : from_word<Role>(role));
}

/// The value as the text of an address, if the address says the same as JSON would.
std::optional<std::string> text_of(const json::value& value, const Field* field) {
  const auto type = field ? field->type : FieldType::text;
  if (type == FieldType::integer) return value.is_int64() ? std::optional(json::serialize(value)) : std::nullopt;
  if (type == FieldType::boolean) return value.is_bool() ? std::optional(json::serialize(value)) : std::nullopt;
  const auto* text = value.if_string();
  if (!text || text->find('\0') != text->npos) return std::nullopt;
  return std::string(*text);
}

/// `name=value&…`, or nothing where the value cannot be said so.
std::optional<std::string> query_of(const json::key_value_pair& member, const Field* field) {
  const std::string name = encoded(std::string_view(member.key().data(), member.key().size())) + "=";
  const auto* list = field && field->type == FieldType::list ? member.value().if_array() : nullptr;
  if (!list) {
    const auto text = text_of(member.value(), field);
    if (!text || (field && field->type == FieldType::list)) return std::nullopt;
    return name + encoded(*text);
  }
  std::string out;
  for (const auto& element : *list) {
    const auto text = text_of(element, &field->element.front());
    if (!text) return std::nullopt;
    out += (out.empty() ? "" : "&") + name + encoded(*text);
  }
  return list->empty() ? std::nullopt : std::optional(out);
}

struct Sayable {
  std::string method, target, body;
};

/// The member of that name, or of another name that the profile has for it.
json::object::iterator member_of(json::object& request, std::string_view name, const std::vector<Alias>& aliases) {
  auto found = request.find(name);
  for (const auto& alias : aliases)
    if (found == request.end() && alias.name == name) found = request.find(alias.alias);
  return found;
}

/// The call as a request of HTTP, if there is one that says the same.
std::optional<Sayable> sayable(const ScenarioCall& call, const std::vector<Alias>& aliases) {
  const auto* operation = bindings::find_operation(call.operation);
  boost::system::error_code failed;
  auto request = json::parse(call.request, failed);
  if (!operation || failed || !request.is_object()) return std::nullopt;
  auto& members = request.as_object();
  Sayable said{operation->http.method, "/api/v1", {}};
  for (std::string_view path = operation->http.path; !path.empty();) {
    const auto begin = path.find('{');
    said.target += path.substr(0, begin);
    if (begin == path.npos) break;
    const auto end = path.find('}');
    const auto name = path.substr(begin + 1, end - begin - 1);
    const auto member = member_of(members, name, aliases);
    const auto text =
        member == members.end() ? std::nullopt : text_of(member->value(), find_field(operation->request, name));
    if (!text || text->empty()) return std::nullopt;
    said.target += encoded(*text);
    members.erase(member);
    path.remove_prefix(end + 1);
  }
  if (said.method != "GET") {
    said.body = json::serialize(request);
    return said;
  }
  char separator = '?';
  for (const auto& member : members) {
    const auto* meant = find_field(operation->request, std::string_view(member.key().data(), member.key().size()));
    const auto part = query_of(member, meant);
    if (!part || (meant && meant->secret)) return std::nullopt;
    said.target += separator + *part;
    separator = '&';
  }
  return said;
}

}  // namespace

void HttpDriver::open(const std::string& configuration_json) {
  close();
  clinic_ = Clinic::open(Configuration::from_json(configuration_json));
  HttpSettings settings;
  settings.port = 0;
  settings.trusted_proxies = {"127.0.0.1"};  // so that a call's origin can be said
  server_ = std::make_unique<HttpServer>(*clinic_, settings, HttpHost{system_actor, {}});
  client_ = std::make_unique<Poco::Net::HTTPClientSession>("127.0.0.1", server_->port());
  client_->setKeepAlive(true);
  Poco::Net::HTTPRequest request("GET", "/openapi.json", Poco::Net::HTTPMessage::HTTP_1_1);
  client_->sendRequest(request);
  Poco::Net::HTTPResponse response;
  std::string text;
  Poco::StreamCopier::copyToString(client_->receiveResponse(response), text);
  openapi_ = json::parse(text);
}

void HttpDriver::check_described(const std::string& operation, int status, const json::value& answer) const {
  const auto& route = bindings::find_operation(operation)->http;
  const auto& responses =
      openapi_.at("paths").at(route.path).at(Poco::toLower(route.method)).at("responses").as_object();
  INFO(operation << " answers " << status);
  const auto* described = responses.if_contains(std::to_string(status));
  REQUIRE(described);
  for (const auto& line :
       schema_errors_in(openapi_, described->at("content").at("application/json").at("schema"), answer))
    FAIL_CHECK(line);
  // The words of a status are those of the codes that it may have.
  if (status < 400) return;
  const auto code = "`" + std::string(answer.at("code").as_string()) + "`";
  CHECK(described->at("description").as_string().find(code) != std::string::npos);
}

void HttpDriver::close() {
  client_.reset();
  server_.reset();
  clinic_.reset();
}

ScenarioReply HttpDriver::call_sdk(const ScenarioCall& call) const {
  try {
    const auto session =
        call.token.empty()
            ? clinic_->act_as(Actor::system(call.actor, call.role ? from_word<Role>(*call.role) : std::nullopt))
            : clinic_->act_with_token(call.token);
    return {true, session.call(call.operation, call.request, {call.idempotency_key, call.origin})};
  } catch (const Error& error) {
    return {false, error.to_json()};
  }
}

ScenarioReply HttpDriver::call(const ScenarioCall& call) {
  const auto said = sayable(call, clinic_->policy().field_aliases);
  if (!said) {
    ++unsayable_;
    return call_sdk(call);
  }
  ++sent_;
  Poco::Net::HTTPRequest request(said->method, said->target, Poco::Net::HTTPMessage::HTTP_1_1);
  request.set("Authorization", call.token.empty()
                                   ? std::string(scheme) + encoded(call.actor) + " " + call.role.value_or("-")
                                   : "Bearer " + call.token);
  if (!call.idempotency_key.empty()) request.set("Idempotency-Key", call.idempotency_key);
  if (!call.origin.empty()) request.set("X-Forwarded-For", call.origin);
  if (said->method != "GET") {
    request.setContentType("application/json");
    request.setContentLength(static_cast<std::streamsize>(said->body.size()));
  }
  client_->sendRequest(request) << said->body;
  Poco::Net::HTTPResponse response;
  ScenarioReply reply;
  Poco::StreamCopier::copyToString(client_->receiveResponse(response), reply.json);
  const auto status = response.getStatus();
  reply.done = status < 300;
  auto answer = json::parse(reply.json);
  check_described(call.operation, static_cast<int>(status), answer);
  if (reply.done) return reply;
  CHECK(answer.at("status") == static_cast<int>(status));
  if (clinic_->policy().error_is_code) {
    CHECK(answer.at("error") == answer.at("code"));
    answer.as_object()["error"] = answer.at("message");
    reply.json = json::serialize(answer);
  }
  return reply;
}

}  // namespace clinic::test
