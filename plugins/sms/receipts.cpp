#include "receipts.hpp"

#include "places.hpp"
#include "signatures.hpp"

#include <clinic/plugin/plugin.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <optional>

namespace clinic::sms {
namespace {

using plugin::Failure;

bool same_name(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// A call of the gateway, taken apart.
class Call {
 public:
  explicit Call(const clinic_receipt_request& request)
      : request_(request),
        url_(plugin::detail::text(request.url)),
        body_(request.body == nullptr ? std::string_view() : std::string_view(request.body, request.body_size)) {
    if (const auto begin = url_.find('?'); begin != url_.npos)
      read_into(query_, url_.substr(begin + 1, url_.find('#') - begin - 1), "the receipt's address");
    if (!body_.empty()) read_body(header("Content-Type").value_or(""));
  }

  std::string_view url() const { return url_; }
  std::string_view body() const { return body_; }
  const Parameters& form() const { return form_; }

  std::optional<std::string> header(std::string_view name) const {
    for (std::size_t i = 0; i < request_.header_count; ++i)
      if (same_name(request_.headers[2 * i], name)) return std::string(request_.headers[2 * i + 1]);
    return std::nullopt;
  }

  /// All parameters, wherever they are; one in the body hides one of the address.
  Parameters parameters() const {
    Parameters all = form_;
    if (const auto* object = json_.if_object())
      for (const auto& member : *object)
        if (auto text = scalar_text(member.value())) all.emplace(std::string(member.key()), std::move(*text));
    for (const auto& [name, value] : query_)
      if (!all.contains(name)) all.emplace(name, value);
    return all;
  }

  std::optional<std::string> at(const Place& place) const {
    switch (place.in) {
      case Place::In::query:
        return first(query_, place.name);
      case Place::In::form:
        return first(form_, place.name);
      case Place::In::json:
        return text_at(json_, place.name);
      case Place::In::param:
        return first(parameters(), place.name);
      case Place::In::header:
        return header(place.name);
      case Place::In::pattern:
        break;
    }
    return std::nullopt;
  }
  /// What is at a place, unless it is empty.
  std::optional<std::string> filled(const std::optional<Place>& place) const {
    auto text = place ? at(*place) : std::nullopt;
    return text && text->empty() ? std::nullopt : text;
  }

 private:
  void read_body(std::string_view type) {
    type = type.substr(0, type.find(';'));
    if (same_name(type, "application/x-www-form-urlencoded")) {
      read_into(form_, body_, "the receipt's form");
    } else if (same_name(type, "application/json")) {
      boost::system::error_code error;
      json_ = boost::json::parse(body_, error);
      if (error) throw Failure::refused("the receipt's body is no JSON");
    } else {
      throw Failure::refused("the receipt's body is neither a form nor JSON");
    }
  }
  static void read_into(Parameters& target, std::string_view text, const std::string& what) {
    for (auto& [name, value] : sms::parameters(text, true, what))
      target.emplace(std::move(name), std::move(value));
  }
  static std::optional<std::string> first(const Parameters& parameters, const std::string& name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::nullopt : std::optional(found->second);
  }

  const clinic_receipt_request& request_;
  std::string_view url_, body_;
  Parameters query_{}, form_{};
  boost::json::value json_{};
};

bool is_authentic(const Call& call, const Authentication& authentication, const std::string& secret,
                  std::chrono::system_clock::time_point now) {
  switch (authentication.kind) {
    case Authentication::Kind::twilio:
      return signed_by_twilio(secret, call.url(), call.form(), call.header("X-Twilio-Signature").value_or("")) &&
             (call.body().empty() || !call.form().empty());  // it signs forms alone
    case Authentication::Kind::vonage_jwt:
      return signed_by_vonage_jwt(secret, call.header("Authorization").value_or(""), call.body(), now);
    case Authentication::Kind::vonage_signature:
      return signed_by_vonage_parameter(secret, call.parameters(), now);
    case Authentication::Kind::token:
      return equal_in_constant_time(call.at(*authentication.at).value_or(""), secret);
  }
  return false;
}

}  // namespace

void read_receipt(const Settings& settings, const clinic_receipt_request& request,
                  std::chrono::system_clock::time_point now, const std::function<void(const clinic_receipt&)>& found) {
  const auto& described = settings.gateway.receipts;
  if (!described) throw Failure::refused("the gateway file describes no receipts");
  const auto* authentication = settings.authentication();
  if (authentication == nullptr)
    throw Failure::refused(
        "receipts are not set up: the URL lacks the secret by which they show that they are authentic");
  const Call call(request);
  if (!is_authentic(call, *authentication, settings.options.at(authentication->secret), now))
    throw Failure::refused("the receipt is not authentic");

  const auto message_id = call.filled(described->message_id), gateway_id = call.filled(described->gateway_id);
  const auto state = call.filled(described->state), reason = call.filled(described->reason);
  if (!state) throw Failure::refused("the receipt tells no state");
  if (!message_id && !gateway_id) throw Failure::refused("the receipt names no message");
  const auto known = described->states.find(*state);
  if (known == described->states.end()) return;
  clinic_receipt receipt{};
  receipt.struct_size = sizeof receipt;
  receipt.message_id = message_id ? message_id->c_str() : nullptr;
  receipt.gateway_id = gateway_id ? gateway_id->c_str() : nullptr;
  const auto code = reason ? shown_code(*reason) : std::string();
  receipt.reason = code.empty() ? nullptr : code.c_str();
  receipt.delivery = known->second;
  receipt.one_part = described->one_part ? 1 : 0;
  found(receipt);
}

}  // namespace clinic::sms
