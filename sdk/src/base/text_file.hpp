#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace clinic {

/// The whole text of a file. Empty if no regular file of that name exists, or if it cannot be read. Folders and pipes
/// do not count: a folder can be opened and fails later, and a pipe may never end.
std::optional<std::string> read_text_file(const std::filesystem::path& file);

}  // namespace clinic
