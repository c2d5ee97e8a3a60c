/// \file
/// Who besides the owner may read or write the clinic's files is said when it is opened, and by system.check.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/backup.hpp>

#include <algorithm>
#include <filesystem>

using namespace clinic;
using namespace clinic::test;
namespace fs = std::filesystem;

TEST_CASE("the key file of a backup that others may read is named when it is restored", "[CONF-3][sqlite]") {
  const TestDatabase database, target;
  Clinic::open(test_configuration(database));
  const auto file = database.folder().file("clinic.backup");
  backup(test_configuration(database), file);
  fs::permissions(file + ".key", static_cast<fs::perms>(0644));
  LogLines log;
  Environment environment;
  environment.log = [&](LogLevel, std::string_view line) { log.add(line); };
  restore(test_configuration(target), file, {}, environment);
  const auto lines = log.all();
  CHECK(std::any_of(lines.begin(), lines.end(),
                    [&](const auto& line) { return line.find(file + ".key is open") != line.npos; }));
}

TEST_CASE("files that others may read or write are named, with what closes them", "[CONF-3][sqlite]") {
  TempClinic clinic;
  const auto file = clinic.database().file(), key = file + ".key", folder = fs::path(file).parent_path().string();
  CHECK(clinic.as().system().check().valid);

  struct Case {
    std::string path;
    unsigned mode, closed;
    std::string code;
  };
  const Case cases[] = {{key, 0644, 0600, "key_file_open"},       {key, 0640, 0600, "key_file_open"},
                        {key, 0620, 0600, "key_file_open"},       {file, 0666, 0600, "database_file_open"},
                        {file, 0604, 0600, "database_file_open"}, {folder, 0777, 0700, "folder_open"}};
  for (const auto& [path, mode, closed, code] : cases) {
    INFO(path << " " << std::oct << mode);
    fs::permissions(path, static_cast<fs::perms>(mode));
    const auto checked = clinic.as().system().check();
    CHECK_FALSE(checked.valid);
    REQUIRE_FALSE(checked.problems.empty());
    CHECK(checked.problems[0].code == code);
    CHECK(checked.problems[0].record_type == "file");
    CHECK(checked.problems[0].message.find(path) != std::string::npos);
    clinic.log().clear();
    clinic.reopen();
    const auto lines = clinic.log().all();
    CHECK(std::any_of(lines.begin(), lines.end(),
                      [&](const auto& line) { return line.find(path + " is open") != line.npos; }));
    fs::permissions(path, static_cast<fs::perms>(closed));
    clinic.log().clear();
    clinic.reopen();
    CHECK(clinic.as().system().check().valid);
    CHECK(clinic.log().all().empty());
  }
}
