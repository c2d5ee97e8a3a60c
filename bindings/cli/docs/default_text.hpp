#pragma once

#include <clinic/description.hpp>

#include <string>

namespace clinic::docs {

/// The value of a member as the configuration file would write it; lists of words and plain values only. Empty where
/// there is none.
std::string default_text(const TypeDescription& type, const void* value);

/// `text`, `integer`, `reject|offer|link`, …
std::string type_text(const TypeDescription& type);

}  // namespace clinic::docs
