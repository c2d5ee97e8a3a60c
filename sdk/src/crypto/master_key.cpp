#include "crypto/master_key.hpp"

#include "base/new_file.hpp"
#include "base/storage_url.hpp"
#include "base/text_file.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>
#include <set>
#include <system_error>

namespace clinic {
namespace {

MasterKey from_hex(std::string_view hex, const KeySource& source) {
  MasterKey key{};
  try {
    std::vector<unsigned char> bytes;
    boost::algorithm::unhex(hex.begin(), hex.end(), std::back_inserter(bytes));
    if (bytes.size() == key.size()) {
      std::copy(bytes.begin(), bytes.end(), key.begin());
      return key;
    }
  } catch (const boost::algorithm::hex_decode_error&) {
    // reported below, without the value
  }
  throw wrong_key(source, "invalid_format", "is not 64 hexadecimal digits.");
}

/// A random key never looks like these. Of 32 random bytes about 30 differ. The probability that fewer than 16 differ
/// is C(256, 15) · (15 / 256)^32 < 10^-15. The probability that the bytes repeat within 16 bytes is below 2^-127. The
/// probability that all steps between neighbouring bytes are equal is below 2^-239.
bool is_random(const MasterKey& key) {
  constexpr std::size_t fewest_values = 16;
  if (std::set<unsigned char>(key.begin(), key.end()).size() < fewest_values) return false;
  for (std::size_t period = 1; period <= key.size() / 2; ++period)
    if (std::equal(key.begin() + period, key.end(), key.begin())) return false;
  const auto step = [](unsigned char one, unsigned char next) { return static_cast<unsigned char>(next - one); };
  MasterKey steps{};
  std::transform(key.begin(), key.end() - 1, key.begin() + 1, steps.begin(), step);
  return !std::all_of(steps.begin(), steps.end() - 1, [&](unsigned char each) { return each == steps[0]; });
}

Error missing_key(const KeySource& source, const std::string& message) {
  return Error(ErrorCode::key_missing, {}, {{source.setting, "not_found", message}});
}

Error unreadable(const KeySource& source) {
  return missing_key(source, "The key file " + source.place + " is no file that can be read.");
}

/// Empty if the file does not exist or cannot be read.
std::optional<MasterKey> key_in(const KeySource& file) {
  auto text = read_text_file(file.place);
  if (!text) return std::nullopt;
  boost::algorithm::trim(*text);
  return from_hex(*text, file);
}

/// The key from the configuration itself or from the host, if one of them has it.
std::optional<MasterKey> given_key(const Configuration& configuration, const Environment& environment) {
  const auto source = key_source(configuration, environment);
  if (configuration.master_key) return from_hex(*configuration.master_key, source);
  if (environment.master_key) return from_hex(environment.master_key(), source);
  return std::nullopt;
}

KeySource previous_key(std::size_t index) {
  return {"previous_master_keys[" + std::to_string(index) + "]", "previous_master_keys"};
}

void add_previous_keys(const Configuration& configuration, MasterKeys& keys) {
  for (std::size_t i = 0; i < configuration.previous_master_keys.size(); ++i)
    keys.push_back(from_hex(configuration.previous_master_keys[i], previous_key(i)));
}

/// The random key is checked before it is written: a bad key file, from a broken random source, would block the next
/// opening.
MasterKey new_key(const RandomSource& random, const KeySource& source) {
  MasterKey key{};
  random(std::as_writable_bytes(std::span(key)));
  if (is_random(key)) return key;
  throw wrong_key(source, "weak_key", "was not made: the host's source of random numbers gives none.");
}

MasterKey found_key(const Configuration& configuration, bool has_data, const Environment& environment, const Log& log) {
  if (const auto given = given_key(configuration, environment)) return *given;
  StorageUrl url(configuration.storage);
  const auto file = key_file_of(configuration);
  const auto source = key_source(configuration, environment);
  if (!file) {
    if (url.in_memory()) return new_key(environment.random, source);
    throw missing_key(
        source,
        "A database on a server needs a key: give master_key or master_key_file in the configuration. Where it is "
        "loaded with the environment, as the command line does, CLINIC_MASTER_KEY or CLINIC_MASTER_KEY_FILE will do.");
  }
  if (const auto found = key_in(source)) return *found;
  std::error_code unknown;
  if (std::filesystem::exists(*file, unknown)) return read_key_file(source);  // made meanwhile, or not readable
  if (has_data || !url.database_file())
    throw missing_key(source, "The key file " + source.place +
                                  " is not there. Restore it from the backup: what was encrypted with it cannot be "
                                  "read without it.");
  // Another process may make the file at the same moment. Then that process's key is used.
  if (make_key_file(*file, new_key(environment.random, source)))
    log(LogLevel::info, "made the key file " + file->string() + "; back it up with the database");
  return read_key_file(source);
}

/// Previous keys may be weak: a change away from a weak key needs that key once more.
MasterKey present_key(const Configuration& configuration, bool has_data, const Environment& environment,
                      const Log& log) {
  const auto key = found_key(configuration, has_data, environment, log);
  if (is_random(key)) return key;
  throw wrong_key(key_source(configuration, environment), "weak_key",
                  "is not random: anybody could guess it. Make one with `openssl rand -hex 32`; a database that was "
                  "written with this one opens with the new one where this one is among previous_master_keys.");
}

}  // namespace

KeySource key_source(const Configuration& configuration, const Environment& environment) {
  if (configuration.master_key) return {"master_key", "the configuration"};
  if (environment.master_key) return {"master_key", "the host's callback"};
  if (const auto file = key_file_of(configuration)) return {"master_key_file", file->string()};
  return {"master_key", "the configuration"};
}

Error wrong_key(const KeySource& source, std::string_view code, std::string_view why) {
  return Error(ErrorCode::key_wrong, {},
               {{source.setting, std::string(code), "The master key in " + source.place + ' ' + std::string(why)}});
}

Error other_keys(const Configuration& configuration, const Environment& environment) {
  std::vector<FieldError> fields;
  const auto add = [&](const KeySource& source) {
    fields.push_back({source.setting, "wrong_key",
                      "The master key in " + source.place + " is not the one with which the database was written."});
  };
  add(key_source(configuration, environment));
  for (std::size_t i = 0; i < configuration.previous_master_keys.size(); ++i)
    add(previous_key(i));
  return Error(ErrorCode::key_wrong, {}, std::move(fields));
}

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

MasterKey read_key_file(const KeySource& file) {
  if (const auto key = key_in(file)) return *key;
  throw unreadable(file);
}

bool make_key_file(const std::filesystem::path& file, const MasterKey& key) {
  try {
    NewFile made(file);
    made.stream() << key_text(key);
    return made.finish(NewFile::Existing::kept);
  } catch (const std::system_error& failure) {
    throw missing_key({"master_key_file", file.string()},
                      "The key file " + file.string() + " cannot be made: " + failure.code().message() + ".");
  }
}

MasterKeys keys_at_hand(const Configuration& configuration, const Environment& environment) {
  MasterKeys keys;
  auto present = given_key(configuration, environment);
  if (!present)
    if (key_file_of(configuration)) present = key_in(key_source(configuration, environment));
  if (present) keys.push_back(*present);
  add_previous_keys(configuration, keys);
  return keys;
}

MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log) {
  MasterKeys keys{present_key(configuration, has_data, environment, log)};
  add_previous_keys(configuration, keys);
  return keys;
}

}  // namespace clinic
