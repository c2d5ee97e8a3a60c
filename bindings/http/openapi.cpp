#include "openapi.hpp"

#include "example.hpp"
#include "named_schemas.hpp"

#include <clinic/error.hpp>
#include <clinic/open.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace clinic::http {
namespace {

namespace json = boost::json;
using bindings::Operation;

json::object reference(const std::string& to) { return {{"$ref", "#/components/" + to}}; }

/// The schema of one field in an object's schema.
const json::object& property(const json::object& schema, const std::string& name) {
  return schema.at("properties").as_object().at(name).as_object();
}

json::object error_schema() {
  const auto text = [](const char* description) {
    return json::object{{"type", "string"}, {"description", description}};
  };
  json::object field{{"title", "FieldError"},
                     {"type", "object"},
                     {"properties",
                      {{"path", text("The field, `identifiers[2].system`")},
                       {"code", text("What is wrong with it, in a word")},
                       {"message", text("What is wrong with it, in a sentence")}}},
                     {"required", {"path", "code", "message"}},
                     {"additionalProperties", false}};
  json::array codes;
  for (const auto& row : error_table())
    codes.emplace_back(row.word);
  return {
      {"title", "Error"},
      {"type", "object"},
      {"properties",
       {{"success", {{"type", "boolean"}, {"const", false}}},
        {"error", text("What went wrong, in a sentence; its code where the profile says so")},
        {"message", text("The sentence, where `error` is the code")},
        {"detail", text("What to look at, or the id of an incident")},
        {"code", {{"type", "string"}, {"enum", std::move(codes)}, {"description", "What went wrong, in a word"}}},
        {"retryable", {{"type", "boolean"}, {"description", "Whether the same request may succeed later, unchanged"}}},
        {"status", {{"type", "integer"}, {"description", "The HTTP status"}}},
        {"retry_after_seconds", {{"type", "integer"}, {"description", "When to try again, where it is known"}}},
        {"fields", {{"type", "array"}, {"items", std::move(field)}}}}},
      {"required", {"success", "error", "detail", "code", "retryable", "status", "fields"}},
      {"additionalProperties", false}};
}

class Document {
 public:
  explicit Document(const Described& server) : server_(server) {}

