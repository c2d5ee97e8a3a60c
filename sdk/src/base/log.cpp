#include "base/log.hpp"

#include "base/formats.hpp"

#include <clinic/description.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace clinic {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace

void Log::operator()(LogLevel level, std::string_view line) const {
  if (!wants(level)) return;
  std::string readable;
  if (std::any_of(line.begin(), line.end(), is_control)) {
    // A gateway's or a driver's text must not look like another line of the log (CWE-117).
    readable = line;
    std::replace_if(readable.begin(), readable.end(), is_control, ' ');
    line = readable;
  }
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
