#include "base/log.hpp"

#include "base/formats.hpp"

#include <clinic/description.hpp>

#include <cstdio>
#include <string>

namespace clinic {

void Log::operator()(LogLevel level, std::string_view line) const {
  if (!wants(level)) return;
  if (sink_) {
    sink_(level, line);
    return;
  }
  auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string text = format_timestamp(now);
  text.append(" clinic ").append(word(level)).append(": ").append(line).append("\n");
  std::fwrite(text.data(), 1, text.size(), stderr);  // one write, so that lines of several threads do not mix
}

}  // namespace clinic
