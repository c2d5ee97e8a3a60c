#pragma once

/// \file
/// Anchors: the number and the MAC of each seal, kept where nobody who can change the database can change them. They
/// reveal an audit whose end was cut off, and a history that somebody with the key has written anew.

#include "base/log.hpp"
#include "records/records.hpp"

#include <clinic/configuration.hpp>

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clinic {

/// Refuses a file whose folder does not exist, since the first seal could not create it. Throws
/// Error(configuration_invalid).
void refuse_anchor_file_without_folder(const Configuration& configuration);

/// Passes each new seal to the host, and appends it as a line to the configured file.
class AuditAnchors {
 public:
  AuditAnchors(std::optional<std::string> file, std::function<void(std::int64_t, std::string_view)> host)
      : file_(std::move(file)), host_(std::move(host)) {}

  /// Returns false if the file or the host could not take it; the log says so. Does not throw: the seal is made
  /// already, and the next seal's anchor covers it.
  bool add(std::int64_t number, const AuditSeal& seal, const Log& log) const noexcept;
  const std::optional<std::string>& file() const { return file_; }

 private:
  void append(std::int64_t number, const AuditSeal& seal) const;

  std::optional<std::string> file_;
  std::function<void(std::int64_t, std::string_view)> host_;
};

/// The anchors that were read. If there are very many, the newest are kept: each covers all seals before it.
struct Anchors {
  static constexpr std::size_t most = 100000;
  /// The character that ends a line.
  enum class End { whole, being_written };

  std::map<std::pair<std::int64_t, std::string>, std::optional<Timestamp>>
      by_number;                        ///< to the time, if the line has one
  std::vector<std::string> unreadable;  ///< the places, such as `line 7`; a few of them
  bool file_missing = false;            ///< a file is configured and cannot be read
  /// An anchor should cover all seals up to this time; empty: unknown.
  std::optional<Timestamp> whole_until{};

  /// Reads the configured file; no anchors if none is configured.
  static Anchors of(const std::optional<std::string>& file);
  void read(std::istream& lines, std::string_view source, End end);
};

}  // namespace clinic
