#pragma once

#include <clinic/plugin/plugin.hpp>

#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

using plugin::Failure;

/// A unique violation from a server's message about a duplicate. In any language the message ends with the name of the
/// index in quotes: `… violates unique constraint "users_email_key_u"`, `Duplicate entry '…' for key
/// 'users_email_key_u'`. Transaction::explain makes fields of the index's name.
inline Failure unique_violation(std::string_view message) {
  const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  auto end = message.size();
  while (end > 0 && !is_name(message[end - 1]))
    --end;
  auto begin = end;
  while (begin > 0 && is_name(message[begin - 1]))
    --begin;
  return {CLINIC_PLUGIN_UNIQUE_VIOLATION, "the row is there already", std::string(message.substr(begin, end - begin))};
}

}  // namespace
}  // namespace clinic::mapping
