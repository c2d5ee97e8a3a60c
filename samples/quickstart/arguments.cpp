#include "arguments.hpp"

#include <filesystem>
#include <stdexcept>
#include <string_view>

const char* const usage =
    "usage: quickstart [--storage URL] [--data FILE] [--json]\n"
    "  --storage  database to make, default sqlite: in the temporary folder; made anew each time, but only if it is "
    "this demo's own\n"
    "  --data     CSV file of Febrl's form, default the one that comes with the sample\n"
    "  --json     print the counts as JSON\n";

Arguments parse_arguments(int count, char** values) {
  Arguments arguments;
  arguments.storage = "sqlite:" + (std::filesystem::temp_directory_path() / "clinic-demo" / "clinic.db").string();
  arguments.data = QUICKSTART_DATA;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = values[i];
    if (word == "--json") {
      arguments.json = true;
    } else if ((word == "--storage" || word == "--data") && i + 1 < count) {
      (word == "--data" ? arguments.data : arguments.storage) = values[++i];
    } else {
      throw std::invalid_argument("not understood: " + std::string(word));
    }
  }
  return arguments;
}
