#include "template.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/URI.h>

#include <algorithm>

namespace clinic::sms {

std::string url_encoded(std::string_view text) {
  std::string encoded;
  // Poco leaves what is allowed somewhere in a URL; a value must not end its field, wherever it stands.
  Poco::URI::encode(std::string(text), "!*'();:@&=+$,/?#[]%\"<>\\^`{|}", encoded);
  return encoded;
}

Template::Template(std::string_view text, const Names& known, const std::string& where) {
  std::string plain;
  const auto keep = [&] {
    if (!plain.empty()) pieces_.push_back({std::move(plain), false});
    plain.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      plain += text[i];
    } else if (text.substr(i + 1, 1) == "{") {
      plain += text[i++];
    } else {
      const auto end = text.find('}', i);
      const auto name = end == text.npos ? std::string_view() : text.substr(i + 1, end - i - 1);
      if (!known.contains(name))
        throw plugin::Failure::refused("the gateway file's " + where + " has the unknown placeholder {" +
                                       std::string(name) + "}");
      keep();
      pieces_.push_back({std::string(name), true});
      i = end;
    }
  }
  keep();
}

std::string Template::expand(const Values& values, Escape escape) const {
  std::string expanded;
  for (const auto& piece : pieces_) {
    if (!piece.placeholder) {
      expanded += piece.text;
    } else if (const auto value = values.find(piece.text); value != values.end()) {
      expanded += escape == Escape::url ? url_encoded(value->second) : value->second;
    }
  }
  return expanded;
}

bool Template::vanishes(const Values& values) const {
  bool has_placeholder = false;
  for (const auto& piece : pieces_) {
    if (!piece.placeholder) continue;
    has_placeholder = true;
    if (const auto value = values.find(piece.text); value != values.end() && !value->second.empty()) return false;
  }
  return has_placeholder;
}

bool Template::uses(std::string_view placeholder) const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [&](const Piece& piece) { return piece.placeholder && piece.text == placeholder; });
}

}  // namespace clinic::sms
