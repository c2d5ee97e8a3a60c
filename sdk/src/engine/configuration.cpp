#include "base/text_file.hpp"
#include "meta/json.hpp"
#include "meta/make_description.hpp"

#include <clinic/configuration.hpp>
#include <clinic/text.hpp>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json.hpp>

#include <unistd.h>

#include <cstdlib>

namespace clinic {
namespace {

constexpr std::array variables = {
    DocumentVariable{"DATABASE_URI", "storage", "the clinic-backend document's name"},
    DocumentVariable{"SUPABASE_URI", "storage", "a PostgreSQL address; DATABASE_URI comes first"},
    DocumentVariable{"ENVIRONMENT", "", "known; nothing depends on it, choose a profile instead"},
    DocumentVariable{"JWT_SECRET_KEY", "token_secret", "the clinic-backend document's name"},
    DocumentVariable{"JWT_ACCESS_TOKEN_EXPIRES_MINUTES", "policy.access_token_minutes", "a key of the policy"},
    DocumentVariable{"JWT_REFRESH_TOKEN_EXPIRES_DAYS", "policy.refresh_token_days", "a key of the policy"},
    DocumentVariable{"REDIS_URL", "limiter", "the clinic-backend document's name"},
    DocumentVariable{"ALLOWED_ORIGINS", "http.allowed_origins", "a list with commas; read by `clinic serve`"},
    DocumentVariable{"HOST", "http.host", "read by `clinic serve`"},
    DocumentVariable{"PORT", "http.port", "read by `clinic serve`"},
    DocumentVariable{"FLASK_APP", "", "Flask's own, not ours"},
    DocumentVariable{"FLASK_ENV", "", "Flask's own, not ours"},
    DocumentVariable{"FLASK_DEBUG", "", "Flask's own, not ours"},
};

void check(std::vector<FieldError> errors) {
  if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
}

/// What a variable's text says for a key of that type, as JSON: objects as JSON, lists by `separator`.
std::string to_json(const TypeDescription& type, std::string_view text, char separator) {
  std::string json;
  if (type.kind == TypeKind::list && type.element->kind == TypeKind::text) {
    json = "[";
    for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
      auto end = std::min(text.find(separator, begin), text.size());
      if (json.size() > 1) json += ',';
      write_json_string(boost::trim_copy(std::string(text.substr(begin, end - begin))), json);
      begin = end + 1;
    }
    return json += "]";
  }
  if (type.kind == TypeKind::text || type.kind == TypeKind::word)
    write_json_string(text, json);
  else
    json = text;
  return json;
}

/// A key of the policy, in the text of the whole policy.
void set_policy_key(Configuration& configuration, std::string_view key, std::string_view variable,
                    std::string_view text) {
  boost::system::error_code failed;
  auto value = boost::json::parse(text, failed);
  auto policy = boost::json::parse(configuration.policy.text, failed);
  if (failed || !policy.is_object()) {
    const auto path = "policy." + std::string(key);
    check({{path, "wrong_type", "The environment variable " + std::string(variable) + " is not of this key's type."}});
  }
  policy.as_object()[key] = std::move(value);
  configuration.policy.text = boost::json::serialize(policy);
}

void set_key(Configuration& configuration, std::string_view key, std::string_view variable, std::string_view text);

/// A key of the HTTP server, in the settings that are there. Its lists hold addresses, which have colons.
void set_http_key(Configuration& configuration, const FieldDescription& field, std::string_view variable,
                  std::string_view text) {
  std::string settings;
  write_json(describe<HttpSettings>(), &configuration.http, WriteSecrets::yes, settings);
  auto all = boost::json::parse(settings).as_object();
  boost::system::error_code failed;
  auto value = boost::json::parse(to_json(field.type->bare(), text, ','), failed);
  all[field.name] = failed ? boost::json::value(text) : std::move(value);
  set_key(configuration, "http", variable, boost::json::serialize(all));
}

void set_key(Configuration& configuration, std::string_view key, std::string_view variable, std::string_view text) {
  if (constexpr std::string_view prefix = "policy."; key.starts_with(prefix))
    return set_policy_key(configuration, key.substr(prefix.size()), variable, text);
  if (constexpr std::string_view prefix = "http."; key.starts_with(prefix))
    return set_http_key(configuration, *describe<HttpSettings>().field(key.substr(prefix.size())), variable, text);
  const auto& field = *describe<Configuration>().field(key);
  // The whole configuration goes through the one reader: what is there, with this key replaced.
  std::string json = "{";
  write_json_string(key, json);
  json.append(":").append(to_json(field.type->bare(), text, ':')).append("}");  // like PATH
  Configuration only;
  std::vector<FieldError> errors;
  try {
    // `storage` is required; here only one key is read.
    read_json(json, describe<Configuration>(), &only, {}, errors);
  } catch (const Error&) {
    errors.push_back({std::string(key), "wrong_type", "The value is not of this key's type."});
  }
  std::erase_if(errors, [&](const FieldError& error) { return !error.path.starts_with(key); });
  for (auto& error : errors)
    error.message += " (from the environment variable " + std::string(variable) + ")";
  check(std::move(errors));
  boost::mp11::mp_for_each<detail::Members<Configuration>>([&](auto member) {
    if (key == member.name) configuration.*member.pointer = std::move(only.*member.pointer);
  });
}

}  // namespace

