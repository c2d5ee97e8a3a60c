#pragma once

/// \file
/// Checks plugin files against the configuration's allow-list.

#include <clinic/configuration.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace clinic {

/// Returns the reason why this file may not be loaded, or an empty text. An empty list allows every file.
///
/// The file is read here and opened afterwards. So the list protects against a changed file, but not against a change
/// at that very moment. A person who can make such a change could also change the list or the program.
std::string refused_by_allow_list(const std::filesystem::path& canonical_file, std::span<const AllowedPlugin> allowed);

/// Returns the SHA-256 in lower-case hexadecimal. Throws std::runtime_error if the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace clinic