  json::object make() {
    json::object paths;
    for (const auto& endpoint : server_.endpoints) {
      auto& path = paths[endpoint.place->route.path];
      if (path.is_null()) path = json::object();
      path.as_object()[method_of(endpoint)] = operation(endpoint);
    }
    json::array servers;
    for (const auto& prefix : server_.prefixes)
      servers.push_back(json::object{{"url", prefix.empty() ? "/" : prefix}});
    auto schemas = std::move(schemas_).all();
    schemas["Error"] = error_schema();
    json::object document{{"openapi", "3.1.0"},
                          {"info",
                           {{"title", "Clinic"},
                            {"version", version()},
                            {"description",
                             "Patients and users of a clinic, in step. Each path is an operation of the SDK; the same "
                             "operation is in the "
                             "other bindings by its `operationId`."},
                            {"contact", {{"name", server_.policy.clinic_name}}},
                            {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
                          {"servers", std::move(servers)},
                          {"tags", tags()},
                          {"paths", std::move(paths)},
                          {"components",
                           {{"securitySchemes",
                             {{"bearer",
                               {{"type", "http"},
                                {"scheme", "bearer"},
                                {"bearerFormat", "JWT"},
                                {"description", "The access token of a login, or a service key"}}}}},
                            {"parameters", parameters()},
                            {"headers", headers()},
                            {"schemas", std::move(schemas)}}}};
    return document;
  }

 private:
  static std::string method_of(const Endpoint& endpoint) {
    std::string method = endpoint.method();
    for (auto& c : method)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return method;
  }

  json::array tags() const {
    json::array tags;
    std::set<std::string> named;
    for (const auto& endpoint : server_.endpoints)
      if (named.insert(endpoint.group()).second)
        tags.push_back({{"name", endpoint.group()}, {"description", "The operations " + endpoint.group() + ".*"}});
    return tags;
  }

  static json::object parameters() {
    const auto header = [](const char* name, const char* description, std::int64_t longest) {
      return json::object{{"name", name},
                          {"in", "header"},
                          {"description", description},
                          {"schema", {{"type", "string"}, {"maxLength", longest}}}};
    };
    return {{"IdempotencyKey",
             header("Idempotency-Key", "The same key with the same request is done once, and answers the same", 255)},
            {"IfMatch", header("If-Match",
                               "The ETag of the record as it was read: another version in the meantime refuses the "
                               "change (412)",
                               100)},
            {"AcceptLanguage", header("Accept-Language", "The language of an error's words: en, ar, id", 200)}};
  }

  json::object headers() const {
    const auto header = [](const char* description, const char* type = "string") {
      return json::object{{"description", description}, {"schema", {{"type", type}}}};
    };
    const auto always = [](json::object one) {
      one["required"] = true;
      return one;
    };
    json::object all{{"RequestId", always(header("The id of the request, in the access log and the audit"))},
                     {"ETag", always(header("The version of the record, for If-Match and If-None-Match"))},
                     {"RetryAfter", always(header("Seconds after which to try again"))}};
    if (has_rate_limits()) {  // only where a limit counts the operation and the caller
      all["RateLimitLimit"] = header("Calls that the rate limit allows which counted this one", "integer");
      all["RateLimitRemaining"] = header("Calls that are left of it", "integer");
      all["RateLimitReset"] = header("Seconds until all are there again; with 429, until the next is", "integer");
    }
    return all;
  }

  bool has_rate_limits() const { return !server_.policy.rate_limits.empty(); }

  /// On what a rate limit may have counted.
  void add_rate_limit(json::object& to) const {
    if (!has_rate_limits()) return;
    to["RateLimit-Limit"] = reference("headers/RateLimitLimit");
    to["RateLimit-Remaining"] = reference("headers/RateLimitRemaining");
    to["RateLimit-Reset"] = reference("headers/RateLimitReset");
  }

  /// An operation has its name once; its other places have a number behind it.
  std::string id_of(const Operation& operation) {
    const auto count = ++places_of_[operation.name];
    return count == 1 ? operation.name : operation.name + "." + std::to_string(count);
  }

  json::object operation(const Endpoint& endpoint) {
    const auto& row = endpoint.operation();
    json::object out{{"operationId", id_of(row)}, {"summary", endpoint.summary()}, {"tags", {endpoint.group()}}};
    const bool anyone = row.for_anyone();
    out["description"] = anyone ? std::string("May be called by anybody.") : "May be called by: " + row.callers() + ".";
    json::array security;
    if (anyone) security.push_back(json::object());
    security.push_back(json::object{{"bearer", json::array()}});
    out["security"] = std::move(security);
    out["parameters"] = parameters_of(endpoint);
    if (!endpoint.in_body.empty()) out["requestBody"] = body_of(endpoint);
    out["responses"] = responses_of(endpoint);
    return out;
  }

  json::array parameters_of(const Endpoint& endpoint) const {
    json::array out;
    const auto add = [&](const bindings::Field& field, const char* where) {
      auto schema = property(endpoint.operation().request_schema, field.name);
      schema.erase("description");
      if (where == std::string_view("path")) without_null(schema);
      json::object parameter{{"name", field.name}, {"in", where}, {"description", field.help}};
      parameter["required"] = where == std::string_view("path") || field.required;
      parameter["example"] = example_of(schema, field.name);
      parameter["schema"] = std::move(schema);
      out.push_back(std::move(parameter));
    };
    for (const auto* field : endpoint.in_path)
      add(*field, "path");
    for (const auto* field : endpoint.in_query)
      add(*field, "query");
    if (endpoint.operation().writes) out.push_back(reference("parameters/IdempotencyKey"));
    if (endpoint.takes_version()) out.push_back(reference("parameters/IfMatch"));
    out.push_back(reference("parameters/AcceptLanguage"));
    return out;
  }

  static void without_null(json::object& schema) {
    if (auto* types = schema["type"].if_array()) {
      const json::value only = types->front();
      schema["type"] = only;
    }
  }

  json::object body_of(const Endpoint& endpoint) {
    auto schema = endpoint.operation().request_schema;
    schema.erase("$schema");
    auto& properties = schema.at("properties").as_object();
    auto& required = schema.at("required").as_array();
    const auto is_in_body = [&](std::string_view name) {
      return std::any_of(endpoint.in_body.begin(), endpoint.in_body.end(),
                         [&](const auto* field) { return field->name == name; });
    };
    json::object kept;
    for (const auto& each : properties)
      if (is_in_body(each.key())) kept.emplace(each.key(), each.value());
    json::array names;
    for (const auto& name : required)
      if (is_in_body(name.as_string())) names.push_back(name);
    const bool whole = kept.size() == properties.size();
    properties = std::move(kept);
    required = std::move(names);
    add_aliases(schema);
    const bool needed = !schema.at("required").as_array().empty();
    json::object media{{"schema", schemas_.request(std::move(schema), whole ? "" : endpoint.operation().name)},
                       {"example", body_example(endpoint)}};
    return {{"required", needed}, {"content", {{"application/json", std::move(media)}}}};
  }

  /// The profile's other names. Of two names for one field either may be given, so neither is required here.
  void add_aliases(json::object& schema) const {
    auto& properties = schema.at("properties").as_object();
    auto& required = schema.at("required").as_array();
    for (const auto& alias : server_.policy.field_aliases) {
      const auto* field = properties.if_contains(alias.name);
      if (!field || properties.contains(alias.alias)) continue;
      auto copy = field->as_object();
      copy["description"] = "Another name of `" + alias.name + "`";
      properties.emplace(alias.alias, std::move(copy));
      required.erase(std::remove(required.begin(), required.end(), json::value(alias.name)), required.end());
    }
    if (const auto& whole = server_.policy.whole_name_alias; whole && properties.contains("first_name") &&
                                                             properties.contains("last_name") &&
                                                             !properties.contains(*whole)) {
      properties.emplace(*whole, json::object{{"type", "string"}, {"description", "First and last name in one"}});
      for (const auto* part : {"first_name", "last_name"})
        required.erase(std::remove(required.begin(), required.end(), json::value(part)), required.end());
    }
    each_object_of(schema, [&](json::object& part) {
      auto* words = part.if_contains("enum");
      if (!words) return;
      for (const auto& alias : server_.policy.word_aliases)
        if (contains(words->as_array(), alias.name) && !contains(words->as_array(), alias.alias))
          words->as_array().emplace_back(alias.alias);
    });
  }

  static bool contains(const json::array& words, const std::string& word) {
    return std::find(words.begin(), words.end(), json::value(word)) != words.end();
  }

  template <class Visit>
  static void each_object_of(json::object& object, const Visit& visit) {
    visit(object);
    for (auto& member : object)
      if (auto* inner = member.value().if_object()) each_object_of(*inner, visit);
  }

  json::object responses_of(const Endpoint& endpoint) {
    const auto& row = endpoint.operation();
    auto schema = row.response_schema;
    schema.erase("$schema");
    server_.shape.reshape_schema(schema);
    json::object headers{{"X-Request-Id", reference("headers/RequestId")}};
    if (endpoint.has_etag()) headers["ETag"] = reference("headers/ETag");
    add_rate_limit(headers);
    auto example = example_of(schema, "");
    json::object media{{"schema", schemas_.response(std::move(schema))}, {"example", std::move(example)}};
    json::object responses;
    responses[std::to_string(endpoint.place->route.status)] =
        json::object{{"description", "Done"},
                     {"headers", std::move(headers)},
                     {"content", {{"application/json", std::move(media)}}}};
    if (endpoint.has_etag())
      responses["304"] = json::object{{"description", "The answer has the ETag of If-None-Match"}};
    for (auto& [status, codes] : errors_of(endpoint))
      responses[std::to_string(status)] = error_response(codes, status);
    return responses;
  }

  using Codes = std::vector<const ErrorInfo*>;

  /// The errors by their status.
  std::map<int, Codes> errors_of(const Endpoint& endpoint) const {
    const auto& row = endpoint.operation();
    std::map<int, Codes> by_status;
    for (const auto& error : error_table()) {
      const bool listed = std::find(row.errors.begin(), row.errors.end(), error.word) != row.errors.end();
      const bool over_http = error.code == ErrorCode::malformed_request || error.code == ErrorCode::request_timeout ||
                             error.code == ErrorCode::request_too_large ||
                             (error.code == ErrorCode::unsupported_media_type && !endpoint.in_body.empty());
      if (!listed && !error.common && !over_http) continue;
      by_status[status_of(error)].push_back(&error);
      if (error.code == ErrorCode::stale_record && endpoint.takes_version()) by_status[412].push_back(&error);
      if (error.code == ErrorCode::malformed_request && server_.has_host_names) by_status[421].push_back(&error);
      if (error.code == ErrorCode::request_too_large) by_status[431].push_back(&error);
    }
    return by_status;
  }

  int status_of(const ErrorInfo& error) const {
    return error.duplicate ? static_cast<int>(server_.policy.duplicate_status) : error.http_status;
  }

  json::object error_response(const Codes& codes, int status) const {
    std::string description;
    for (const auto* error : codes)
      description.append(description.empty() ? "" : "\n")
          .append("- `")
          .append(error->word)
          .append("`: ")
          .append(error->message);
    Error shown(codes.front()->code);
    shown.http_status(status);
    auto text = shown.to_json();
    server_.shape.reshape_error(text);
    json::object media{{"schema", reference("schemas/Error")}, {"example", json::parse(text)}};
    json::object headers{{"X-Request-Id", reference("headers/RequestId")}};
    if (status == 429 || status == 503) headers["Retry-After"] = reference("headers/RetryAfter");
    if (status == 429) add_rate_limit(headers);
    return {{"description", description},
            {"headers", std::move(headers)},
            {"content", {{"application/json", std::move(media)}}}};
  }

  const Described& server_;
  NamedSchemas schemas_;
  std::map<std::string, int> places_of_;
};

}  // namespace

json::object openapi(const Described& server) { return Document(server).make(); }

}  // namespace clinic::http
