#pragma once

#include <string>

namespace clinic::cli {

/// A secret that must not stand on the command line, where every user of the machine can read it: asked for without
/// echo on a terminal, else the next line of standard input. Throws UsageError.
std::string ask_secret(const std::string& what);

/// The first line of a file. Throws UsageError.
std::string secret_from_file(const std::string& path);

}  // namespace clinic::cli
