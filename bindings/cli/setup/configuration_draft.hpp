#pragma once

/// \file
/// A configuration file before it is written.

#include "outcome.hpp"

#include <clinic/configuration.hpp>

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::cli {

/// The keys of a configuration file: what it says already, and what was said now. A key has the path that it has in an
/// error: `http.port`, `policy.time_zone`.
class ConfigurationDraft {
 public:
  /// Throws Error where there is a file, and it is not a valid one.
  explicit ConfigurationDraft(std::string file);

  const std::string& file() const { return file_; }
  /// Whether there is no such file, or it says something else.
  bool changed() const { return !there_ || keys_ != written_; }
  /// Whether the draft or the environment has it.
  bool settled(std::string_view key) const;
  /// Its value, else its default: that of the profile for a key of the policy.
  boost::json::value value(std::string_view key) const;
  void set(std::string_view key, boost::json::value value);

  /// Makes the secrets that a new configuration needs, unless the environment has them.
  void add_secrets();
  /// What a command that is given the file sees: the environment wins. Throws Error for a value that is not of its
  /// key's type, and for one that would never be seen.
  Configuration seen() const;
  /// Throws Error where a file is there and may not be overwritten.
  void refuse_change() const;
  void write() const;
  ConfigurationOutcome outcome() const;

 private:
  std::string file_;
  bool there_ = false;
  boost::json::object written_, keys_;
  std::vector<std::string> said_;  ///< the keys that were set
};

/// What the data dictionary says about a key.
std::string_view meaning_of(std::string_view key);
/// Whether its values are numbers.
bool is_number(std::string_view key);

}  // namespace clinic::cli
