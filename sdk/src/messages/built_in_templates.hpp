#pragma once

#include <span>
#include <string_view>

namespace clinic {

/// A file of sdk/templates.
struct BuiltInTemplate {
  std::string_view path;  ///< `ar/invitation.txt`
  std::string_view text;
};
std::span<const BuiltInTemplate> built_in_templates();

}  // namespace clinic
