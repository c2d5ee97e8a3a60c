#include "master_key.hpp"

#include "new_file.hpp"
#include "storage_url.hpp"
#include "text_file.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <system_error>

namespace clinic {
namespace {

MasterKey from_hex(std::string_view hex, const std::string& origin) {
  MasterKey key{};
  try {
    std::vector<unsigned char> bytes;
    boost::algorithm::unhex(hex.begin(), hex.end(), std::back_inserter(bytes));
    if (bytes.size() == key.size()) {
      std::copy(bytes.begin(), bytes.end(), key.begin());
      return key;
    }
  } catch (const boost::algorithm::hex_decode_error&) {
    // told below, without what was found
  }
  throw Error(ErrorCode::configuration_invalid, "The master key in " + origin + " is not 64 hexadecimal digits.");
}

/// None where there is no such file, or none that can be read.
std::optional<MasterKey> key_in(const std::filesystem::path& file) {
  auto text = read_text_file(file);
  if (!text) return std::nullopt;
  boost::algorithm::trim(*text);
  return from_hex(*text, file.string());
}

/// From the configuration itself or the host, where one of them has it.
std::optional<MasterKey> given_key(const Configuration& configuration, const Environment& environment) {
  if (configuration.master_key) return from_hex(*configuration.master_key, "the configuration");
  if (environment.master_key) return from_hex(environment.master_key(), "the host's callback");
  return std::nullopt;
}

MasterKey new_key(const RandomSource& random) {
  MasterKey key{};
  random(std::as_writable_bytes(std::span(key)));
  return key;
}

MasterKey present_key(const Configuration& configuration, bool has_data, const Environment& environment,
                      const Log& log) {
  if (const auto given = given_key(configuration, environment)) return *given;
  StorageUrl url(configuration.storage);
  const auto file = key_file_of(configuration);
  if (!file) {
    if (url.in_memory()) return new_key(environment.random);
    throw Error(
        ErrorCode::key_missing,
        "A database on a server needs a key: give master_key or master_key_file in the configuration. Where it is "
        "loaded with the environment, as the command line does, CLINIC_MASTER_KEY or CLINIC_MASTER_KEY_FILE will do.");
  }
  if (const auto found = key_in(*file)) return *found;
  std::error_code unknown;
  if (std::filesystem::exists(*file, unknown))
    throw Error(ErrorCode::key_missing, "The key file " + file->string() + " is no file that can be read.");
  if (has_data || !url.database_file())
    throw Error(ErrorCode::key_missing,
                "The key file " + file->string() +
                    " is not there. Restore it from the backup: what was encrypted with it cannot "
                    "be read without it.");
  // Another process may make it at the same moment: then its key counts.
  if (make_key_file(*file, new_key(environment.random)))
    log(LogLevel::info, "made the key file " + file->string() + "; back it up with the database");
  return read_key_file(*file);
}

}  // namespace

std::string key_text(const MasterKey& key) {
  std::string text;
  boost::algorithm::hex_lower(key.begin(), key.end(), std::back_inserter(text));
  return text += '\n';
}

std::optional<std::filesystem::path> key_file_of(const Configuration& configuration) {
  if (configuration.master_key_file) return *configuration.master_key_file;
  if (const auto database = StorageUrl(configuration.storage).database_file()) return *database + ".key";
  return std::nullopt;
}

MasterKey read_key_file(const std::filesystem::path& file) {
  if (const auto key = key_in(file)) return *key;
  throw Error(ErrorCode::key_missing, "The key file " + file.string() + " is no file that can be read.");
}

bool make_key_file(const std::filesystem::path& file, const MasterKey& key) {
  try {
    NewFile made(file);
    made.stream() << key_text(key);
    return made.finish(NewFile::Existing::kept);
  } catch (const std::system_error& failure) {
    throw Error(ErrorCode::key_missing,
                "The key file " + file.string() + " cannot be made: " + failure.code().message() + ".");
  }
}

MasterKeys keys_at_hand(const Configuration& configuration, const Environment& environment) {
  MasterKeys keys;
  auto present = given_key(configuration, environment);
  if (!present)
    if (const auto file = key_file_of(configuration)) present = key_in(*file);
  if (present) keys.push_back(*present);
  for (const auto& hex : configuration.previous_master_keys)
    keys.push_back(from_hex(hex, "previous_master_keys"));
  return keys;
}

MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log) {
  MasterKeys keys{present_key(configuration, has_data, environment, log)};
  for (const auto& hex : configuration.previous_master_keys)
    keys.push_back(from_hex(hex, "previous_master_keys"));
  return keys;
}

}  // namespace clinic
