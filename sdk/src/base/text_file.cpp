#include "base/text_file.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace clinic {

std::optional<std::string> read_text_file(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(file, unknown)) return std::nullopt;
  std::ifstream in(file);
  std::ostringstream text;
  if (in.peek() != std::ifstream::traits_type::eof()) text << in.rdbuf();
  if (!in.is_open() || in.bad() || text.bad()) return std::nullopt;
  return text.str();
}

}  // namespace clinic
