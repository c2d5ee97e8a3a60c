#pragma once

#include <filesystem>
#include <string>

namespace clinic {

/// What is wrong where a shared library is shorter than its own header says, else an empty text. The linker maps what
/// the header names without looking, and whoever touches a page behind the end of the file is killed (SIGBUS). What is
/// no shared library of this machine at all is left to the linker, who says so.
std::string cut_off(const std::filesystem::path& file);

}  // namespace clinic
