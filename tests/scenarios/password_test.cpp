/// \file
/// Password hashes and generated passwords.

#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_folder.hpp"

#include "base/ids.hpp"
#include "crypto/password.hpp"

#include <crypt.h>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

using namespace clinic;

TEST_CASE("the published bcrypt vectors verify") {
  const auto vectors = boost::json::parse(test::contents(test::data_folder() + "/bcrypt.json"));
  REQUIRE(vectors.as_array().size() >= 20);
  for (const auto& vector : vectors.as_array()) {
    const std::string password(vector.at("password").as_string()), hash(vector.at("hash").as_string());
    INFO(hash);
    CHECK(verify_password(password, hash));
    CHECK_FALSE(verify_password(password + "x", hash));
    auto other = hash;
    other.back() = other.back() == 'e' ? 'u' : 'e';
    CHECK_FALSE(verify_password(password, other));
  }
}

TEST_CASE("a hash is of the normal form, and one of what was typed verifies what was typed", "[AUTH-3]") {
  const std::string composed = "caf\u00E9 au lait", typed = "cafe\u0301\u00A0au\u3000lait";
  const auto hash = hash_password(typed, 4, random_bytes);
  CHECK(verify_password(composed, hash));
  CHECK(verify_password(typed, hash));
  CHECK_FALSE(verify_password("cafe au lait", hash));
  crypt_data work{};
  const std::string as_typed = crypt_r(typed.c_str(), "$2b$04$abcdefghijklmnopqrstuu", &work);
  CHECK(verify_password(typed, as_typed));
  CHECK_FALSE(verify_password(composed, as_typed));
  CHECK(same_password(typed, composed));
}

TEST_CASE("a hash verifies its own password and no other") {
  const auto hash = hash_password("correct horse battery", 4, random_bytes);
  CHECK(hash.starts_with("$2b$04$"));
  CHECK(verify_password("correct horse battery", hash));
  CHECK_FALSE(verify_password("correct horse batterz", hash));
  CHECK_FALSE(verify_password("", hash));
  CHECK(hash_password("correct horse battery", 4, random_bytes) != hash);  // salted
  for (const auto* broken : {"", "*0", "$2b$", "nonsense"})
    CHECK_FALSE(verify_password("x", broken));
}

TEST_CASE("hashes of other systems verify, but not those that would take for ever", "[AUTH-3][AUTH-8]") {
  for (const char* prefix : {"$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$md5", "$sha1", "$y$", "$gy$"}) {
    INFO(prefix);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    REQUIRE(crypt_gensalt_rn(prefix, 0, "a salt of bytes", 16, setting, sizeof setting));
    crypt_data work{};
    const std::string hash = crypt_rn("the password", setting, &work, sizeof work);
    CHECK(known_hash(hash));
    CHECK(verify_password("the password", hash));
    CHECK_FALSE(verify_password("another", hash));
  }
  CHECK(known_hash("$3$$a9f0dd57e1edab5bb55a9ac0a99c15ec"));
  const std::string tail = "Ro0CUfOqk6cXEKf3dyaM7OhSCvnwM9s4wIX9JeLapehKK5YdLxKcm";
  for (const char* setting :
       {"$2b$17$", "$2b$31$", "$2b$xx$", "$5$rounds=999999999$salt$", "$6$rounds=2000001$salt$",
        "$6$rounds=99999999999999999999$salt$", "$sha1$4294967295$salt$", "$md5,rounds=4294967295$x$", "$y$jGT$salt$",
        "$y$j9zz$salt$", "$gy$jzT$salt$", "$7$zU..../....salt$", "$7$CUzzzz/....salt$"}) {
    INFO(setting);
    CHECK_FALSE(known_hash(setting + tail));
    CHECK_FALSE(verify_password("the password", setting + tail));
  }
}

