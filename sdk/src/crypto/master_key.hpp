#pragma once

#include "base/log.hpp"
#include "crypto/sealer.hpp"

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// The source of a master key.
struct KeySource {
  std::string setting;  ///< `master_key`, `previous_master_keys[0]`: the path of a field error
  std::string place;    ///< the key file, or a description
};
/// The source of the current key: where it is, or where it would be looked for.
KeySource key_source(const Configuration& configuration, const Environment& environment);

/// The error key_wrong, for a wrong format as well as for another key. `why` completes the sentence "The master key in
/// … ".
Error wrong_key(const KeySource& source, std::string_view code, std::string_view why);
/// The error key_wrong if none of the configured keys opens the database.
Error other_keys(const Configuration& configuration, const Environment& environment);

/// The master keys: first the current one, then the previous ones. The current key comes from the configuration, from a
/// file, from the host's callback, or, for an embedded database, from a key file beside it. That file is created (mode
/// 0600) if both the database and the file are new. `has_data` says whether the database already has a schema.
///
/// Throws Error(key_missing) for a server database without a key, and for an existing database without its key file,
/// since a new key could not open what the old one sealed. Throws Error(key_wrong) for a key of wrong format, and for a
/// current key that is not random.
MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log);

/// The same keys as far as they exist: creates no file, and does not fail if a key is missing.
MasterKeys keys_at_hand(const Configuration& configuration, const Environment& environment);

/// The file of the current key, if neither the configuration itself nor the host has the key. Empty for a server
/// without a configured file, and for a database in memory.
std::optional<std::filesystem::path> key_file_of(const Configuration& configuration);
/// The key as it is written in a key file.
std::string key_text(const MasterKey& key);
/// `place` is the file. Throws Error: key_missing, key_wrong.
MasterKey read_key_file(const KeySource& file);
/// Writes a key file with mode 0600. Never replaces a file: returns false if one exists. Throws Error(key_missing).
bool make_key_file(const std::filesystem::path& file, const MasterKey& key);

}  // namespace clinic
