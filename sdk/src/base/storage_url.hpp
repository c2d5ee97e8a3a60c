#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// What the SDK itself needs to know of a storage URL; everything else is the plugin's.
class StorageUrl {
 public:
  /// Throws Error(configuration_invalid) where there is no scheme.
  explicit StorageUrl(std::string_view url);

  /// The plugin's name: `sqlite`. `postgres` is taken for `postgresql`, `mariadb` for `mysql`.
  const std::string& scheme() const { return scheme_; }
  /// With the plugin's name as the scheme.
  const std::string& text() const { return text_; }
  bool in_memory() const { return scheme_ == "memory" || path_ == ":memory:"; }
  /// The file of an embedded database; nothing for a server or memory.
  std::optional<std::string> database_file() const;

 private:
  std::string scheme_, text_, path_;
};

}  // namespace clinic
