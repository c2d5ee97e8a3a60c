#pragma once

/// \file
/// How a clinic is opened. Precedence, highest first: code, environment, file, profile.

#include <clinic/export.hpp>
#include <clinic/plugin/notifier.h>
#include <clinic/policy.hpp>
#include <clinic/words.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

enum class LogLevel { trace, debug, info, warning, error, off };
BOOST_DESCRIBE_ENUM(LogLevel, trace, debug, info, warning, error, off)

/// A plugin file that may be loaded, with its SHA-256 in hexadecimal.
struct AllowedPlugin {
  std::string file{};
  std::string sha256{};
};
BOOST_DESCRIBE_STRUCT(AllowedPlugin, (), (file, sha256))

/// How access tokens are signed (RFC 7518).
enum class TokenAlgorithm { HS256, RS256, ES256 };
BOOST_DESCRIBE_ENUM(TokenAlgorithm, HS256, RS256, ES256)

/// A key for access tokens: for HS256 the secret itself, else a private key in PEM form.
struct TokenKey {
  std::string kid{};
  TokenAlgorithm algorithm = TokenAlgorithm::HS256;
  std::optional<std::string> key{};
  std::optional<std::string> key_file{};
};
BOOST_DESCRIBE_STRUCT(TokenKey, (), (kid, algorithm, key, key_file))

/// A notifier plugin that serves a channel.
struct NotifierSettings {
  MessageChannel channel = MessageChannel::email;
  std::string url{};
  std::optional<std::string> plugin{};
  std::int64_t connections = 4;
  std::optional<std::int64_t> per_second{};
};
BOOST_DESCRIBE_STRUCT(NotifierSettings, (), (channel, url, plugin, connections, per_second))

/// A program that calls over HTTP as a part of the clinic: a telephone line, a booking site.
struct ServiceKey {
  std::string name{};
  std::optional<Role> role{};
  std::string sha256{};
};
BOOST_DESCRIBE_STRUCT(ServiceKey, (), (name, role, sha256))

/// The header in which a trusted proxy says from whom it has a request.
enum class ProxyHeader { x_forwarded_for, forwarded };
BOOST_DESCRIBE_ENUM(ProxyHeader, x_forwarded_for, forwarded)

/// The server of `clinic serve` and of clinic/http.hpp.
struct HttpSettings {
  std::string host = "127.0.0.1";
  std::int64_t port = 8080;
  std::vector<std::string> prefixes{"/api/v1"};
  std::vector<std::string> host_names{};
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> trusted_proxies{};
  ProxyHeader proxy_header = ProxyHeader::x_forwarded_for;
  std::vector<std::string> metrics_from{"127.0.0.1", "::1"};
  std::vector<ServiceKey> service_keys{};
  bool cookies = false;
  std::optional<std::string> tls_certificate{};
  std::optional<std::string> tls_key{};
  std::int64_t calls_at_once = 16;
  std::int64_t calls_waiting = 256;
  std::int64_t connections = 10000;
  std::int64_t header_kilobytes = 16;
  std::int64_t headers = 64;
  std::int64_t body_kilobytes = 1024;
  std::int64_t header_seconds = 10;
  std::int64_t body_seconds = 30;
  std::int64_t idle_seconds = 60;
  std::int64_t stop_seconds = 30;
};
BOOST_DESCRIBE_STRUCT(HttpSettings, (),
                      (host, port, prefixes, host_names, allowed_origins, trusted_proxies, proxy_header, metrics_from,
                       service_keys, cookies, tls_certificate, tls_key, calls_at_once, calls_waiting, connections,
                       header_kilobytes, headers, body_kilobytes, header_seconds, body_seconds, idle_seconds,
                       stop_seconds))

struct Configuration {
  std::string storage{};  ///< `sqlite:clinic.db`, `sqlite:///clinic.db`, `postgresql://…`
  std::string profile = "standard";
  Json policy{"{}"};  ///< keys of Policy that differ from the profile
  std::optional<std::string> storage_plugin{};
  std::vector<std::string> plugin_directories{};
  std::vector<AllowedPlugin> allowed_plugins{};
  std::optional<std::string> master_key{};
  std::optional<std::string> master_key_file{};
  std::vector<std::string> previous_master_keys{};
  std::optional<std::string> token_secret{};
  std::vector<TokenKey> token_keys{};
  std::optional<std::string> limiter{};
  std::optional<std::string> limiter_plugin{};
  std::optional<std::string> audit_anchor_file{};
  std::vector<NotifierSettings> notifiers{};
  std::optional<std::string> templates{};
  bool dispatch_messages = true;
  HttpSettings http{};
  LogLevel log_level = LogLevel::warning;
  bool migrate = true;

