#include "header_list.hpp"

#include <algorithm>
#include <cstdlib>

namespace clinic::http {

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::vector<std::string_view> list_elements(std::string_view value) {
  std::vector<std::string_view> elements;
  for (;;) {
    const auto comma = value.find(',');
    elements.push_back(trimmed(value.substr(0, comma)));
    if (comma == value.npos) return elements;
    value.remove_prefix(comma + 1);
  }
}

Accepted accepted(std::string_view element) {
  const auto semicolon = element.find(';');
  Accepted out{trimmed(element.substr(0, semicolon))};
  const auto quality = semicolon == element.npos ? element.npos : element.find("q=", semicolon);
  if (quality != element.npos) out.quality = std::strtod(std::string(element.substr(quality + 2)).c_str(), nullptr);
  return out;
}

}  // namespace clinic::http
