#pragma once

#include <filesystem>
#include <string>

namespace clinic {

/// Returns an error text if a shared library is shorter than its own header says, else an empty text. The linker maps
/// what the header names without a check, and the first access to a page after the end of the file kills the process
/// (SIGBUS). The linker itself refuses files that are not shared libraries of this machine.
std::string cut_off(const std::filesystem::path& file);

}  // namespace clinic
