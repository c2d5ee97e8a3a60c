#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::sms {

/// What stands for the placeholders: the URL's options, and the message's own (`to`, `text`, `id`, `receipt_url`).
using Values = std::map<std::string, std::string, std::less<>>;
using Names = std::set<std::string, std::less<>>;

/// How a value is written where its placeholder stands. The text around it stays as the file has it.
enum class Escape { none, url };

/// Percent-encodes all but the characters that RFC 3986 calls unreserved.
std::string url_encoded(std::string_view text);

/// A text with placeholders, such as `Bearer {token}`. `{{` is a brace.
class Template {
 public:
  Template() = default;
  /// Throws plugin::Failure(REFUSED), which names `where` in the gateway file, at a placeholder that is none of
  /// `known`.
  Template(std::string_view text, const Names& known, const std::string& where);

  /// Every value is put in once: braces in a value are only braces.
  std::string expand(const Values& values, Escape escape) const;
  /// Whether it has placeholders, all of which are empty: its field is then left out.
  bool vanishes(const Values& values) const;
  bool uses(std::string_view placeholder) const;
  bool empty() const { return pieces_.empty(); }

 private:
  struct Piece {
    std::string text;  ///< or the placeholder's name
    bool placeholder;
  };
  std::vector<Piece> pieces_;
};

}  // namespace clinic::sms
