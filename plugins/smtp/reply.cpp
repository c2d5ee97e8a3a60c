#include "reply.hpp"

#include <algorithm>
#include <array>

namespace clinic::smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `5.1.1` at the beginning of a text, or nothing.
std::string_view enhanced_status(std::string_view text) {
  const auto word = text.substr(0, text.find(' '));
  if (word.size() < 5 || word.size() > 9 || (word[0] != '2' && word[0] != '4' && word[0] != '5')) return {};
  std::size_t dots = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (word[i] == '.' && is_digit(word[i - 1]))
      ++dots;
    else if (!is_digit(word[i]))
      return {};
  }
  return dots == 2 && word[1] == '.' && is_digit(word.back()) ? word : std::string_view();
}

/// The words of a text that are printable ASCII and no address.
std::string harmless_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const bool harmless =
        !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < 0x7f && c != '@'; });
    if (harmless) words.append(words.empty() ? "" : " ").append(word);
  }
  return words;
}

}  // namespace

std::string Reply::status() const {
  auto text = std::to_string(code);
  if (const auto enhanced = lines.empty() ? std::string_view() : enhanced_status(lines.back()); !enhanced.empty())
    text.append(" ").append(enhanced);
  return text;
}

std::string Reply::queue_id() const {
  constexpr std::size_t longest = 190;
  if (lines.empty()) return {};
  std::string_view text = lines.back();
  if (const auto enhanced = enhanced_status(text); !enhanced.empty())
    text.remove_prefix(std::min(text.size(), enhanced.size() + 1));
  const auto words = harmless_words(text);
  // Postfix and those who answer like it; Exim
  for (const std::string_view before : {"queued as ", "id="})
    if (const auto at = words.find(before); at != words.npos) {
      const auto id = std::string_view(words).substr(at + before.size());
      return std::string(id.substr(0, std::min(id.find(' '), longest)));
    }
  constexpr std::array<std::string_view, 3> empty_words{"OK", "Ok", "ok"};
  if (std::find(empty_words.begin(), empty_words.end(), words) != empty_words.end()) return {};
  return words.substr(0, longest);
}

ReplyLine ReplyLine::parse(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return {};
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return {};
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599) return {};
  return {code, line.size() == 3 || line[3] == ' ', line.substr(std::min<std::size_t>(line.size(), 4))};
}

}  // namespace clinic::smtp
