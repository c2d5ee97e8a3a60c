#include "gateway.hpp"

#include "fields.hpp"
#include "presets.hpp"

#include <clinic/plugin/notifier.h>
#include <clinic/plugin/plugin.hpp>

#include <Poco/String.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace clinic::sms {
namespace {

using boost::json::value;
using plugin::Failure;

constexpr std::size_t largest_file = 262144;
constexpr std::array<std::string_view, 6> common_options = {"receipts", "timeout", "connections", "ca", "url", "tls"};

template <class T>
using Words = std::initializer_list<std::pair<std::string_view, T>>;

template <class T>
T one_of(const Fields& fields, std::string_view key, std::string_view word, Words<T> words) {
  std::string known;
  for (const auto& [name, meaning] : words) {
    if (name == word) return meaning;
    known.append(known.empty() ? "" : ", ").append(name);
  }
  fields.refuse(key, "is none of " + known);
}

// ---- the request

/// Templates of the texts in a JSON body are only checked here.
void check_json(const value& node, const Names& known, const std::string& path) {
  if (const auto* text = node.if_string()) {
    Template(std::string_view(*text), known, path);
  } else if (const auto* object = node.if_object()) {
    for (const auto& member : *object)
      check_json(member.value(), known, path + "." + std::string(member.key()));
  } else if (const auto* array = node.if_array()) {
    for (const auto& element : *array)
      check_json(element, known, path + "[]");
  }
}

FieldTemplates read_templates(Fields& parent, std::string_view key, const Names& known) {
  FieldTemplates read;
  const auto* found = parent.find(key);
  if (found == nullptr) return read;
  Fields fields(*found, parent.path_of(key));
  for (const auto& member : fields.object()) {
    const std::string name(member.key());
    read.emplace_back(name, Template(fields.text(name), known, fields.path_of(name)));
  }
  return read;
}

bool is_header_name(const std::string& name) {
  for (const char* ours : {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Content-Type"})
    if (Poco::icompare(name, ours) == 0) return false;
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

Parts read_parts(Fields& fields, const Names& known) {
  Parts parts;
  parts.query = read_templates(fields, "query", known);
  parts.form = read_templates(fields, "form", known);
  parts.headers = read_templates(fields, "headers", known);
  for (const auto& [name, text] : parts.headers)
    if (!is_header_name(name)) fields.refuse("headers", "has a name that is none, or belongs to the connection");
  if (const auto* json = fields.find("json")) {
    const Fields body(*json, fields.path_of("json"));
    check_json(*json, known, body.path());
    parts.json = body.object();
  }
  return parts;
}

Parts read_more_parts(Fields& request, std::string_view key, const Names& known) {
  const auto* found = request.find(key);
  if (found == nullptr) return {};
  Fields fields(*found, request.path_of(key));
  auto parts = read_parts(fields, known);
  fields.no_more();
  return parts;
}

Request read_request(Fields& file, const Names& options, const Names& known) {
  Fields fields(file.need("request"), "request");
  Request request;
  request.method = one_of<std::string>(fields, "method", fields.text_or("method", "POST"),
                                       {{"POST", "POST"}, {"GET", "GET"}, {"PUT", "PUT"}});
  // What is known when the notifier is opened: one notifier speaks to one address.
  request.url = Template(fields.text_or("url", ""), options, "request.url");
  request.is_json = fields.object().contains("json");
  if (request.is_json && fields.object().contains("form")) fields.refuse("json", "excludes request.form");
  request.always = read_parts(fields, known);
  request.gsm7 = read_more_parts(fields, "gsm7", known);
  request.ucs2 = read_more_parts(fields, "ucs2", known);
  request.with_receipts = read_more_parts(fields, "with_receipts", known);
  if (const auto* found = fields.find("basic")) {
    Fields basic(*found, "request.basic");
    request.basic.emplace(Template(basic.text("user"), options, "request.basic.user"),
                          Template(basic.text("password"), options, "request.basic.password"));
    basic.no_more();
  }
  if (fields.find("bearer") != nullptr) request.bearer = Template(fields.text("bearer"), options, "request.bearer");
  if (request.basic && request.bearer) fields.refuse("bearer", "excludes request.basic");
  request.plus = one_of<bool>(fields, "number", fields.text_or("number", "e164"), {{"e164", true}, {"digits", false}});
  fields.no_more();
  return request;
}

// ---- answers

/// `{"json": "/sid"}`: one key, which says what kind of place it is.
Place read_place(const value& found, const std::string& path, Words<Place::In> kinds) {
  const Fields fields(found, path);
  std::string known;
  for (const auto& [kind, in] : kinds) {
    known.append(known.empty() ? "" : ", ").append(kind);
    const auto* name = fields.object().if_contains(kind);
    if (name == nullptr || fields.object().size() != 1) continue;
    if (!name->is_string() || name->get_string().empty()) fields.refuse(kind, "is no text");
    Place place{in, std::string(name->get_string())};
    if (in == Place::In::json && place.name.front() != '/')
      fields.refuse(kind, "is no JSON pointer, which begins with a slash");
    if (in == Place::In::pattern) try {
        if (std::regex(place.name).mark_count() < 1) fields.refuse(kind, "has no group");
      } catch (const std::regex_error&) {
        fields.refuse(kind, "is no regular expression");
      }
    return place;
  }
  throw Failure::refused("the gateway file's " + path + " has not exactly one key of " + known);
}

Place read_answer_place(const value& found, const std::string& path) {
  using In = Place::In;
  return read_place(found, path, {{"json", In::json}, {"header", In::header}, {"pattern", In::pattern}});
}

Place read_receipt_place(const value& found, const std::string& path) {
  using In = Place::In;
  return read_place(
      found, path,
      {{"query", In::query}, {"form", In::form}, {"json", In::json}, {"param", In::param}, {"header", In::header}});
}

std::optional<Place> read_receipt_place_if(Fields& fields, std::string_view key) {
  const auto* found = fields.find(key);
  if (found == nullptr) return std::nullopt;
  return read_receipt_place(*found, fields.path_of(key));
}

unsigned read_status(const Fields& fields, const value& status) {
  if (status.is_int64() && status.get_int64() >= 100 && status.get_int64() <= 599)
    return static_cast<unsigned>(status.get_int64());
  if (status.is_string() && status.get_string().size() == 3 && status.get_string().ends_with("xx"))
    if (const char first = status.get_string().front(); first >= '1' && first <= '5')
      return static_cast<unsigned>(first - '0');
  fields.refuse("status", "holds something else than statuses of HTTP such as 201 or \"2xx\"");
}

Rule read_rule(Fields& answer, std::string_view key) {
  Rule rule;
  const auto* found = answer.find(key);
  if (found == nullptr) return rule;
  Fields fields(*found, answer.path_of(key));
  const auto list = [&](std::string_view name) {
    const auto* values = fields.find(name);
    if (values != nullptr && !values->is_array()) fields.refuse(name, "is no list");
    return values == nullptr ? boost::json::array() : values->get_array();
  };
  for (const auto& status : list("status"))
    rule.statuses.push_back(read_status(fields, status));
  for (const auto& code : list("code")) {
    if (!code.is_string()) fields.refuse("code", "holds something else than texts");
    rule.codes.emplace_back(code.get_string());
  }
  fields.no_more();
  return rule;
}

Answer read_answer(Fields& file) {
  Fields fields(file.need("answer"), "answer");
  Answer answer;
  if (const auto* code = fields.find("code")) {
    if (const auto* places = code->if_array()) {
      for (const auto& place : *places)
        answer.code.push_back(read_answer_place(place, "answer.code[]"));
    } else {
      answer.code.push_back(read_answer_place(*code, "answer.code"));
    }
  }
  if (const auto* id = fields.find("id")) answer.id = read_answer_place(*id, "answer.id");
  fields.need("accepted");
  answer.accepted = read_rule(fields, "accepted");
  if (answer.accepted.statuses.empty()) fields.refuse("accepted", "names no status");
  answer.again = read_rule(fields, "again");
  answer.account = read_rule(fields, "account");
  answer.refused = read_rule(fields, "refused");
  if (answer.code.empty())
    for (const Rule* rule : {&answer.accepted, &answer.again, &answer.account, &answer.refused})
      if (!rule->codes.empty()) fields.refuse("code", "is missing, and a rule names codes");
  fields.no_more();
  return answer;
}

// ---- receipts

Authentication read_authentication(const value& found, const std::string& path, const Gateway& gateway) {
  using Kind = Authentication::Kind;
  Fields fields(found, path);
  Authentication read{one_of<Kind>(fields, "kind", fields.text("kind"),
                                   {{"twilio", Kind::twilio},
                                    {"vonage-jwt", Kind::vonage_jwt},
                                    {"vonage-signature", Kind::vonage_signature},
                                    {"token", Kind::token}}),
                      fields.text("secret"),
                      {}};
  const auto option = gateway.options.find(read.secret);
  if (option == gateway.options.end() || !option->second.secret)
    fields.refuse("secret", "names no option that is declared as a secret");
  read.at = read_receipt_place_if(fields, "at");
  if (read.at.has_value() != (read.kind == Kind::token)) fields.refuse("at", "belongs to a token, and only there");
  fields.no_more();
  return read;
}

Receipts read_receipts_part(const value& found, const Gateway& gateway, const Names& options) {
  Fields fields(found, "receipts");
  Receipts receipts;
  auto known = options;
  known.insert("id");
  receipts.query = Template(fields.text_or("query", ""), known, "receipts.query");
  const auto& authentication = fields.need("authentication");
  if (!authentication.is_array() || authentication.get_array().empty())
    fields.refuse("authentication", "is no list with at least one entry: receipts are never taken from anybody");
  for (const auto& each : authentication.get_array())
    receipts.authentications.push_back(read_authentication(each, "receipts.authentication[]", gateway));
  receipts.message_id = read_receipt_place_if(fields, "message_id");
  receipts.gateway_id = read_receipt_place_if(fields, "gateway_id");
  if (!receipts.message_id && !receipts.gateway_id) fields.refuse("message_id", "and gateway_id are both missing");
  receipts.reason = read_receipt_place_if(fields, "reason");
  receipts.state = read_receipt_place(fields.need("state"), "receipts.state");
  Fields states(fields.need("states"), "receipts.states");
  for (const auto& member : states.object()) {
    const std::string word(member.key());
    receipts.states[word] = one_of<int>(states, word, states.text(word),
                                        {{"on_its_way", CLINIC_DELIVERY_ON_ITS_WAY},
                                         {"delivered", CLINIC_DELIVERY_DELIVERED},
                                         {"failed", CLINIC_DELIVERY_FAILED}});
  }
  receipts.one_part = fields.flag("one_part");
  fields.no_more();
  return receipts;
}

void read_options(Fields& file, Gateway& gateway) {
  const auto* found = file.find("options");
  if (found == nullptr) return;
  const Fields fields(*found, "options");
  for (const auto& member : fields.object()) {
    const std::string name(member.key());
    if (is_common_option(name)) fields.refuse(name, "is an option that every gateway has");
    Fields each(member.value(), fields.path_of(name));
    gateway.options[name] = {each.flag("required"), each.flag("secret")};
    each.no_more();
  }
}

bool json_uses(const value& node, std::string_view placeholder) {
  const auto inside = [&](const auto& child) { return json_uses(child, placeholder); };
  if (const auto* text = node.if_string()) return text->find("{" + std::string(placeholder) + "}") != text->npos;
  if (const auto* array = node.if_array()) return std::any_of(array->begin(), array->end(), inside);
  if (const auto* object = node.if_object())
    return std::any_of(object->begin(), object->end(), [&](const auto& member) { return inside(member.value()); });
  return false;
}

bool parts_use(const Parts& parts, std::string_view placeholder) {
  for (const auto* fields : {&parts.query, &parts.form, &parts.headers})
    for (const auto& [name, text] : *fields)
      if (text.uses(placeholder)) return true;
  return json_uses(value(parts.json), placeholder);
}

}  // namespace

bool Rule::has_status(unsigned status) const {
  return std::any_of(statuses.begin(), statuses.end(),
                     [&](unsigned each) { return each == status || each == status / 100; });
}

bool Rule::has_code(std::string_view code) const { return std::find(codes.begin(), codes.end(), code) != codes.end(); }

bool Gateway::tells_receipt_url() const {
  return parts_use(request.always, "receipt_url") || parts_use(request.with_receipts, "receipt_url");
}

bool is_common_option(std::string_view name) {
  return std::find(common_options.begin(), common_options.end(), name) != common_options.end();
}

Gateway read_gateway(std::string_view json) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(json, error);
  if (error) throw Failure::refused("the gateway file is no JSON: " + error.message());
  Fields file(parsed, "");
  Gateway gateway;
  gateway.name = file.text("name");
  read_options(file, gateway);
  Names options;
  for (const auto& [name, option] : gateway.options)
    options.insert(name);
  auto known = options;
  known.insert({"to", "text", "id", "receipt_url"});
  for (const char* own : {"to", "text", "id", "receipt_url"})
    if (options.contains(own))
      throw Failure::refused("the gateway file's options." + std::string(own) + " is a placeholder of the message");
  gateway.plain_http = file.flag("plain_http");
  gateway.request = read_request(file, options, known);
  gateway.answer = read_answer(file);
  if (const auto* receipts = file.find("receipts")) gateway.receipts = read_receipts_part(*receipts, gateway, options);
  if (const auto* found = file.find("health")) {
    Fields health(*found, "health");
    gateway.health = Template(health.text("path"), options, "health.path");
    if (!health.text("path").starts_with('/')) health.refuse("path", "does not begin with a slash");
    health.no_more();
  }
  file.no_more();
  return gateway;
}

std::string gateway_text(const std::string& name) {
  std::string known;
  for (const auto& preset : presets()) {
    if (preset.name == name) return std::string(preset.json);
    known.append(known.empty() ? "" : ", ").append(preset.name);
  }
  const std::filesystem::path path(name);
  if (!path.is_absolute())
    throw Failure::refused("the URL's gateway is none of " + known + ", and no absolute path of a gateway file");
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > largest_file)
    throw Failure::refused("the gateway file " + name + " is no file of at most 256 KB");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw Failure::refused("the gateway file " + name + " cannot be read");
  return text;
}

}  // namespace clinic::sms
