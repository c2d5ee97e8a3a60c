#include "table/words.hpp"

#include <clinic/text.hpp>

#include <algorithm>

namespace clinic::bindings {

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string result;
  for (const auto& part : parts) {
    if (&part != &parts.front()) result += between;
    result += part;
  }
  return result;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    auto end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string kebab(std::string_view snake_case) {
  std::string result(snake_case);
  std::replace(result.begin(), result.end(), '_', '-');
  return result;
}

std::string snake(std::string_view kebab_case) {
  std::string result(kebab_case);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto longer = std::find_if(candidates.begin(), candidates.end(),
                                   [&](const auto& candidate) { return !word.empty() && candidate.starts_with(word); });
  if (longer != candidates.end()) return *longer;
  return std::string(suggestion(word, {candidates.begin(), candidates.end()}));
}

}  // namespace clinic::bindings
