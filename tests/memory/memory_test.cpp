/// \file
/// Secrets that a process has used and freed are not in its memory any more (AUDIT-4): what the SDK holds, it wipes.

#include "process_memory.hpp"

#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

#include <map>
#include <random>

using namespace clinic::test;

namespace {

/// Nobody else has it in memory by chance.
std::string random_text() {
  static std::random_device random;
  std::string text;
  while (text.size() < 48)
    text += "0123456789abcdef"[random() % 16];
  return text;
}

/// What is left of a secret. Memory that is freed loses its first bytes to the allocator, so pieces are looked for,
/// too.
std::string left_of(const std::string& secret, const ProcessMemory& memory) {
  constexpr std::size_t piece = 12;
  std::string left;
  for (std::size_t at = 0; at + piece <= secret.size(); at += piece / 2)
    for (const auto& place : memory.places_of(secret.substr(at, piece)))
      left += std::to_string(at) + " in " + place + ", ";
  return left;
}

}  // namespace

TEST_CASE("a closed clinic leaves no password and no token in memory", "[AUDIT-4]") {
  const std::string face = GENERATE("typed", "json");
  CAPTURE(face);
  const TempFolder folder;
  Process user({clinic::test::secret_user(), face, folder.file("clinic.db")});
  std::vector<std::string> given;
  while (given.size() < 4)
    given.push_back(random_text());
  for (const auto& password : given)
    user.say(password);
  std::vector<std::string> answered;
  for (auto line = user.line(); line != "closed"; line = user.line()) {
    REQUIRE(line);
    answered.push_back(*line);
  }
  REQUIRE(answered.size() == 6);
  CHECK(answered.back() == "freed with a password: 0");
  const ProcessMemory memory(user.id());
  REQUIRE_FALSE(memory.places_of(folder.file("clinic.db")).empty());  // what is there is found
  for (const auto& secret : given)
    CHECK(left_of(secret, memory) == "");
  const auto secret_part = [](const std::string& token) { return token.substr(token.rfind('.') + 1); };
  for (const auto& refresh_token : {answered[1], answered[3]})
    CHECK(left_of(secret_part(refresh_token), memory) == "");
  CHECK(left_of(answered[4], memory) == "");  // the temporary password
  // Pieces of access tokens stay behind in the library that signs them, until they are overwritten.
  for (const auto& access_token : {answered[0], answered[2]})
    CHECK(memory.places_of(access_token).empty());
  user.close_input();
  CHECK(user.wait() == 0);
}
