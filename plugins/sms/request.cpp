#include "request.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Base64Encoder.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <sstream>

namespace clinic::sms {
namespace {

using plugin::Failure;

bool is_e164(std::string_view number) {
  if (number.size() < 8 || number.size() > 16 || number[0] != '+' || number[1] == '0') return false;
  return std::all_of(number.begin() + 1, number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The host says it; one from before ABI 1.2 does not, and then what is not ASCII is taken for UCS-2.
bool needs_ucs2(const clinic_outgoing_message& message) {
  if (CLINIC_PLUGIN_HAS(&message, sms_encoding)) return message.sms_encoding == CLINIC_SMS_UCS2;
  const auto text = plugin::detail::text(message.text);
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// Appends `a=b&c=d`.
void append_form(std::string& form, const FieldTemplates& fields, const Values& values) {
  for (const auto& [name, text] : fields) {
    if (text.vanishes(values)) continue;
    if (!form.empty()) form += '&';
    form.append(url_encoded(name)).append("=").append(url_encoded(text.expand(values, Escape::none)));
  }
}

void append_headers(HttpRequest& request, const FieldTemplates& fields, const Values& values) {
  for (const auto& [name, text] : fields) {
    if (text.vanishes(values)) continue;
    auto value = text.expand(values, Escape::none);
    if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      throw Failure::refused("the message cannot be put into the header " + name);
    request.headers.emplace_back(name, std::move(value));
  }
}

Names names_in(const Values& values) {
  Names names;
  for (const auto& [name, value] : values)
    names.insert(name);
  return names;
}

/// Puts the values into the texts of a JSON body. Answers false where the node is to be left out.
bool fill_json(boost::json::value& node, const Values& values, const Names& names) {
  if (auto* text = node.if_string()) {
    const Template filled(std::string_view(*text), names, "json");
    if (filled.vanishes(values)) return false;
    *text = filled.expand(values, Escape::none);
  } else if (auto* array = node.if_array()) {
    for (auto* element = array->begin(); element != array->end();)
      element = fill_json(*element, values, names) ? element + 1 : array->erase(element);
  } else if (auto* object = node.if_object()) {
    std::vector<std::string> left_out;
    for (auto& member : *object)
      if (!fill_json(member.value(), values, names)) left_out.emplace_back(member.key());
    for (const auto& key : left_out)
      object->erase(key);
  }
  return true;
}

std::string base64(const std::string& text) {
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded);
  encoder.rdbuf()->setLineLength(0);
  encoder << text;
  encoder.close();
  return encoded.str();
}

void append_authorization(HttpRequest& request, const Settings& settings) {
  const auto& described = settings.gateway.request;
  const auto text = [&](const Template& each) { return each.expand(settings.options, Escape::none); };
  if (described.basic)
    request.headers.emplace_back("Authorization",
                                 "Basic " + base64(text(described.basic->first) + ":" + text(described.basic->second)));
  if (described.bearer) request.headers.emplace_back("Authorization", "Bearer " + text(*described.bearer));
}

std::string with_query(std::string target, const std::string& query) {
  if (query.empty()) return target;
  return target + (target.find('?') == target.npos ? '?' : '&') + query;
}

/// Options are empty where they may be left out, so that each placeholder has a value.
Values with_all_options(const Settings& settings) {
  auto values = settings.options;
  for (const auto& [name, option] : settings.gateway.options)
    values.try_emplace(name);
  return values;
}

}  // namespace

HttpRequest request_for(const Settings& settings, const clinic_outgoing_message& message) {
  using plugin::detail::text;
  if (text(message.channel) != "sms") throw Failure::refused("this notifier sends by the channel sms alone");
  const auto recipient = text(message.recipient);
  if (!is_e164(recipient)) throw Failure::refused("the recipient is no number of E.164, such as a plus and 15 digits");
  if (text(message.text).empty()) throw Failure::refused("the message has no text");

  const auto& described = settings.gateway.request;
  auto values = with_all_options(settings);
  values["to"] = recipient.substr(described.plus ? 0 : 1);
  values["text"] = text(message.text);
  values["id"] = text(message.id);
  values["receipt_url"] = settings.receipt_url(values);

  const auto& by_encoding = needs_ucs2(message) ? described.ucs2 : described.gsm7;
  HttpRequest request{described.method, {}, {}, {}};
  std::string query;
  boost::json::object json;
  const Parts none;
  for (const Parts* parts :
       {&described.always, &by_encoding, settings.receipts.empty() ? &none : &described.with_receipts}) {
    append_form(query, parts->query, values);
    append_form(request.body, parts->form, values);
    append_headers(request, parts->headers, values);
    for (const auto& member : parts->json)
      json[member.key()] = member.value();
  }
  request.target = with_query(settings.server.target, query);
  append_authorization(request, settings);
  if (described.is_json) {
    boost::json::value body(std::move(json));
    fill_json(body, values, names_in(values));
    request.body = boost::json::serialize(body);
    request.headers.emplace_back("Content-Type", "application/json");
  } else if (!request.body.empty()) {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
  }
  return request;
}

HttpRequest health_request(const Settings& settings) {
  HttpRequest request{"GET", settings.gateway.health.expand(settings.options, Escape::url), {}, {}};
  for (const auto& [name, value] : settings.gateway.request.always.headers)
    if (!value.uses("to") && !value.uses("text") && !value.uses("id") && !value.uses("receipt_url"))
      append_headers(request, {{name, value}}, with_all_options(settings));
  append_authorization(request, settings);
  return request;
}

}  // namespace clinic::sms
