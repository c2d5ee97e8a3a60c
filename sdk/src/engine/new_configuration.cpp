#include "base/ids.hpp"
#include "base/new_file.hpp"

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>
#include <clinic/new_configuration.hpp>

#include <boost/algorithm/hex.hpp>

#include <array>
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
    NewFile made(file);
    made.stream() << json << '\n';
    return made.finish(existing == ExistingFile::kept ? NewFile::Existing::kept : NewFile::Existing::replaced);
  } catch (const std::system_error& failure) {
    throw Error(ErrorCode::configuration_invalid,
                "The configuration file " + file + " cannot be written: " + failure.code().message() + ".");
  }
}

}  // namespace clinic
