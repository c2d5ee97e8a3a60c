#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace clinic::cli {

/// Help that is wrapped to the terminal: what the command does, how it is called, its flags by group, its sub-commands.
class HelpPage : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

}  // namespace clinic::cli
