#pragma once

/// \file
/// Makes a configuration file: for `clinic init`, and for hosts with a set-up of their own.

#include <clinic/export.hpp>

#include <string>
#include <string_view>

namespace clinic {

/// A secret of 256 random bits as 64 hexadecimal digits, for `master_key`, `token_secret` or a program's service key.
CLINIC_API std::string new_secret();

/// What becomes of a file that has the name already.
enum class ExistingFile { kept, replaced };

/// Writes a configuration file, completely or not at all, with mode 0600, since it holds secrets. Returns false if a
/// file of that name exists and is kept; of several processes that make one file at once, one gets true. A file that is
/// replaced keeps its owner, and a link to it stays.
///
/// Threads: any. Throws Error(configuration_invalid): for a text that Configuration::from_json refuses, and where the
/// file cannot be written, or cannot keep its owner.
CLINIC_API bool write_configuration(const std::string& file, std::string_view json,
                                    ExistingFile existing = ExistingFile::kept);

}  // namespace clinic
