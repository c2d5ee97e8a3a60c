#pragma once

/// \file
/// Opening the clinic that the options name, and what to answer when that, or a call, fails.

#include "globals.hpp"

#include <clinic/open.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace clinic::cli {

/// Whether a command ends in a moment, or stays and does what a running clinic does, such as sending messages.
enum class Runs { briefly, on };
/// From the file, the environment and the options, in that order. Throws Error.
Configuration configuration(const Globals& globals, Runs runs = Runs::briefly);

/// Who acts, unless a token says so. Throws UsageError.
Actor actor(const Globals& globals);
/// CLINIC_TOKEN, which says who acts; null where there is none.
const char* token_of_environment();

/// Where the SDK's log goes.
Environment environment(const Configuration& configuration);

/// Calls as the options say; shows on a terminal how far a long call has come.
std::string call(const Session& session, const std::string& operation, const std::string& request,
                 const Globals& globals);

/// The file of an embedded database, as its URL names it; none for other databases.
std::optional<std::filesystem::path> database_file(const Configuration& configuration);

/// A mistyped name must not make a new database: only the commands that are there to make one may.
enum class MissingFile { refused, made };
/// Throws Error where the configuration names a file that is not there; or its folder is not, where a file may be made.
void refuse_missing_file(const Configuration& configuration, MissingFile missing = MissingFile::refused);

/// Lets `work` do something without a database. Reports errors and answers the exit code.
int with_errors(const Globals& globals, const std::function<int()>& work);

/// Lets `work` do something with the database without a session. Reports errors and answers the exit code. Throws
/// UsageError.
int with_configuration(const Globals& globals, const std::function<int(const Configuration&)>& work);

/// Opens, acts as the options say, and lets `use` work. Reports errors and answers the exit code, which `use` answers
/// where there is none. Throws UsageError.
int with_session(const Globals& globals, const std::function<int(const Session&)>& use,
                 MissingFile missing = MissingFile::refused);

}  // namespace clinic::cli
