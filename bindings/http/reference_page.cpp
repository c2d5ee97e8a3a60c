#include "reference_page.hpp"

#include "example.hpp"

#include "table/words.hpp"

#include <clinic/open.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace clinic::http {
namespace {

namespace json = boost::json;
using bindings::Field;

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --line: #d5dbe1; --soft: #f3f6f8; --text: #17202a; --faint: #5a6772; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --line: #39434d; --soft: #1d242b; --text: #e6ebef; --faint: #a3b0bb; --link: #7db8f5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); }
h1 { font-size: 1.6rem; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
a { color: var(--link); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .5rem 0; }
nav a { padding: .25rem 0; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; }
summary { padding: .55rem .7rem; cursor: pointer; overflow-wrap: anywhere; }
details > div { padding: 0 .7rem .7rem; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; font-size: .85rem; }
.what { display: block; color: var(--faint); }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem; font-size: .85rem;
      white-space: pre-wrap; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { overflow-wrap: anywhere; text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
@media (max-width: 40rem) {
  tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--line); }
  tr:first-child { display: none; }
  td { border: 0; padding: 0 .6rem 0 0; display: inline; }
  td:last-child { display: block; color: var(--faint); }
}
)css";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// JSON over several lines. Boost.JSON 1.81 has no such writer.
void print(const json::value& value, const std::string& indent, std::string& out) {
  const auto inner = indent + "  ";
  if (const auto* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    for (const auto& member : *object) {
      out += inner + json::serialize(member.key()) + ": ";
      print(member.value(), inner, out);
      out += &member == &*std::prev(object->end()) ? "\n" : ",\n";
    }
    out += indent + "}";
  } else if (const auto* array = value.if_array(); array && !array->empty()) {
    out += "[\n";
    for (const auto& element : *array) {
      out += inner;
      print(element, inner, out);
      out += &element == &array->back() ? "\n" : ",\n";
    }
    out += indent + "]";
  } else {
    out += json::serialize(value);
  }
}