  /// Reads a JSON text. Throws Error(configuration_invalid) with the path of each key that is wrong or unknown.
  CLINIC_API static Configuration from_json(std::string_view json);
  /// Reads a JSON file (an empty name: no file), then environment variables: `CLINIC_` and the key in capitals, or a
  /// document's own name for the key.
  CLINIC_API static Configuration load(const std::string& file);
  /// This configuration, overridden by the environment variables that are set.
  CLINIC_API Configuration with_environment() &&;
  /// The same for the documents' variables about a server, whose names other programs use, too: HOST, PORT,
  /// ALLOWED_ORIGINS. For programs that serve over HTTP.
  CLINIC_API Configuration with_server_environment() &&;
};
BOOST_DESCRIBE_STRUCT(Configuration, (),
                      (storage, profile, policy, storage_plugin, plugin_directories, allowed_plugins, master_key,
                       master_key_file, previous_master_keys, token_secret, token_keys, limiter, limiter_plugin,
                       audit_anchor_file, notifiers, templates, dispatch_messages, http, log_level, migrate))

template <>
struct FieldRules<AllowedPlugin> {
  static constexpr std::array rules{
      FieldRule{"file", "Absolute path of the plugin", Format::line, 4096},
      FieldRule{"sha256", "SHA-256 of the file, in hexadecimal", Format::token, 64},
  };
};

template <>
struct FieldRules<TokenKey> {
  static constexpr std::array rules{
      FieldRule{"kid", "Name of the key, which its tokens carry", Format::token, 60},
      FieldRule{"algorithm", "How it signs"},
      FieldRule{"key", "The secret (HS256, at least 32 bytes), or the private key in PEM form", Format::multiline,
                16384, Exposure::secret},
      FieldRule{"key_file", "File with the key, instead of `key`", Format::line, 4096},
  };
};

template <>
struct FieldRules<NotifierSettings> {
  static constexpr std::array rules{
      FieldRule{"channel", "What the notifier sends: email or sms"},
      FieldRule{"url", "Plugin and gateway: smtp://user:password@host?from=…, sms:twilio?…", Format::line, 4096,
                Exposure::secret},
      FieldRule{"plugin", "Absolute path of the notifier plugin, instead of searching for it", Format::line, 4096},
      FieldRule{"connections", "How many messages a process sends at once over this channel", Format::none, 0,
                Exposure::open, 1, 64},
      FieldRule{"per_second", "Most messages in a second; all processes together where the limiter is shared",
                Format::none, 0, Exposure::open, 1, 100000},
  };
};

template <>
struct FieldRules<ServiceKey> {
  static constexpr std::array rules{
      FieldRule{"name", "Who calls: the name in the audit", Format::line, 100},
      FieldRule{"role", "What it may do; must be given"},
      FieldRule{"sha256",
                "SHA-256 of the key in hexadecimal; the program sends the key itself as its bearer token, at least 32 "
                "characters",
                Format::token, 64},
  };
};

template <>
struct FieldRules<HttpSettings> {
  static constexpr std::array rules{
      FieldRule{"host", "Address to listen on; 0.0.0.0 or :: for all", Format::line, 255},
      FieldRule{"port", "Port to listen on; 0: a free one", Format::none, 0, Exposure::open, 0, 65535},
      FieldRule{"prefixes", "What stands before the paths of operations; a slash alone: nothing", Format::line, 100},
      FieldRule{"host_names", "Names by which the server is called; others are refused. Empty: any", Format::line, 255},
      FieldRule{"allowed_origins", "Origins of websites whose scripts may call (CORS), https://portal.example",
                Format::line, 300},
      FieldRule{"trusted_proxies", "Addresses or networks of proxies that say from whom a request is: 10.0.0.0/8",
                Format::line, 60},
      FieldRule{"proxy_header",
                "The header in which they say it, and which they do not pass on from clients: X-Forwarded-For, or "
                "Forwarded (RFC 7239)"},
      FieldRule{"metrics_from", "Addresses or networks that may read /metrics", Format::line, 60},
      FieldRule{"service_keys", "Programs that call as a part of the clinic"},
      FieldRule{"cookies", "Whether browsers may keep their login in cookies that scripts cannot read"},
      FieldRule{"tls_certificate", "File with the certificate and its chain, PEM; read again when it changes",
                Format::line, 4096},
      FieldRule{"tls_key", "File with the certificate's private key, PEM", Format::line, 4096},
      FieldRule{"calls_at_once",
                "Calls that run at once; as many as the storage has connections. Calls that hash a password do not "
                "count while they do",
                Format::none, 0, Exposure::open, 1, 1024},
      FieldRule{"calls_waiting", "Calls that may wait for their turn; further ones are refused as `busy`", Format::none,
                0, Exposure::open, 0, 100000},
      FieldRule{"connections", "Connections that are open at once; further ones are closed", Format::none, 0,
                Exposure::open, 1, 1000000},
      FieldRule{"header_kilobytes", "Most kilobytes of a request's line and headers", Format::none, 0, Exposure::open,
                1, 1024},
      FieldRule{"headers", "Most headers of a request", Format::none, 0, Exposure::open, 8, 1000},
      FieldRule{"body_kilobytes", "Most kilobytes of a request's body", Format::none, 0, Exposure::open, 1, 1048576},
      FieldRule{"header_seconds", "Seconds in which a request's headers must be there", Format::none, 0, Exposure::open,
                1, 3600},
      FieldRule{"body_seconds", "Seconds in which its body must be there, and the answer be taken", Format::none, 0,
                Exposure::open, 1, 3600},
      FieldRule{"idle_seconds", "Seconds for which a connection without a request stays open", Format::none, 0,
                Exposure::open, 1, 3600},
      FieldRule{"stop_seconds", "Seconds that requests under way have to end, when the server stops", Format::none, 0,
                Exposure::open, 0, 3600},
  };
};

