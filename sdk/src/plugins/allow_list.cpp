#include "plugins/allow_list.hpp"

#include <Poco/Crypto/DigestEngine.h>
#include <Poco/String.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace clinic {

std::string sha256_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Poco::Crypto::DigestEngine digest("SHA256");
  std::array<char, 65536> part;
  while (in.read(part.data(), part.size()), in.gcount() > 0)
    digest.update(part.data(), static_cast<unsigned>(in.gcount()));
  if (!in.eof() || in.bad()) throw std::runtime_error("cannot be read");
  return Poco::DigestEngine::digestToHex(digest.digest());
}

std::string refused_by_allow_list(const std::filesystem::path& canonical_file, std::span<const AllowedPlugin> allowed) {
  if (allowed.empty()) return {};
  std::string expected;
  for (const auto& entry : allowed) {
    std::error_code error;
    if (!std::filesystem::equivalent(entry.file, canonical_file, error) || error) continue;
    const auto found = sha256_of_file(canonical_file);
    if (Poco::icompare(entry.sha256, found) == 0) return {};
    expected += (expected.empty() ? "" : " or ") + entry.sha256;
    expected += ", found " + found;
  }
  if (expected.empty()) return "not on the allow-list (allowed_plugins)";
  return "changed since it was allowed (allowed_plugins): expected SHA-256 " + expected;
}

}  // namespace clinic
