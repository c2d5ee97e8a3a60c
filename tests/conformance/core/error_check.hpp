#pragma once

/// \file
/// Whether a plugin's error fits what it answered.

#include "expect.hpp"

#include <clinic/plugin/plugin.h>

#include <cstring>
#include <string>

namespace clinic::conformance {

/// What is wrong with it; empty: nothing.
inline std::string misfit_of(const std::string& call, int code, const clinic_plugin_error& error) {
  const auto answer = call + " answers " + code_name(code);
  const auto ends = [](const char* text, std::size_t size) { return std::memchr(text, '\0', size) != nullptr; };
  if (code < CLINIC_PLUGIN_OK || code > CLINIC_PLUGIN_INTERNAL) return answer + ", which is no code";
  if (code == CLINIC_PLUGIN_OK || code == CLINIC_PLUGIN_NOT_FOUND || code == CLINIC_PLUGIN_HOST_STOPPED) return {};
  if (error.code != code) return answer + ", and its error says " + code_name(error.code);
  if (!ends(error.message, sizeof error.message) || !ends(error.constraint, sizeof error.constraint))
    return answer + " with a text that does not end";
  if (error.message[0] == '\0') return answer + " without a message";
  if (std::strchr(error.message, '\n') != nullptr) return answer + " with a message of several lines";
  return {};
}

}  // namespace clinic::conformance