template <>
struct FieldRules<Configuration> {
  static constexpr std::array rules{
      FieldRule{"storage", "Where the data is: sqlite:clinic.db, postgresql://…, mysql://…", Format::line, 1000,
                Exposure::secret},
      FieldRule{"profile", "Name of a policy profile, or the absolute path of a JSON file", Format::line, 4096},
      FieldRule{"policy", "Keys of the policy that differ from the profile"},
      FieldRule{"storage_plugin", "Absolute path of the storage plugin, instead of searching for it", Format::line,
                4096},
      FieldRule{"plugin_directories", "Absolute folders to search for plugins first", Format::line, 4096},
      FieldRule{"allowed_plugins", "Where given, only these plugin files are loaded"},
      FieldRule{"master_key", "Key that encrypts secrets at rest: 64 hexadecimal digits", Format::token, 64,
                Exposure::secret},
      FieldRule{"master_key_file", "File with the master key; made beside an embedded database when missing",
                Format::line, 4096},
      FieldRule{"previous_master_keys", "Master keys of before, for what they encrypted, after a change of the key",
                Format::token, 64, Exposure::secret},
      FieldRule{"token_secret", "Secret that signs access tokens (HS256), at least 32 bytes; else the master key's own",
                Format::line, 1000, Exposure::secret},
      FieldRule{"token_keys",
                "Keys for access tokens, instead of token_secret: the first one signs, all of them verify"},
      FieldRule{"limiter", "Where rate limits are counted: memory: (each process by itself), or redis://…",
                Format::line, 1000, Exposure::secret},
      FieldRule{"limiter_plugin", "Absolute path of the limiter plugin, instead of searching for it", Format::line,
                4096},
      FieldRule{"audit_anchor_file", "File to which the MAC of each seal of the audit is appended", Format::line, 4096},
      FieldRule{"notifiers", "Who sends email and SMS; without one for a channel its messages wait in the outbox"},
      FieldRule{"templates", "Folder with the clinic's own words for messages", Format::line, 4096},
      FieldRule{"dispatch_messages",
                "Whether this process sends due messages in the background; else notifications.dispatch does"},
      FieldRule{"http", "The HTTP server"},
      FieldRule{"log_level", "Least level that is logged"},
      FieldRule{"migrate", "Whether opening creates the schema or brings it forward"},
  };
};

/// Fills the span with cryptographically strong random bytes, or throws.
using RandomSource = std::function<void(std::span<std::byte>)>;

/// A notifier of the host's own, without a plugin (NOTE-6). The table is that of a notifier plugin; `open` is not
/// called. `close` is called when the clinic that was opened with it is closed; where opening fails, the notifier stays
/// the host's. Table and notifier must stay valid until then. If a function of the notifier drops the last reference to
/// the clinic, another thread closes the clinic afterwards.
struct HostNotifier {
  MessageChannel channel = MessageChannel::email;
  const clinic_notifier_table* table = nullptr;
  clinic_notifier* notifier = nullptr;  ///< handed to every function of the table
  std::int64_t connections = 4;         ///< how many messages are sent at once
};

/// What the host provides to a clinic. Every member may stay empty. The functions are called from any thread.
struct Environment {
  std::function<Timestamp()> now;  ///< default: default: the system clock
  RandomSource random;             ///< default: default: OpenSSL's
  /// Answers the master key, 64 hexadecimal digits. Called once, while opening, if the configuration has no key.
  std::function<std::string()> master_key;
  /// Receives the number and the MAC of each seal of the audit. Keep them where nobody who can change the database can
  /// change them.
  std::function<void(std::int64_t number, std::string_view mac)> audit_anchor;
  /// Channels that the host serves by itself. They come before the notifiers of the configuration.
  std::vector<HostNotifier> notifiers;
  /// Judges a caller's answer to the host's own challenge, such as a CAPTCHA, before an anonymous caller registers or
  /// asks for a link. The answer is CallOptions::challenge, empty if there is none. False or an exception refuses the
  /// call.
  std::function<bool(std::string_view operation, std::string_view origin, std::string_view answer)> challenge;
  std::function<void(LogLevel, std::string_view line)>
      log;  ///< default: default: standard error; must not call the clinic
};

/// An environment variable of a source document, and the key that it sets. An empty key means that the variable is
/// known and has no effect in this version.
struct DocumentVariable {
  std::string_view variable, key, remark;
};
CLINIC_API std::span<const DocumentVariable> document_variables() noexcept;

}  // namespace clinic
