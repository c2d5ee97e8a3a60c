#include "base/ids.hpp"
#include "base/new_file.hpp"

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>
#include <clinic/new_configuration.hpp>

#include <boost/algorithm/hex.hpp>

#include <array>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace clinic {

std::string new_secret() {
  constexpr std::size_t bytes = 32;
  std::array<unsigned char, bytes> secret{};
  random_bytes(std::as_writable_bytes(std::span(secret)));
  std::string text;
  boost::algorithm::hex_lower(secret.begin(), secret.end(), std::back_inserter(text));
  return text;
}

bool write_configuration(const std::string& file, std::string_view json, ExistingFile existing) {
  Configuration::from_json(json);
  try {
    const bool replaces = existing == ExistingFile::replaced;
    // The name may be a link, which stays.
    NewFile made(replaces ? std::filesystem::weakly_canonical(file) : std::filesystem::path(file));
    made.stream() << json << '\n';
    if (replaces) made.keep_owner();
    return made.finish(replaces ? NewFile::Existing::replaced : NewFile::Existing::kept);
  } catch (const std::system_error& failure) {
    throw Error(ErrorCode::configuration_invalid,
                "The configuration file " + file + " cannot be written: " + failure.code().message() + ".");
  }
}

}  // namespace clinic