namespace {

constexpr std::string_view http_keys = "http.", http_variables = "CLINIC_HTTP_";

/// A misspelt one would leave a server open that was to be closed.
void refuse_unknown_http_variables() {
  std::vector<std::string_view> known;
  for (const auto& field : describe<HttpSettings>().fields)
    known.push_back(field.name);
  for (char** variable = environ; variable && *variable; ++variable) {
    std::string_view name = *variable;
    name = name.substr(0, name.find('='));
    if (!name.starts_with(http_variables)) continue;
    const auto key = boost::to_lower_copy(std::string(name.substr(http_variables.size())));
    if (describe<HttpSettings>().field(key)) continue;
    const auto meant = suggestion(key, known);
    check({{"http." + key, "unknown_field",
            "The environment variable " + std::string(name) + " sets no known key." +
                (meant.empty() ? ""
                               : " Did you mean " + std::string(http_variables) +
                                     boost::to_upper_copy(std::string(meant)) + "?")}});
  }
}

/// The first one of a key comes last, so that it wins.
template <class Wanted>
void read_document_variables(Configuration& configuration, Wanted wanted) {
  for (auto variable = variables.rbegin(); variable != variables.rend(); ++variable)
    if (const char* text = std::getenv(std::string(variable->variable).c_str()); text && wanted(variable->key))
      set_key(configuration, variable->key, variable->variable, text);
}

}  // namespace

Configuration Configuration::with_server_environment() && {
  read_document_variables(*this, [](std::string_view key) { return key.starts_with(http_keys); });
  return std::move(*this);
}

std::span<const DocumentVariable> document_variables() noexcept { return variables; }

Configuration Configuration::from_json(std::string_view json) {
  Configuration configuration;
  std::vector<FieldError> errors;
  read_json(json, describe<Configuration>(), &configuration, {}, errors);
  // The storage may still come from the environment or the caller; opening asks for it.
  std::erase_if(errors, [](const FieldError& error) { return error.path == "storage" && error.code == "required"; });
  check(std::move(errors));
  return configuration;
}

Configuration Configuration::load(const std::string& file) {
  Configuration configuration;
  if (!file.empty()) {
    const auto text = read_text_file(file);
    if (!text)
      throw Error(ErrorCode::configuration_invalid, "The configuration " + file + " is no file that can be read.");
    try {
      configuration = from_json(*text);
    } catch (const Error& error) {  // which speaks of a request where the text is no JSON
      const auto what = error.code() == ErrorCode::malformed_json ? " is not a JSON object. " : " is not valid. ";
      throw Error(ErrorCode::configuration_invalid, "The configuration file " + file + what + error.detail(),
                  error.fields());
    }
  }
  return std::move(configuration).with_environment();
}

Configuration Configuration::with_environment() && {
  read_document_variables(*this, [](std::string_view key) { return !key.empty() && !key.starts_with(http_keys); });
  for (const auto& field : describe<Configuration>().fields) {
    const auto name = "CLINIC_" + boost::to_upper_copy(std::string(field.name));
    if (const char* text = std::getenv(name.c_str())) set_key(*this, field.name, name, text);
  }
  refuse_unknown_http_variables();
  for (const auto& field : describe<HttpSettings>().fields) {
    const auto name = std::string(http_variables) + boost::to_upper_copy(std::string(field.name));
    if (const char* text = std::getenv(name.c_str())) set_http_key(*this, field, name, text);
  }
  return std::move(*this);
}

}  // namespace clinic
