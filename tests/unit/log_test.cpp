#include "base/log.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace clinic;

TEST_CASE("what somebody else's text brings along makes no line of its own in the log", "[AUDIT-4]") {
  std::vector<std::string> lines;
  const Log log(LogLevel::info, [&](LogLevel, std::string_view line) { lines.emplace_back(line); });
  log(LogLevel::warning, "450 later\r\n2026-11-29 clinic error: all is lost\x1b[2J\x7f");
  log(LogLevel::warning, "Grüße");
  log(LogLevel::debug, "nobody wants this");
  CHECK(lines == std::vector<std::string>{"450 later  2026-11-29 clinic error: all is lost [2J ", "Grüße"});
}
