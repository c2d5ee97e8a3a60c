#include "audit/anchors.hpp"

#include "base/formats.hpp"

#include <clinic/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace clinic {
namespace {

/// Ends a line that an interrupted writer has left open. The next writer writes it.
constexpr std::string_view torn = " (torn)";

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail();
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Whether the last line has no end, because its writer lost power.
  bool torn() const {
    const auto size = ::lseek(descriptor_, 0, SEEK_END);
    char last = '\n';
    return size > 0 && ::pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n';
  }
  /// Writes in one piece, so that lines of two processes do not mix.
  void append(const std::string& text) const {
    if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) fail();
    if (::fsync(descriptor_) != 0 && errno != EINVAL) fail();  // a pipe cannot be synced
  }

 private:
  [[noreturn]] static void fail() { throw std::system_error(errno, std::generic_category()); }
  int descriptor_;
};

using Anchor = std::pair<std::pair<std::int64_t, std::string>, std::optional<Timestamp>>;

std::optional<Anchor> parse(std::string_view line) {
  std::int64_t number = 0;
  const auto* end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data(), end, number);
  if (error != std::errc() || number < 1 || stop == end || *stop != ' ') return std::nullopt;
  const auto behind = line.substr(static_cast<std::size_t>(stop + 1 - line.data()));
  const auto space = behind.find(' ');
  const auto mac = behind.substr(0, space);
  if (mac.size() != 64 || mac.find_first_not_of("0123456789abcdef") != mac.npos) return std::nullopt;
  return Anchor({number, std::string(mac)},
                space == behind.npos ? std::nullopt : parse_timestamp(std::string(behind.substr(space + 1))));
}

}  // namespace

void AuditAnchors::append(std::int64_t number, const AuditSeal& seal) const {
  const File file(*file_);
  file.append((file.torn() ? std::string(torn) + '\n' : std::string()) + std::to_string(number) + ' ' + seal.mac + ' ' +
              format_timestamp(seal.created_at) + '\n');
}

void refuse_anchor_file_without_folder(const Configuration& configuration) {
  if (!configuration.audit_anchor_file) return;
  std::error_code unknown;
  const auto folder = std::filesystem::absolute(*configuration.audit_anchor_file, unknown).parent_path();
  if (std::filesystem::is_directory(folder, unknown)) return;
  throw Error(ErrorCode::configuration_invalid, {},
              {{"audit_anchor_file", "not_found", "There is no folder " + folder.string() + " for the anchors."}});
}

bool AuditAnchors::add(std::int64_t number, const AuditSeal& seal, const Log& log) const noexcept {
  bool taken = true;
  try {
    if (file_) append(number, seal);
  } catch (const std::exception& failure) {
    taken = false;
    log(LogLevel::error, "audit: seal " + std::to_string(number) + " is not in the anchor file: " + failure.what());
  }
  try {
    if (host_) host_(number, seal.mac);
  } catch (const std::exception&) {
    taken = false;
    log(LogLevel::error, "audit: the host did not take the anchor of seal " + std::to_string(number));
  }
  return taken;
}

Anchors Anchors::of(const std::optional<std::string>& file) {
  Anchors anchors;
  if (!file) return anchors;
  std::error_code unknown;
  anchors.file_missing = !std::filesystem::is_regular_file(*file, unknown);  // reading a pipe would block
  if (anchors.file_missing) return anchors;
  std::ifstream lines(*file);
  anchors.file_missing = !lines;
  anchors.read(lines, "the anchor file", End::being_written);
  return anchors;
}

void Anchors::read(std::istream& lines, std::string_view source, End end) {
  constexpr std::size_t most_unreadable = 10;
  std::string line;
  for (std::size_t count = 1; std::getline(lines, line); ++count) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.ends_with(torn)) continue;
    if (auto anchor = parse(line)) {
      by_number.insert(std::move(*anchor));
      if (by_number.size() > most) by_number.erase(by_number.begin());
    } else if (!(lines.eof() && end == End::being_written) && unreadable.size() < most_unreadable) {
      unreadable.push_back("line " + std::to_string(count) + " of " + std::string(source));
    }
  }
}

}  // namespace clinic
