#include "crypto/hash_forms.hpp"

#include "base/made_once.hpp"

#include <Poco/RegularExpression.h>
#include <crypt.h>

#include <array>
#include <charconv>
#include <limits>
#include <string_view>

namespace clinic {
namespace {

enum class CostIs : std::uint8_t { number, letter };

/// One format (see crypt(5)). The last letter of a digest encodes only its last bits, so only a few letters are
/// possible there.
struct Form {
  HashForm::Made made;
  const char* pattern;  ///< the first group is the cost
  CostIs cost;
  std::uint64_t least, moderate, most;  ///< limits of the cost; each step of bcrypt's and yescrypt's doubles the work
};

constexpr std::string_view letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::uint64_t letter(char c) { return letters.find(c); }

#define ANY "[./0-9A-Za-z]"
#define LAST_2_BITS "[./01]"
#define LAST_4_BITS "[./0-9A-D]"
/// yescrypt encodes whole bytes.
#define BYTES "(?:" ANY "{4}){0,21}(?:" ANY LAST_2_BITS "|" ANY "{2}" LAST_4_BITS ")?"

constexpr auto by_crypt = HashForm::Made::by_crypt;
constexpr std::array forms{
    Form{by_crypt, R"(\$2[abxy]\$(\d\d)\$)" ANY "{21}[.Oeu]" ANY "{30}[.CGKOSWaeimquy26]", CostIs::number, 4, 14, 16},
    Form{by_crypt, R"(\$5\$(?:rounds=([1-9]\d*)\$)?[^$]{0,16}\$)" ANY "{42}" LAST_4_BITS, CostIs::number, 1000,
         2'000'000, 2'000'000},
    Form{by_crypt, R"(\$6\$(?:rounds=([1-9]\d*)\$)?[^$]{0,16}\$)" ANY "{85}" LAST_2_BITS, CostIs::number, 1000,
         2'000'000, 2'000'000},
    Form{by_crypt, R"(\$g?y\$j([./0-9A-Z])[./0-9A-T]\$)" BYTES R"(\$)" ANY "{42}" LAST_4_BITS, CostIs::letter,
         letter('/'), letter('D'), letter('F')},
    Form{by_crypt, R"(\$7\$([./0-9A-Z])U\.{4}/\.{4})" ANY R"({0,86}\$)" ANY "{42}" LAST_4_BITS, CostIs::letter,
         letter('0'), letter('E'), letter('G')},
    Form{by_crypt, R"(\$sha1\$([1-9]\d*)\$)" ANY R"({1,64}\$)" ANY "{28}", CostIs::number, 1, 1'000'000, 2'000'000},
    Form{by_crypt, R"(\$md5(?:,rounds=([1-9]\d*))?\$)" ANY R"({0,16}\${1,2})" ANY "{21}" LAST_2_BITS, CostIs::number, 1,
         500'000, 2'000'000},
    Form{by_crypt, R"(\$1()\$[^$]{0,8}\$)" ANY "{21}" LAST_2_BITS, CostIs::number, 0, 0, 0},
    Form{by_crypt, R"(\$3()\$\$[0-9a-f]{32})", CostIs::number, 0, 0, 0},
    Form{HashForm::Made::by_django, R"(pbkdf2_sha256\$([1-9]\d*)\$([^$]+)\$([0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=))",
         CostIs::number, 1, 3'000'000, 10'000'000},
};

#undef ANY
#undef LAST_2_BITS
#undef LAST_4_BITS
#undef BYTES

std::uint64_t cost_in(const std::string& text, CostIs is) {
  if (is == CostIs::letter) return letter(text.front());
  std::uint64_t cost = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), cost);
  return read.ec == std::errc() ? cost : std::numeric_limits<std::uint64_t>::max();
}

HashForm::Cost judged(const Form& form, const std::string& cost) {
  if (cost.empty()) return HashForm::Cost::moderate;  // no cost in the hash: the format has a fixed one
  const auto found = cost_in(cost, form.cost);
  return found <= form.moderate ? HashForm::Cost::moderate
         : found <= form.most   ? HashForm::Cost::high
                                : HashForm::Cost::excessive;
}

bool possible(const Form& form, const std::string& cost) {
  return cost.empty() || cost_in(cost, form.cost) >= form.least;
}

/// Whether the installed libxcrypt supports the format and accepts the letters of the salt.
bool taken_by_crypt(const std::string& hash) {
  const int answer = crypt_checksalt(hash.c_str());
  return answer != CRYPT_SALT_INVALID && answer != CRYPT_SALT_METHOD_DISABLED;
}

/// The groups of the pattern, the first one at 1; empty where the text does not match.
std::vector<std::string> groups_of(const std::string& text, std::size_t form) {
  using Poco::RegularExpression;
  const auto& compiled = made_once([] {
    std::array<std::unique_ptr<RegularExpression>, forms.size()> made;
    for (std::size_t i = 0; i < forms.size(); ++i)
      made[i] = std::make_unique<RegularExpression>("^(?:" + std::string(forms[i].pattern) + ")$",
                                                    RegularExpression::RE_DOLLAR_ENDONLY);
    return made;
  });
  RegularExpression::MatchVec found;
  compiled[form]->match(text, 0, found);
  std::vector<std::string> groups;
  for (const auto& group : found)
    groups.push_back(group.offset == std::string::npos ? std::string() : text.substr(group.offset, group.length));
  return groups;
}

}  // namespace

std::optional<HashForm> form_of(const std::string& hash) {
  constexpr std::size_t longest = 255;  // the length of the column
  if (hash.size() > longest) return std::nullopt;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const auto groups = groups_of(hash, i);
    if (groups.empty()) continue;
    const auto cost = groups.size() > 1 ? groups[1] : std::string();  // the last group, where it is optional
    if (!possible(forms[i], cost) || (forms[i].made == by_crypt && !taken_by_crypt(hash))) return std::nullopt;
    HashForm form{forms[i].made, judged(forms[i], cost), {}};
    form.parts.assign(groups.begin() + 1, groups.end());
    return form;
  }
  return std::nullopt;
}

}  // namespace clinic
