#include "support/canaries.hpp"

#include <Poco/Base64Encoder.h>

#include <boost/algorithm/hex.hpp>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace clinic::test {
namespace {

constexpr std::size_t shortest = 8;

std::string base64(const std::string& bytes, int options) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out, options);
  encoder.rdbuf()->setLineLength(0);
  encoder << bytes;
  encoder.close();
  return out.str();
}

/// What is the same in the base64 of every text in which the bytes begin `before` bytes behind a group of three:
/// without the characters that share bits with what stands beside.
std::string base64_within(const std::string& bytes, std::size_t before, int options) {
  const auto first = (before * 8 + 5) / 6, end = (before + bytes.size()) * 8 / 6;
  return base64(std::string(before, '\0') + bytes, options).substr(first, end - first);
}

}  // namespace

Canary::Canary(std::string what, std::string secret) : what_(std::move(what)) {
  if (secret.size() < shortest) throw std::logic_error(what_ + " is too short to be looked for");
  forms_.push_back({"as it is", secret});
  forms_.push_back({"in hexadecimal", boost::algorithm::hex_lower(secret)});
  forms_.push_back({"in HEXADECIMAL", boost::algorithm::hex(secret)});
  for (std::size_t before = 0; before < 3; ++before)
    for (const auto& [name, options] :
         {std::pair{"in base64", 0}, std::pair{"in base64url", int{Poco::BASE64_URL_ENCODING}}}) {
      auto text = base64_within(secret, before, options);
      if (std::none_of(forms_.begin(), forms_.end(), [&](const Form& form) { return form.text == text; }))
        forms_.push_back({name, std::move(text)});
    }
}

std::string Canary::found_in(std::string_view text) const {
  for (const auto& form : forms_)
    if (text.find(form.text) != text.npos) return what_ + " " + form.name;
  return {};
}

std::string Canaries::add(const std::string& what, const std::string& secret) {
  if (std::none_of(canaries_.begin(), canaries_.end(), [&](const Canary& each) { return each.secret() == secret; }))
    canaries_.emplace_back(what, secret);
  return secret;
}

std::vector<std::string> Canaries::found_in(std::string_view place, std::string_view text) const {
  std::vector<std::string> findings;
  for (const auto& canary : canaries_)
    if (const auto found = canary.found_in(text); !found.empty()) findings.push_back(std::string(place) + ": " + found);
  return findings;
}

}  // namespace clinic::test
