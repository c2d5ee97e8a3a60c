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

/// Where a master key comes from.
struct KeySource {
  std::string setting;  ///< `master_key`, `previous_master_keys[0]`: the path of a field error
  std::string place;    ///< the key file, or in words
};
/// Of the present one: where it is, or would be looked for.
KeySource key_source(const Configuration& configuration, const Environment& environment);

/// key_wrong, whatever is wrong with the key: its form or that it is another one. `why` ends "The master key in … ".
Error wrong_key(const KeySource& source, std::string_view code, std::string_view why);
/// key_wrong, where none of the configured keys opens the database.
Error other_keys(const Configuration& configuration, const Environment& environment);

/// The master keys: first the present one, from the configuration, from a file, from the host's callback, or for an
/// embedded database from a key file beside it, made (mode 0600) where both the database and the file are new. Throws
/// Error(key_missing) for a server database without a key, and for a database that is there while its key file is not:
/// a new key could not open what the old one sealed; Error(key_wrong) for one that has not its form, and for a present
/// one that is not random. `has_data` tells whether the database already has a schema. After it the previous ones.
MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log);

/// The same, as far as they are there already: makes nothing, and misses none.
MasterKeys keys_at_hand(const Configuration& configuration, const Environment& environment);

/// Where the present key lies, if neither the configuration itself nor the host has it; none for a server without a
/// configured file, and in memory.
std::optional<std::filesystem::path> key_file_of(const Configuration& configuration);
/// As it stands in a key file.
std::string key_text(const MasterKey& key);
/// `place` is the file. Throws Error: key_missing, key_wrong.
MasterKey read_key_file(const KeySource& file);
/// Mode 0600, and never over another one: false where one is there. Throws Error(key_missing).
bool make_key_file(const std::filesystem::path& file, const MasterKey& key);

}  // namespace clinic
