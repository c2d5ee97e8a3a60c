#include "quirks.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace clinic::conformance {

namespace {

void read_quirks(Quirks& quirks, const boost::json::object& file) {
  for (const auto& [key, value] : file) {
    if (key == "impatient") {
      quirks.impatient_options = value.at("options").as_string();
      quirks.impatience = std::chrono::milliseconds(value.at("milliseconds").as_int64());
    } else if (key == "skip") {
      for (const auto& [check, reason] : value.as_object())
        quirks.skip[check] = reason.as_string();
    } else {
      throw std::runtime_error("unknown key " + std::string(key));
    }
  }
}

}  // namespace

Quirks quirks_beside(const std::filesystem::path& plugin) {
  const auto path = std::filesystem::path(plugin).replace_extension(".quirks.json");
  Quirks quirks;
  std::ifstream file(path);
  if (!file) return quirks;
  std::ostringstream text;
  text << file.rdbuf();
  try {
    read_quirks(quirks, boost::json::parse(text.str()).as_object());
  } catch (const std::exception& failure) {
    throw std::runtime_error(path.string() + ": " + failure.what());
  }
  return quirks;
}

}  // namespace clinic::conformance
