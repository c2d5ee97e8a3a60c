#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// The parts of a storage URL that the SDK itself needs. The plugin reads everything else.
class StorageUrl {
 public:
  /// Throws Error(configuration_invalid) if there is no scheme.
  explicit StorageUrl(std::string_view url);

  /// The plugin's name: `sqlite`. `postgres` means `postgresql`, `mariadb` means `mysql`.
  const std::string& scheme() const { return scheme_; }
  /// The URL with the plugin's name as its scheme.
  const std::string& text() const { return text_; }
  bool in_memory() const { return scheme_ == "memory" || path_ == ":memory:"; }
  /// The file of an embedded database; empty for a server or for memory.
  std::optional<std::string> database_file() const;

 private:
  std::string scheme_, text_, path_;
};

}  // namespace clinic
