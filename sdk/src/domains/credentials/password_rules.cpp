#include "domains/credentials/password_rules.hpp"

#include "base/formats.hpp"
#include "base/wiping.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include <zxcvbn.h>
#include <cstdlib>

namespace clinic {
namespace {

/// zxcvbn's estimate of the bits that a guesser who knows the common passwords, names and patterns needs. Below this a
/// password is one of the lists, or one of them in a usual disguise.
constexpr double least_bits = 15;

/// With a part as short as an initial half the alphabet would be the person's own.
constexpr std::size_t shortest_part = 3;

/// The words, and those of which an email, a double name or a username is made.
std::vector<std::string> with_parts(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const auto& word : words) {
    std::vector<std::string> parts;
    const auto whole = password_form(word);
    boost::algorithm::split(parts, whole, boost::algorithm::is_any_of(" @._+-'"));
    if (!whole.empty()) all.push_back(whole);
    for (auto& part : parts)
      if (part.size() >= shortest_part && part != whole) all.push_back(std::move(part));
  }
  return all;
}

}  // namespace

void check_password(const Policy& policy, std::string_view password, const std::string& path,
                    const std::vector<std::string>& words) {
  const auto refuse_password = [&](const char* code, std::string message) {
    throw Error(ErrorCode::validation_failed, {}, {{path, code, std::move(message)}});
  };
  const auto least = static_cast<std::size_t>(policy.password_min_length);
  std::string form = password_form(password);
  const Wiped wiped(form);
  if (code_points(form) < least)
    refuse_password("too_short", "The password needs at least " + std::to_string(least) + " characters.");
  const auto own = with_parts(words);
  std::vector<const char*> dictionary;
  for (const auto& word : own)
    dictionary.push_back(word.c_str());
  dictionary.push_back(nullptr);
  if (ZxcvbnMatch(form.c_str(), dictionary.data(), nullptr) < least_bits)
    refuse_password("too_common", "This password is too easy to guess; use a longer one, or several words.");
}

std::vector<std::string> words_of(const User& user) {
  return {user.username, user.email.value_or(""), user.phone.value_or(""), user.first_name.value_or(""),
          user.last_name.value_or("")};
}

}  // namespace clinic
