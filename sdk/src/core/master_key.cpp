#include "master_key.hpp"

#include "storage_url.hpp"
#include "text_file.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

namespace clinic {
namespace {

MasterKey from_hex(std::string_view hex, const std::string& origin) {
  MasterKey key{};
  try {
    std::vector<unsigned char> bytes;
    boost::algorithm::unhex(hex.begin(), hex.end(), std::back_inserter(bytes));
    if (bytes.size() == key.size()) {
      std::copy(bytes.begin(), bytes.end(), key.begin());
      return key;
    }
  } catch (const boost::algorithm::hex_decode_error&) {
    // told below, without what was found
  }
  throw Error(ErrorCode::configuration_invalid, "The master key in " + origin + " is not 64 hexadecimal digits.");
}

std::optional<std::string> read_key_file(const std::filesystem::path& file) {
  auto text = read_text_file(file);
  if (text) boost::algorithm::trim(*text);
  return text;
}

/// Another process may make the file at the same moment: it is written beside its place, made durable, and linked
/// there, which only the first can.
void make_key_file(const std::filesystem::path& file, const RandomSource& random) {
  MasterKey key{};
  random(std::as_writable_bytes(std::span(key)));
  std::string text;
  boost::algorithm::hex_lower(key.begin(), key.end(), std::back_inserter(text));
  text += '\n';
  std::string temporary = file.string() + ".XXXXXX";
  int descriptor = mkstemp(temporary.data());  // mode 0600
  bool written = descriptor >= 0 &&
                 ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                 ::fsync(descriptor) == 0;
  int failure = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (written && ::link(temporary.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    failure = errno;
    written = false;
  }
  if (descriptor >= 0) ::unlink(temporary.c_str());
  if (written) {  // the name itself must last, too, before anything is encrypted with the key
    const auto folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened >= 0) {
      ::fsync(opened);  // some file systems know no fsync of a folder, and need none
      ::close(opened);
    }
  }
  if (!written)
    throw Error(ErrorCode::key_missing,
                "The key file " + file.string() + " cannot be made: " + std::strerror(failure) + ".");
}

MasterKey present_key(const Configuration& configuration, bool has_data, const Environment& environment,
                      const Log& log) {
  const auto& random = environment.random;
  if (configuration.master_key) return from_hex(*configuration.master_key, "the configuration");
  if (environment.master_key) return from_hex(environment.master_key(), "the host's callback");
  StorageUrl url(configuration.storage);
  std::filesystem::path file;
  if (configuration.master_key_file) {
    file = *configuration.master_key_file;
  } else if (url.in_memory()) {
    MasterKey key{};
    random(std::as_writable_bytes(std::span(key)));
    return key;
  } else if (auto database = url.database_file()) {
    file = *database + ".key";
  } else {
    throw Error(
        ErrorCode::key_missing,
        "A database on a server needs a key: give master_key or master_key_file in the configuration. Where it is "
        "loaded with the environment, as the command line does, CLINIC_MASTER_KEY or CLINIC_MASTER_KEY_FILE will do.");
  }
  auto found = read_key_file(file);
  if (!found) {
    std::error_code unknown;
    if (std::filesystem::exists(file, unknown))
      throw Error(ErrorCode::key_missing, "The key file " + file.string() + " is no file that can be read.");
    if (has_data || !url.database_file())
      throw Error(ErrorCode::key_missing,
                  "The key file " + file.string() +
                      " is not there. Restore it from the backup: what was encrypted with it cannot "
                      "be read without it.");
    make_key_file(file, random);
    log(LogLevel::info, "made the key file " + file.string() + "; back it up with the database");
    found = read_key_file(file);
    if (!found) throw Error(ErrorCode::key_missing, "The key file " + file.string() + " cannot be read.");
  }
  return from_hex(*found, file.string());
}

}  // namespace

MasterKeys master_keys(const Configuration& configuration, bool has_data, const Environment& environment,
                       const Log& log) {
  MasterKeys keys{present_key(configuration, has_data, environment, log)};
  for (const auto& hex : configuration.previous_master_keys)
    keys.push_back(from_hex(hex, "previous_master_keys"));
  return keys;
}

}  // namespace clinic
