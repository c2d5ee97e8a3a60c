#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace clinic::cli {

/// The command that the words so far have reached: `clinic patients register`.
const CLI::App& reached(const CLI::App& root);

/// Says on standard error what is wrong with the command line, and where help is.
void report_usage(const CLI::App& root, const std::string& message);

/// The same for what CLI11 did not understand: names what was probably meant.
void report_usage(const CLI::App& root, const CLI::ParseError& error);

}  // namespace clinic::cli
