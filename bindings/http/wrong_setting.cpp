#include "wrong_setting.hpp"

#include <clinic/error.hpp>

#include <utility>

namespace clinic::http {

std::string element_of(std::string_view setting, std::size_t index) {
  return std::string(setting) + "[" + std::to_string(index) + "]";
}

void refuse_setting(std::string setting, std::string code, std::string message) {
  throw Error(ErrorCode::configuration_invalid, {}, {{std::move(setting), std::move(code), std::move(message)}});
}

}  // namespace clinic::http
