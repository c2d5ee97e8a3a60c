#pragma once

#include <span>
#include <string_view>

namespace clinic::sms {

/// A gateway file that is compiled in: gateways/NAME.json.
struct Preset {
  std::string_view name, json;
};

std::span<const Preset> presets();

}  // namespace clinic::sms
