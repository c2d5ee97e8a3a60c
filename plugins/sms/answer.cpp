#include "answer.hpp"

#include "places.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>
#include <Poco/NumberParser.h>
#include <Poco/String.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <optional>
#include <regex>

namespace clinic::sms {
namespace {

using plugin::Failure;

constexpr std::uint32_t longest_wait = 86400;
constexpr std::size_t looked_at = 256;  ///< of a text, by a pattern: std::regex needs stack for each character

std::optional<std::string> header_of(const HttpAnswer& answer, const std::string& name) {
  for (const auto& [each, value] : answer.headers)
    if (Poco::icompare(each, name) == 0) return value;
  return std::nullopt;
}

std::optional<std::string> found_at(const Place& place, const HttpAnswer& answer, const boost::json::value& json) {
  switch (place.in) {
    case Place::In::json:
      return text_at(json, place.name);
    case Place::In::header:
      return header_of(answer, place.name);
    case Place::In::pattern: {
      const auto text = answer.body.substr(0, looked_at);
      std::smatch match;
      if (std::regex_search(text, match, std::regex(place.name)) && match[1].matched) return match[1].str();
      break;
    }
    default:
      break;
  }
  return std::nullopt;
}

/// Seconds, or a date of HTTP.
std::uint32_t retry_after(const HttpAnswer& answer, std::chrono::system_clock::time_point now) {
  const auto text = header_of(answer, "Retry-After");
  if (!text) return 0;
  if (unsigned seconds = 0; Poco::NumberParser::tryParseUnsigned(*text, seconds))
    return std::min(seconds, longest_wait);
  Poco::DateTime date;
  int zone = 0;
  if (!Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::HTTP_FORMAT, *text, date, zone)) return 0;
  // In whole seconds: the clock's own unit is too fine for any date that a gateway may name.
  const auto seconds = date.timestamp().epochTime() - std::chrono::system_clock::to_time_t(now);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, longest_wait));
}

/// What is longer than an id may be is none: cut, it would never be found in a receipt.
bool is_id(std::string_view text) {
  return text.size() < sizeof(clinic_submission::gateway_id) &&
         std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

[[noreturn]] void fail(clinic_plugin_code code, const Settings& settings, const HttpAnswer& answer,
                       const std::optional<std::string>& gateway_code, std::string_view why) {
  std::string message = settings.gateway.name + " answers HTTP " + std::to_string(answer.status);
  if (const auto shown = shown_code(gateway_code.value_or("")); !shown.empty()) message += ", code " + shown;
  message.append(": ").append(why);
  throw Failure(code, message, {}, static_cast<int>(answer.status));
}

std::string account_options(const Settings& settings) {
  std::string names;
  for (const auto& [name, option] : settings.gateway.options)
    if (option.required) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

[[noreturn]] void fail_account(const Settings& settings, const HttpAnswer& answer,
                               const std::optional<std::string>& code) {
  fail(CLINIC_PLUGIN_UNAVAILABLE, settings, answer, code,
       "it does not accept the account. Check the URL's options " + account_options(settings) +
           ", and the account's credit and permissions");
}

}  // namespace

void judge(const Settings& settings, const HttpAnswer& answer, std::chrono::system_clock::time_point now,
           clinic_submission& submission) {
  const auto& rules = settings.gateway.answer;
  boost::system::error_code error;
  auto json = boost::json::parse(answer.body, error);
  if (error) json = nullptr;
  std::optional<std::string> code;
  for (const auto& place : rules.code) {
    code = found_at(place, answer, json);
    if (code) break;
  }
  const auto coded = [&](const Rule& rule) { return code && rule.has_code(*code); };
  const auto status = answer.status;

  if (rules.accepted.has_status(status) && (rules.accepted.codes.empty() || coded(rules.accepted))) {
    const auto id = rules.id ? found_at(*rules.id, answer, json) : std::nullopt;
    // Without its id the answer is not what the file describes: a page of some proxy, say.
    if (rules.id && (!id || id->empty()))
      fail(CLINIC_PLUGIN_OUTCOME_UNKNOWN, settings, answer, code,
           "the answer lacks the message's id, so it may be of another program");
    if (id && is_id(*id)) plugin::detail::copy_text(submission.gateway_id, *id);
    return;
  }
  if (coded(rules.account) || rules.account.has_status(status) ||
      ((status == 401 || status == 403) && !coded(rules.refused)))
    fail_account(settings, answer, code);
  if (coded(rules.refused)) fail(CLINIC_PLUGIN_REFUSED, settings, answer, code, "it refuses the message");
  if (coded(rules.again) || rules.again.has_status(status) || status == 429 || status == 408 ||
      (status >= 500 && status != 504)) {
    submission.retry_after = retry_after(answer, now);
    fail(CLINIC_PLUGIN_UNAVAILABLE, settings, answer, code, "it takes no message now");
  }
  if (status >= 300 && status < 400)
    fail(CLINIC_PLUGIN_UNAVAILABLE, settings, answer, code,
         "it redirects, which is not followed. Check the gateway's address");
  if (status >= 400 && status < 500) fail(CLINIC_PLUGIN_REFUSED, settings, answer, code, "it refuses the message");
  if (rules.refused.has_status(status) || (status < 300 && code && rules.accepted.has_status(status)))
    fail(CLINIC_PLUGIN_REFUSED, settings, answer, code, "it refuses the message");
  fail(CLINIC_PLUGIN_OUTCOME_UNKNOWN, settings, answer, code, "the answer does not say whether it took the message");
}

void judge_health(const Settings& settings, const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return;
  if (answer.status == 401 || answer.status == 403) fail_account(settings, answer, std::nullopt);
  fail(CLINIC_PLUGIN_UNAVAILABLE, settings, answer, std::nullopt, "it is not well, or has another address");
}

}  // namespace clinic::sms