std::string example_of(const Field& field, const Endpoint& endpoint) {
  const auto& schema = endpoint.operation().request_schema.at("properties").as_object().at(field.name).as_object();
  const auto value = http::example_of(schema, field.name);
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

/// A line for a shell.
std::string curl(const Endpoint& endpoint, const std::string& prefix) {
  std::string path = endpoint.place->route.path;
  for (const auto* field : endpoint.in_path)
    boost::algorithm::replace_all(path, "{" + field->name + "}", example_of(*field, endpoint));
  char separator = '?';
  for (const auto* field : endpoint.in_query) {
    if (!field->required && field->name != "q" && field->name != "email") continue;
    path += separator + field->name + "=" + example_of(*field, endpoint);
    separator = '&';
  }
  std::string line = "curl ";
  if (endpoint.method() != "GET") line += "-X " + endpoint.method() + " ";
  line.append("'").append(server_placeholder).append(prefix).append(path).append("'");
  if (!endpoint.operation().for_anyone()) line += " \\\n  -H \"Authorization: Bearer $TOKEN\"";
  if (!endpoint.in_body.empty()) {
    line += " \\\n  -H 'Content-Type: application/json'";
    line += " \\\n  -d '" + json::serialize(body_example(endpoint)) + "'";
  }
  return line;
}

class Page {
 public:
  explicit Page(const Reference& reference) : reference_(reference) {}

  std::string make() {
    const auto name = escaped(reference_.policy.clinic_name);
    out_ =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>The API of " +
        name + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n<h1>The API of " + name +
        "</h1>\n";
    out_ += "<p>clinic " + escaped(version()) +
            ". Requests and answers are JSON. <a href=\"/openapi.json\">OpenAPI 3.1</a> describes the same for "
            "programs.</p>\n";
    begin();
    groups();
    out_ += "</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  /// The first steps of somebody who is new.
  void begin() {
    out_ +=
        "<h2>Begin</h2>\n<p>Log in, and keep the access token. Put your login and password in the "
        "place of LOGIN and PASSWORD; those of <code>clinic serve --demo</code> are <code>desk@demo.example</code> and "
        "<code>try the demo clinic</code>:</p>\n";
    const auto login = find("auth.login");
    const auto address = std::string(server_placeholder) + reference_.prefix;
    block("TOKEN=$(curl -s -X POST '" + address + login + "' \\\n  -H 'Content-Type: application/json' \\\n" +
          "  -d '{\"login\": \"LOGIN\", \"password\": \"PASSWORD\"}' | jq -r .access_token)");
    out_ += "<p>Then call as that user:</p>\n";
    block("curl '" + address + find("auth.me") + "' -H \"Authorization: Bearer $TOKEN\"");
  }

  std::string find(std::string_view operation) const {
    for (const auto& endpoint : reference_.endpoints)
      if (endpoint.operation().name == operation) return endpoint.place->route.path;
    return {};
  }

  void groups() {
    out_ += "<nav aria-label=\"Groups\">\n";
    std::set<std::string> named;
    for (const auto& endpoint : reference_.endpoints)
      if (named.insert(endpoint.group()).second)
        out_ += "<a href=\"#" + endpoint.group() + "\">" + endpoint.group() + "</a>\n";
    out_ += "</nav>\n<main>\n";
    std::string group;
    for (const auto& endpoint : reference_.endpoints) {
      if (endpoint.group() != group) {
        group = endpoint.group();
        out_ += "<h2 id=\"" + group + "\">" + group + "</h2>\n";
      }
      add(endpoint);
    }
    out_ += "</main>\n";
  }

  void add(const Endpoint& endpoint) {
    const auto& row = endpoint.operation();
    out_ += "<details>\n<summary><span class=\"method\">" + endpoint.method() + "</span> <code>" +
            escaped(reference_.prefix + endpoint.place->route.path) + "</code><span class=\"what\">" +
            escaped(endpoint.summary()) + "</span></summary>\n<div>\n";
    out_ += "<p>Operation <code>" + row.name + "</code>. May be called by: " +
            (endpoint.operation().for_anyone() ? "anybody" : escaped(bindings::join(row.roles, ", "))) + ".</p>\n";
    block(curl(endpoint, reference_.prefix));
    parameters(endpoint);
    answer(endpoint);
    out_ += "</div>\n</details>\n";
  }

  void parameters(const Endpoint& endpoint) {
    if (endpoint.operation().request.empty()) return;
    out_ += "<table>\n<tr><th>Field</th><th>In</th><th>Type</th><th>Meaning</th></tr>\n";
    const auto rows = [&](const std::vector<const Field*>& fields, const char* where) {
      for (const auto* field : fields)
        out_ += "<tr><td><code>" + field->name + "</code>" + (field->required ? " *" : "") + "</td><td>" + where +
                "</td><td>" + boost::algorithm::replace_all_copy(escaped(bindings::type_words(*field)), "|", "|<wbr>") +
                "</td><td>" + escaped(field->help) + "</td></tr>\n";
    };
    rows(endpoint.in_path, "path");
    rows(endpoint.in_query, "query");
    rows(endpoint.in_body, "body");
    out_ += "</table>\n<p>* must be given</p>\n";
  }

  void answer(const Endpoint& endpoint) {
    auto schema = endpoint.operation().response_schema;
    reference_.shape.reshape_schema(schema);
    std::string text;
    print(http::example_of(schema, ""), "", text);
    out_ += "<p>Answer " + std::to_string(endpoint.place->route.status) + ":</p>\n";
    block(text);
    if (endpoint.operation().errors.empty()) return;
    out_ += "<p>Errors of its own: ";
    for (const auto& error : endpoint.operation().errors)
      out_ += (&error == &endpoint.operation().errors.front() ? "<code>" : ", <code>") + error + "</code>";
    out_ += "</p>\n";
  }

  void block(const std::string& text) { out_ += "<pre tabindex=\"0\"><code>" + escaped(text) + "</code></pre>\n"; }

  const Reference& reference_;
  std::string out_;
};

}  // namespace

std::string reference_page(const Reference& reference) { return Page(reference).make(); }

std::string_view reference_style() { return style; }

}  // namespace clinic::http
