#pragma once

/// \file
/// How a clinic is opened. Precedence: code over environment over file over profile.

#include <clinic/export.hpp>
#include <clinic/policy.hpp>

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

struct Configuration {
  std::string storage{};  ///< `sqlite:clinic.db`, `sqlite:///clinic.db`, `postgresql://…`
  std::string profile = "standard";
  Json policy{"{}"};  ///< keys of Policy that differ from the profile
  std::optional<std::string> storage_plugin{};
  std::vector<std::string> plugin_directories{};
  std::vector<AllowedPlugin> allowed_plugins{};
  std::optional<std::string> master_key{};
  std::optional<std::string> master_key_file{};
  LogLevel log_level = LogLevel::warning;
  bool migrate = true;

  /// From a JSON text. Throws Error(configuration_invalid) with the path of each key that is wrong or unknown.
  CLINIC_API static Configuration from_json(std::string_view json);
  /// From a JSON file (may be empty: none), then environment variables: `CLINIC_` and the key in capitals, or a
  /// document's own name for it.
  CLINIC_API static Configuration load(const std::string& file);
  /// This configuration with what the environment says on top.
  CLINIC_API Configuration with_environment() &&;
};
BOOST_DESCRIBE_STRUCT(Configuration, (),
                      (storage, profile, policy, storage_plugin, plugin_directories, allowed_plugins, master_key,
                       master_key_file, log_level, migrate))

template <>
struct FieldRules<AllowedPlugin> {
  static constexpr std::array rules{
      FieldRule{"file", "Absolute path of the plugin", Format::line, 4096},
      FieldRule{"sha256", "SHA-256 of the file, in hexadecimal", Format::token, 64},
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
      FieldRule{"log_level", "Least level that is logged"},
      FieldRule{"migrate", "Whether opening creates the schema or brings it forward"},
  };
};

/// Fills the span with cryptographically strong random bytes, or throws.
using RandomSource = std::function<void(std::span<std::byte>)>;

/// What the host lends to a clinic. Every member may stay empty. The functions are called from any thread.
struct Environment {
  std::function<Timestamp()> now;                            ///< the system clock
  RandomSource random;                                       ///< OpenSSL's
  std::function<void(LogLevel, std::string_view line)> log;  ///< standard error; must not call the clinic
};

/// A variable of a source document and the key it sets; an empty key: known, and of no effect in this version.
struct DocumentVariable {
  std::string_view variable, key, remark;
};
CLINIC_API std::span<const DocumentVariable> document_variables() noexcept;

}  // namespace clinic
