#pragma once

/// \file
/// A plugin's own exception, and how it crosses the line.

#include <clinic/plugin/plugin.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

/// What a plugin throws where it can say itself what is wrong. Never holds a value of a record.
struct Failure {
  int code;                  ///< clinic_plugin_code
  std::string message;       ///< one line
  std::string constraint{};  ///< unique violations: the fields, joined by commas
  int native_code = 0;
};

inline Failure refused(std::string message) { return {CLINIC_PLUGIN_REFUSED, std::move(message)}; }

/// From a server's line about a duplicate, which ends with the name of the index, in the server's language and quotes:
/// `… violates unique constraint "users_email_key_u"`, `Duplicate entry '…' for key 'users_email_key_u'`.
inline Failure unique_violation(std::string_view line) {
  const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  auto end = line.size();
  while (end > 0 && !is_name(line[end - 1]))
    --end;
  auto begin = end;
  while (begin > 0 && is_name(line[begin - 1]))
    --begin;
  return {CLINIC_PLUGIN_UNIQUE_VIOLATION, "the row is there already", std::string(line.substr(begin, end - begin))};
}

/// Copies as much as fits, never half a UTF-8 sequence.
inline void copy_text(char* to, std::size_t size, std::string_view text) {
  std::size_t length = std::min(size - 1, text.size());
  if (length < text.size())
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
      --length;
  if (length > 0) std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

/// Fills the host's error and answers the code.
inline int report(const Failure& failure, clinic_plugin_error& error) {
  error.code = failure.code;
  error.native_code = failure.native_code;
  copy_text(error.constraint, sizeof error.constraint, failure.constraint);
  copy_text(error.message, sizeof error.message, failure.message);
  return failure.code;
}

}  // namespace
}  // namespace clinic::mapping
