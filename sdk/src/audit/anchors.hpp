#pragma once

/// \file
/// Anchors: number and MAC of each seal, kept where nobody who can change the database can. With them a tail that was
/// cut off is found, and a history that was written anew by somebody who has the key.

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

/// Refuses a file that could not be made when the first seal is: its folder is not there. Throws
/// Error(configuration_invalid).
void refuse_anchor_file_without_folder(const Configuration& configuration);

/// Takes each new seal: to the host, and to the configured file, line by line.
class AuditAnchors {
 public:
  AuditAnchors(std::optional<std::string> file, std::function<void(std::int64_t, std::string_view)> host)
      : file_(std::move(file)), host_(std::move(host)) {}

  /// False where the file or the host did not take it; the log says so. Does not throw: the seal is made, and what
  /// could not be anchored goes with the next one, which covers it.
  bool add(std::int64_t number, const AuditSeal& seal, const Log& log) const noexcept;
  const std::optional<std::string>& file() const { return file_; }

 private:
  void append(std::int64_t number, const AuditSeal& seal) const;

  std::optional<std::string> file_;
  std::function<void(std::int64_t, std::string_view)> host_;
};

/// Anchors that were read. Of a long file the newest are kept: each covers all seals before it.
struct Anchors {
  static constexpr std::size_t most = 100000;
  /// What ends the lines that are read.
  enum class End { whole, being_written };

  std::map<std::pair<std::int64_t, std::string>, std::optional<Timestamp>>
      by_number;                        ///< to the time, where it is there
  std::vector<std::string> unreadable;  ///< where: `line 7`; a few
  bool file_missing = false;            ///< one is configured, and cannot be read
  /// Seals of up to then should be covered by an anchor; none: of that nothing is known.
  std::optional<Timestamp> whole_until{};

  /// Of the configured file; none where none is configured.
  static Anchors of(const std::optional<std::string>& file);
  void read(std::istream& lines, std::string_view source, End end);
};

}  // namespace clinic
