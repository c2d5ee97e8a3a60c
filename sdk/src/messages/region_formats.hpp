#pragma once

#include "messages/language_formats.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace clinic {

/// The formats of locales such as `en-KE`, whose texts are those of a shorter tag. Thread-safe.
class RegionFormats {
 public:
  std::shared_ptr<const LanguageFormats> of(const std::string& tag);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LanguageFormats>> formats_;
};

}  // namespace clinic
