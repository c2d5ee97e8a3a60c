#pragma once

/// \file
/// What `clinic init` tells at its end. None of it is a secret.

#include <clinic/schema.hpp>

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace clinic::cli {

/// The configuration file of a set-up.
struct ConfigurationOutcome {
  std::string file;
  std::string state;       ///< made, changed, present
  bool holds_key = false;  ///< the key to the database's secrets
};

struct Outcome {
  boost::json::object version{};    ///< the answer of system.version
  std::vector<std::string> made{};  ///< files
  std::string key_file{};           ///< empty for a server's database
  SchemaStatus schema_before{};
  std::optional<ConfigurationOutcome> configuration{};  ///< none where init was not asked for one
  std::optional<boost::json::object> administrator{};   ///< with `state`: made, present
};

void print_outcome(const Outcome& outcome, bool as_json);

}  // namespace clinic::cli
