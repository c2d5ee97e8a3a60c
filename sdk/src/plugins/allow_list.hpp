#pragma once

/// \file
/// Which plugin files a configuration allows.

#include <clinic/configuration.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace clinic {

/// Why this file may not be loaded, or an empty text. An empty list allows every file.
/// The file is read here and opened afterwards: the list guards against a changed file, not against somebody who
/// changes it at that very moment, who would also be able to change the list or the program.
std::string refused_by_allow_list(const std::filesystem::path& canonical_file, std::span<const AllowedPlugin> allowed);

/// Hexadecimal, lower case. Throws std::runtime_error when the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace clinic
