#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace clinic {

/// The whole text of a file; nothing where there is no regular file of that name, or it cannot be read. A folder opens
/// like a file and fails later, and a pipe may never end: neither is a file here.
std::optional<std::string> read_text_file(const std::filesystem::path& file);

}  // namespace clinic
