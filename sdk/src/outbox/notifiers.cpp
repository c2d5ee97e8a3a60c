#include "outbox/notifiers.hpp"

#include "plugins/loader.hpp"
#include "plugins/tables.hpp"

#include <clinic/description.hpp>
#include <clinic/error.hpp>

#include <algorithm>
#include <utility>

namespace clinic {
namespace {

clinic_plugin_error no_error() {
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  return error;
}

std::string with_code(std::string_view word, std::int32_t native_code) {
  return std::string(word) + (native_code == 0 ? "" : " " + std::to_string(native_code));
}

NotifierSettings settings_of(const HostNotifier& notifier) {
  NotifierSettings settings;
  settings.channel = notifier.channel;
  settings.connections = notifier.connections;
  return settings;
}

}  // namespace

std::string from_gateway(std::string_view text, std::size_t most) {
  std::string result(text.substr(0, most));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

Notifier::Notifier(NotifierSettings settings, const clinic_notifier_table& table, const clinic_plugin_host& host,
                   const Log& log)
    : settings_(std::move(settings)), table_(table), log_(log) {
  auto error = no_error();
  switch (table_.open(&host, settings_.url.c_str(), &notifier_, &error)) {
    case CLINIC_PLUGIN_OK:
      return;
    case CLINIC_PLUGIN_REFUSED:
      throw Error(ErrorCode::configuration_invalid, {}, {{"notifiers", "invalid_format", error.message}});
    case CLINIC_PLUGIN_UNAVAILABLE:
    case CLINIC_PLUGIN_BUSY:
      throw Error(ErrorCode::unavailable, error.message);
    default:
      throw Error(ErrorCode::plugin_refused, error.message);
  }
}

Notifier::Notifier(const HostNotifier& notifier, const Log& log)
    : settings_(settings_of(notifier)),
      table_(complete(*notifier.table, "the host's own notifier")),
      notifier_(notifier.notifier),
      owned_(false),
      log_(log) {}

Notifier::~Notifier() {
  if (owned_) table_.close(notifier_);
}

Submission Notifier::submit(const clinic_outgoing_message& message) const {
  using enum Submission::Outcome;
  auto error = no_error();
  clinic_submission answer{};
  answer.struct_size = sizeof answer;
  const int code =
      table_.submit ? table_.submit(notifier_, &message, &answer, &error) : table_.send(notifier_, &message, &error);
  answer.gateway_id[sizeof answer.gateway_id - 1] = '\0';
  if (code == CLINIC_PLUGIN_OK) return {sent, from_gateway(answer.gateway_id, sizeof answer.gateway_id)};
  error.message[sizeof error.message - 1] = '\0';
  log_(LogLevel::warning,
       "message " + std::string(message.id) + " by " + std::string(message.channel) + ": " + error.message);
  switch (code) {
    case CLINIC_PLUGIN_OUTCOME_UNKNOWN:
      return {unknown, {}, with_code("outcome_unknown", error.native_code)};
    case CLINIC_PLUGIN_REFUSED:
      return {refused, {}, with_code("refused", error.native_code)};
    default:
      return {later,
              {},
              with_code(code == CLINIC_PLUGIN_INTERNAL ? "internal" : "unavailable", error.native_code),
              std::chrono::seconds(answer.retry_after)};
  }
}

void Notifier::read_receipts(const clinic_receipt_request& request,
                             FunctionRef<void(const clinic_receipt&)> found) const {
  auto error = no_error();
  const auto pass = [](void* context, const clinic_receipt* receipt) {
    (*static_cast<FunctionRef<void(const clinic_receipt&)>*>(context))(*receipt);
  };
  const int code = table_.read_receipts(notifier_, &request, &found, pass, &error);
  if (code == CLINIC_PLUGIN_OK) return;
  error.message[sizeof error.message - 1] = '\0';
  throw Error(code == CLINIC_PLUGIN_REFUSED ? ErrorCode::forbidden : ErrorCode::unavailable, error.message);
}

bool Notifier::serves_channel() const {
  return table_.serves(notifier_, std::string(word(settings_.channel)).c_str()) != 0;
}

std::string Notifier::unhealthy() const {
  auto error = no_error();
  if (table_.health(notifier_, &error) == CLINIC_PLUGIN_OK) return {};
  error.message[sizeof error.message - 1] = '\0';
  return error.message[0] == '\0' ? "It says no more." : from_gateway(error.message, sizeof error.message);
}

Notifiers open_notifiers(const Configuration& configuration, const std::vector<HostNotifier>& own,
                         const clinic_plugin_host& host, const Log& log) {
  Notifiers opened;
  for (const auto& notifier : own) {
    if (notifier_for(opened, notifier.channel))
      throw Error(ErrorCode::configuration_invalid, {},
                  {{"notifiers", "duplicate", "The host has two notifiers for one channel."}});
    opened.push_back(std::make_unique<Notifier>(notifier, log));
  }
  const auto of_host = opened.size();
  for (std::size_t i = 0; i < configuration.notifiers.size(); ++i) {
    const auto& settings = configuration.notifiers[i];
    const auto path = "notifiers[" + std::to_string(i) + "]";
    if (const auto* other = notifier_for(opened, settings.channel)) {
      const bool hosts = std::any_of(opened.begin(), opened.begin() + static_cast<std::ptrdiff_t>(of_host),
                                     [&](const auto& each) { return each.get() == other; });
      if (hosts) continue;
      throw Error(ErrorCode::configuration_invalid, {},
                  {{path + ".channel", "duplicate", "Another notifier has this channel."}});
    }
    const auto scheme = settings.url.substr(0, settings.url.find(':'));
    if (scheme.empty() || scheme.size() == settings.url.size())
      throw Error(ErrorCode::configuration_invalid, {},
                  {{path + ".url", "invalid_format",
                    "A notifier's URL begins with the name of its plugin and a colon: smtp://…, sms:…"}});
    const auto plugin = load_plugin(plugin_paths(configuration, settings.plugin), CLINIC_PLUGIN_NOTIFIER, scheme);
    try {
      opened.push_back(std::make_unique<Notifier>(settings, notifier_table(plugin), host, log));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::configuration_invalid) throw;
      auto fields = error.fields();
      for (auto& field : fields)
        field.path = path + ".url";
      throw Error(error.code(), error.detail(), std::move(fields));
    }
    if (!opened.back()->serves_channel())
      throw Error(
          ErrorCode::configuration_invalid, {},
          {{path + ".channel", "not_applicable",
            "The notifier " + scheme + " does not send " + std::string(word(settings.channel)) + " messages."}});
  }
  return opened;
}

const Notifier* notifier_for(const Notifiers& notifiers, MessageChannel channel) {
  const auto found = std::find_if(notifiers.begin(), notifiers.end(),
                                  [&](const auto& notifier) { return notifier->channel() == channel; });
  return found == notifiers.end() ? nullptr : found->get();
}

}  // namespace clinic
