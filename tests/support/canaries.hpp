#pragma once

/// \file
/// Secrets of a test that are looked for wherever they must not be (AUDIT-4).

#include <string>
#include <string_view>
#include <vector>

namespace clinic::test {

/// A text and everything that it could be written as: raw, hexadecimal in small and capital letters, base64 and
/// base64url wherever in the encoded text it begins.
class Canary {
 public:
  /// `what` says whose it is, so that a finding need not show the secret. Throws where the secret is so short that it
  /// would be found by chance.
  Canary(std::string what, std::string secret);

  /// Where it is in the text, in words; empty where it is not.
  std::string found_in(std::string_view text) const;
  const std::string& what() const { return what_; }
  const std::string& secret() const { return forms_.front().text; }

 private:
  struct Form {
    std::string name, text;
  };
  std::string what_;
  std::vector<Form> forms_;
};

class Canaries {
 public:
  /// Answers the secret. The same once more is one.
  std::string add(const std::string& what, const std::string& secret);
  /// One line for each that is in the text.
  std::vector<std::string> found_in(std::string_view place, std::string_view text) const;
  std::size_t size() const { return canaries_.size(); }

 private:
  std::vector<Canary> canaries_;
};

}  // namespace clinic::test
