#include "questions.hpp"

#include "../terminal.hpp"
#include "../text.hpp"
#include "../usage_error.hpp"
#include "trial.hpp"

#include <boost/algorithm/string/trim.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <string>

namespace clinic::cli {
namespace {

namespace json = boost::json;

/// In this order: the defaults of the policy are those of the profile.
constexpr std::array<std::string_view, 7> asked = {
    "storage", "profile", "policy.clinic_name", "policy.locale", "policy.time_zone", "http.host", "http.port"};

std::string in_words(const json::value& value) {
  return harmless(value.is_string() ? std::string(value.get_string()) : json::serialize(value));
}

/// An empty answer is the default.
std::string ask(std::string_view question, const std::string& usual) {
  std::cerr << question << ' ' << styled("[" + usual + "]", Style::bold, Stream::errors) << ": " << std::flush;
  std::string line;
  if (!std::getline(std::cin, line)) {
    std::cerr << '\n';
    throw UsageError("standard input ended before all was answered; nothing was made");
  }
  boost::trim(line);
  return line;
}

json::value answer(std::string_view key, const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  if (is_number(key))
    if (const auto read = std::from_chars(text.data(), end, number); read.ec == std::errc() && read.ptr == end)
      return number;
  return json::value(text);
}

/// In a line, without more: the person has just typed what is wrong.
void say(std::string_view line) { std::cerr << styled(harmless(line), Style::red, Stream::errors) << '\n'; }

void say(const Error& error) {
  for (const auto& field : error.fields())
    say(field.message);
  if (error.fields().empty()) say(error.message() + ' ' + error.detail());
}

/// Whether another answer to the question could help: another error would come back for ever.
bool is_about(const Error& error, std::string_view key) {
  if (error.fields().empty()) return key == "storage";  // its plugin, its server
  const auto is = [&](std::string_view path) {
    return path == key || path.starts_with(std::string(key) + '[') || key.ends_with("." + std::string(path));
  };
  return std::any_of(error.fields().begin(), error.fields().end(), [&](const auto& field) { return is(field.path); });
}

bool is_about_administrator(const Error& error) {
  return is_about(error, "email") || is_about(error, "username") || is_about(error, "password");
}

void try_answer(const ConfigurationDraft& draft, std::string_view key) {
  const auto seen = draft.seen();
  if (key == "storage")
    clinic_there(seen);
  else if (key.starts_with("http."))
    try_address(seen);
  else
    try_out(seen);
}

}  // namespace

void ask_settings(ConfigurationDraft& draft) {
  std::cerr << "This makes a clinic: the configuration " << harmless(draft.file())
            << ", the database, the first administrator.\nNothing is made before the last answer. Enter takes what "
               "stands in brackets.\n\n";
  for (const auto key : asked) {
    if (draft.settled(key)) continue;
    const auto usual = draft.value(key);
    for (bool taken = false; !taken;) {
      const auto text = ask(meaning_of(key), in_words(usual));
      draft.set(key, text.empty() ? usual : answer(key, text));
      try {
        try_answer(draft, key);
        taken = true;
      } catch (const Error& error) {
        if (!is_about(error, key)) throw;
        say(error);
      }
    }
  }
}

std::optional<NewAdministrator> ask_administrator(const Configuration& configuration, const Actor& actor) {
  try_out(configuration, std::nullopt, actor);  // what is wrong already is not the answers' fault
  for (;;) {
    const auto login = ask("Email or username of the first administrator", "none yet");
    if (login.empty()) return std::nullopt;
    NewAdministrator administrator;
    administrator.request[login.find('@') == std::string::npos ? "username" : "email"] = login;
    try {
      administrator.ask_password();
      try_out(configuration, administrator, actor);
      return administrator;
    } catch (const Error& error) {
      if (!is_about_administrator(error)) throw;
      say(error);
    } catch (const UsageError& mistyped) {
      if (!std::cin) throw;
      say(mistyped.what());
    }
  }
}

}  // namespace clinic::cli
