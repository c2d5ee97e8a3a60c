/// \file
/// Writes the reference documents, or says which of the committed ones are out of date.

#include "pages.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>

namespace {

struct Page {
  const char* file;
  std::string (*text)();
};

constexpr Page pages[] = {
    {"operations.md", clinic::docs::operations_page},
    {"access.md", clinic::docs::access_page},
    {"endpoints.md", clinic::docs::endpoints_page},
    {"errors.md", clinic::docs::errors_page},
    {"configuration.md", clinic::docs::configuration_page},
    {"data_dictionary.md", clinic::docs::data_dictionary_page},
    {"records.md", clinic::docs::records_page},
};

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Shows the first line that differs.
void show_difference(std::string_view committed, std::string_view generated) {
  auto [left, right] = std::mismatch(committed.begin(), committed.end(), generated.begin(), generated.end());
  auto line_at = [](std::string_view text, auto position) {
    auto offset = static_cast<std::size_t>(position - text.begin());
    auto begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
    return text.substr(begin, text.find('\n', offset) - begin);
  };
  std::cerr << "  committed: " << line_at(committed, left) << "\n  generated: " << line_at(generated, right) << '\n';
}

}  // namespace

int main(int count, char** values) try {
  const std::string_view mode = count == 3 ? values[1] : "";
  if (mode != "--write" && mode != "--check") {
    std::cerr << "usage: clinic_docs --write|--check FOLDER\n";
    return 2;
  }
  bool same = true;
  for (const auto& page : pages) {
    const auto path = std::filesystem::path(values[2]) / page.file;
    const auto text = page.text();
    const auto committed = content(path);
    if (committed == text) continue;
    if (mode == "--write") {
      std::ofstream(path, std::ios::binary) << text;
      std::cout << "wrote " << path.string() << '\n';
    } else {
      same = false;
      std::cerr << path.string() << " is out of date: run ./dev docs\n";
      show_difference(committed, text);
    }
  }
  return same ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "clinic_docs: " << error.what() << '\n';
  return 1;
}