TEST_CASE("hashes that can never verify, or only slowly, are told without trying", "[AUTH-8]") {
  const std::string salt22 = "abcdefghijklmnopqrstuu", digest31 = "Ro0CUfOqk6cXEKf3dyaM7OhSCvnwM9O";
  const std::string digest43 = "9WNEpu8Mx2S4KNGvbVWKM6clOSoY6.YEl7AYF4DGV04",
                    digest86 = digest43 + digest43.substr(0, 42) + "1";
  const std::string base64 = "aChdZxa+U/bpTeb+Zo9J5pwLhtv0JMaYSFk5Jg+vL4M=";
  const std::vector<std::string> known = {"$2b$12$" + salt22 + digest31,
                                          "$2y$14$" + salt22 + digest31,
                                          "$5$salt$" + digest43,
                                          "$5$rounds=2000000$salt$" + digest43,
                                          "$6$rounds=1000$salt$" + digest86,
                                          "$y$j9T$abcdefgh$" + digest43,
                                          "$y$jDT$$" + digest43,
                                          "$gy$j9T$abzz$" + digest43,
                                          "$7$CU..../....salt$" + digest43,
                                          "pbkdf2_sha256$3000000$salt$" + base64};
  for (const auto& hash : known) {
    INFO(hash);
    CHECK(known_hash(hash));
    CHECK_FALSE(known_hash(hash.substr(0, hash.size() - 1)));  // short of a character
    CHECK_FALSE(known_hash(hash + "a"));
    auto other = hash;
    other[other.size() - 5] = '!';  // no letter of any digest
    CHECK_FALSE(known_hash(other));
  }
  const std::vector<std::string> never_known = {
      "$2b$12$" + salt22.substr(0, 21) + "v" + digest31,  // more bits than a salt has
      "$2b$12$" + salt22 + digest31.substr(0, 30) + "P",  // or a digest
      "$2b$03$" + salt22 + digest31,
      "$2b$15$" + salt22 + digest31,  // too cheap for libxcrypt; seconds
      "$5$a salt that is too long$" + digest43,
      "$6$rounds=999$salt$" + digest86,
      "$6$sa:lt$" + digest86,
      "$6$rounds=2000001$salt$" + digest86,
      "$6$rounds=01000$salt$" + digest86,
      std::string("$y$jFT$"),
      "$y$jFT$abcdefgh$" + digest43,
      "$y$j9T$abcdefgh$",
      "$y$j9T$ab$" + digest43,
      "$y$j9T$abcde$" + digest43,  // a salt of whole bytes ends otherwise
      "$7$GU..../....salt$" + digest43,
      std::string("pbkdf2_sha256$1000$abc$YQ=="),
      "pbkdf2_sha256$3000001$salt$" + base64,
      "pbkdf2_sha256$0$salt$" + base64,
      "pbkdf2_sha256$1000$$" + base64,
      "pbkdf2_sha256$1000$salt$" + base64.substr(0, 42) + "N=",
      std::string(300, '$')};
  for (const auto& never : never_known) {
    INFO(never);
    CHECK_FALSE(known_hash(never));
  }
  // What an older version took still verifies at a login, though it takes seconds.
  char setting[] = "$2b$15$abcdefghijklmnopqrstuu";
  crypt_data work{};
  const std::string slow = crypt_rn("the password", setting, &work, sizeof work);
  CHECK_FALSE(known_hash(slow));
  CHECK(verify_password("the password", slow));
}

TEST_CASE("temporary passwords are uniform over an unambiguous alphabet", "[PORTAL-5]") {
  constexpr std::size_t many = 20000, length = 12;
  std::map<char, double> seen;
  std::set<std::string> passwords;
  for (std::size_t i = 0; i < many; ++i) {
    const auto password = generate_password(length, random_bytes);
    REQUIRE(password.size() == length);
    REQUIRE(password.find_first_of("0O1lI") == password.npos);
    REQUIRE(std::any_of(password.begin(), password.end(), [](unsigned char c) { return std::isupper(c); }));
    REQUIRE(std::any_of(password.begin(), password.end(), [](unsigned char c) { return std::islower(c); }));
    REQUIRE(std::any_of(password.begin(), password.end(), [](unsigned char c) { return std::isdigit(c); }));
    passwords.insert(password);
    for (char c : password)
      ++seen[c];
  }
  CHECK(passwords.size() == many);
  CHECK(seen.size() == 23 + 24 + 8);  // without I, L and O; l and o; 0 and 1
  // That each kind occurs favours the digits a little, since they are few: within a kind it must be uniform.
  constexpr std::array<int (*)(int), 3> kinds = {std::isupper, std::islower, std::isdigit};
  for (auto* kind : kinds) {
    double total = 0, letters = 0, square = 0;
    for (const auto& [c, count] : seen)
      if (kind(static_cast<unsigned char>(c))) total += count, ++letters;
    const double expected = total / letters;
    for (const auto& [c, count] : seen)
      if (kind(static_cast<unsigned char>(c))) square += (count - expected) * (count - expected) / expected;
    // Chi-square with at most 24 degrees of freedom is above 66 once in 100,000 runs.
    CHECK(square < 66);
  }
  for (std::size_t other : {8u, 64u})
    CHECK(generate_password(other, random_bytes).size() == other);
}
