#include "base/ids.hpp"
#include "base/new_file.hpp"
#include "crypto/password.hpp"

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>
#include <clinic/new_configuration.hpp>

#include <filesystem>
#include <system_error>

namespace clinic {

std::string new_secret() { return generate_token(random_bytes); }

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
