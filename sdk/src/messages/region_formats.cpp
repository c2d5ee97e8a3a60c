#include "messages/region_formats.hpp"

namespace clinic {

std::shared_ptr<const LanguageFormats> RegionFormats::of(const std::string& tag) {
  const std::lock_guard lock(mutex_);
  if (const auto found = formats_.find(tag); found != formats_.end()) return found->second;
  constexpr std::size_t most = 64;  // anybody may name a locale
  if (formats_.size() >= most) formats_.clear();
  return formats_[tag] = std::make_shared<const LanguageFormats>(tag);
}

}  // namespace clinic
