/// \file
/// Opening: where the configuration comes from, what is refused, the key file.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "crypto/master_key.hpp"
#include "engine/opening.hpp"

#include <clinic/new_configuration.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

using namespace clinic;
using namespace clinic::test;
using Catch::Matchers::Contains;

namespace {

/// Sets environment variables for as long as it lives.
class Variables {
 public:
  explicit Variables(std::initializer_list<std::pair<const std::string, std::string>> values) : values_(values) {
    for (const auto& [name, value] : values_)
      setenv(name.c_str(), value.c_str(), 1);
  }
  ~Variables() {
    for (const auto& [name, value] : values_)
      unsetenv(name.c_str());
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

 private:
  std::map<std::string, std::string> values_;
};

template <class Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was refused");
  throw std::logic_error("not reached");
}

Error refused(const Configuration& configuration) {
  return error_of([&] { Clinic::open(configuration); });
}

Error refused(const std::string& json) {
  return error_of([&] { Configuration::from_json(json); });
}

unsigned mode(const std::string& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & 0777u;
}

MasterKey key(const Configuration& configuration, bool has_data) {
  static const Log log(LogLevel::off, {});
  Environment environment;
  environment.random = [](std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::byte>(7 + i * i);
  };
  return master_keys(configuration, has_data, environment, log).front();
}

void check_wrong_key(const Error& error, const std::string& path, const std::string& message) {
  CHECK(error.code() == ErrorCode::key_wrong);
  REQUIRE(error.fields().size() == 1);
  CHECK(error.fields()[0].path == path);
  CHECK(error.fields()[0].code == "invalid_format");
  CHECK(error.fields()[0].message == message);
  CHECK(error.detail() == message);
}

}  // namespace

TEST_CASE("a configuration file is written whole, for its owner alone, and never over another", "[CONF-1][CONF-3]") {
  const TempFolder folder;
  const auto file = folder.file("clinic.json");
  const auto text = [&] { return Configuration::load(file).storage; };
  CHECK(write_configuration(file, R"({"storage":"sqlite:first.db"})"));
  struct stat found {};
  REQUIRE(stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);

  CHECK_FALSE(write_configuration(file, R"({"storage":"sqlite:second.db"})"));
  CHECK(text() == "sqlite:first.db");
  CHECK(write_configuration(file, R"({"storage":"sqlite:second.db"})", ExistingFile::replaced));
  CHECK(text() == "sqlite:second.db");

  const auto wrong = error_of([&] { write_configuration(file, R"({"storag":"x"})", ExistingFile::replaced); });
  CHECK(wrong.fields().at(0).path == "storag");
  CHECK(text() == "sqlite:second.db");
  const auto nowhere = error_of([&] { write_configuration(folder.file("no/clinic.json"), "{}"); });
  CHECK(nowhere.code() == ErrorCode::configuration_invalid);
  CHECK_THAT(nowhere.detail(), Contains("no/clinic.json"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);  // nothing unfinished stays
}

TEST_CASE("a new secret will do for every key of the configuration", "[CONF-3]") {
  const auto secret = new_secret();
  CHECK(secret != new_secret());
  Configuration configuration;
  configuration.storage = "sqlite::memory:";
  configuration.master_key = secret;
  configuration.token_secret = new_secret();
  CHECK_NOTHROW(Clinic::open(configuration));
}

TEST_CASE("an unknown key is refused with what was meant", "[CONF-1]") {
  const auto error = refused(R"({"storage":"sqlite:x.db","storge_plugin":"/x","policy":{}})");
  CHECK(error.code() == ErrorCode::configuration_invalid);
  REQUIRE(error.fields().size() == 1);
  CHECK(error.fields()[0].path == "storge_plugin");
  CHECK_THAT(error.fields()[0].message, Contains("storage_plugin"));

  TempFolder folder;
  const auto policy =
      refused(test_configuration("sqlite:" + folder.file("c.db"), "standard", R"({"match_kees":["email"]})"));
  REQUIRE(policy.fields().size() == 1);
  CHECK(policy.fields()[0].path == "policy.match_kees");
  CHECK_THAT(policy.fields()[0].message, Contains("match_keys"));
}

TEST_CASE("wrong values are refused by their path", "[CONF-1]") {
  CHECK(refused(R"({"log_level":"loud"})").fields().at(0).path == "log_level");
  CHECK(refused(R"({"migrate":"yes"})").fields().at(0).path == "migrate");
  CHECK(error_of([] { Configuration::from_json("no json"); }).code() == ErrorCode::malformed_json);
  TempFolder folder;
  const std::string storage = "sqlite:" + folder.file("c.db");
  const std::map<std::string, std::string> policies = {
      {R"({"time_zone":"Mars/Olympus"})", "policy.time_zone"},
      {R"({"match_keys":[]})", "policy.match_keys"},
      {R"({"temporary_password_length":3})", "policy.temporary_password_length"},
      {R"({"password_hash_cost":99})", "policy.password_hash_cost"},
      {R"({"default_region":"XX"})", "policy.default_region"},
      {R"({"on_match":"guess"})", "policy.on_match"}};
  for (const auto& [policy, path] : policies) {
    INFO(policy);
    const auto error = refused(test_configuration(storage, "standard", policy));
    CHECK(error.code() == ErrorCode::configuration_invalid);
    CHECK(error.fields().at(0).path == path);
  }
  CHECK_THAT(refused(test_configuration(storage, "portl")).what(), Contains("portal"));
  CHECK(refused(test_configuration("nothing")).fields().at(0).path == "storage");
  CHECK(refused(Configuration{}).code() == ErrorCode::configuration_invalid);
}

TEST_CASE("a region may be written in small letters", "[CONF-1]") {
  TempFolder folder;
  CHECK(Clinic::open(test_configuration("sqlite:" + folder.file("c.db"), "standard", R"({"default_region":"ke"})"))
            .policy()
            .default_region == "KE");
}

TEST_CASE("what is no file that can be read is named with its path", "[CONF-1][CONF-3]") {
  TempFolder folder;
  const auto directory = folder.file("directory"), pipe = folder.file("pipe");
  std::filesystem::create_directory(directory);
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  for (const auto& file : {directory, pipe}) {
    INFO(file);
    const auto configuration = error_of([&] { Configuration::load(file); });
    CHECK(configuration.code() == ErrorCode::configuration_invalid);
    CHECK_THAT(configuration.detail(), Contains(file));
    const auto profile = refused(test_configuration("sqlite:" + folder.file("c.db"), file));
    CHECK(profile.code() == ErrorCode::configuration_invalid);
    REQUIRE(profile.fields().size() == 1);
    CHECK(profile.fields()[0].path == "profile");
    CHECK_THAT(profile.fields()[0].message, Contains(file));
    auto keyed = test_configuration("sqlite:" + folder.file("c.db"));
    keyed.master_key_file = file;
    const auto key = refused(keyed);
    CHECK(key.code() == ErrorCode::key_missing);
    CHECK_THAT(key.detail(), Contains(file));
  }
}

TEST_CASE("a broken configuration file is told as one, by its name", "[CONF-1]") {
  TempFolder folder;
  for (const auto* text : {"{", "[]", R"({"storage":1})", R"({"storge":"x"})"}) {
    INFO(text);
    const auto file = folder.write("broken.json", text);
    const auto error = error_of([&] { Configuration::load(file); });
    CHECK(error.code() == ErrorCode::configuration_invalid);
    CHECK_THAT(error.detail(), Contains(file));
    CHECK_THAT(error.what(), !Contains("request"));
  }
  const auto file = folder.write("broken.json", R"({"storge":"x"})");
  CHECK(error_of([&] { Configuration::load(file); }).fields().at(0).path == "storge");
}

TEST_CASE("a list that is given replaces the default", "[CONF-1]") {
  TempFolder folder;
  const auto clinic =
      Clinic::open(test_configuration("sqlite:" + folder.file("c.db"), "standard", R"({"match_keys":["phone"]})"));
  CHECK(clinic.policy().match_keys == std::vector<MatchKey>{MatchKey::phone});
}

TEST_CASE("code goes before environment, environment before file, file before profile", "[CONF-1]") {
  TempFolder folder;
  const auto file = folder.write(
      "clinic.json", R"({"storage":"sqlite:file.db","profile":"portal","log_level":"debug","policy":{"locale":"ar"}})");
  CHECK(Configuration::load(file).storage == "sqlite:file.db");
  const Variables variables{{"CLINIC_STORAGE", "sqlite:environment.db"},
                            {"CLINIC_LOG_LEVEL", "error"},
                            {"CLINIC_PLUGIN_DIRECTORIES", "/a:/b"},
                            {"CLINIC_MIGRATE", "false"}};
  auto configuration = Configuration::load(file);
  CHECK(configuration.storage == "sqlite:environment.db");
  CHECK(configuration.log_level == LogLevel::error);
  CHECK(configuration.profile == "portal");
  CHECK(configuration.plugin_directories == std::vector<std::string>{"/a", "/b"});
  CHECK_FALSE(configuration.migrate);
  CHECK(Configuration::load("").storage == "sqlite:environment.db");

  configuration = test_configuration("sqlite:" + folder.file("code.db"), "portal", R"({"locale":"id"})");
  auto clinic = Clinic::open(configuration);
  CHECK(clinic.policy().locale == "id");                             // code
  CHECK(clinic.policy().number_pattern == "LMC{seq:6}");             // profile
  CHECK(clinic.policy().required_contact == RequiredContact::none);  // default

  const auto error = error_of([&] {
    const Variables wrong{{"CLINIC_LOG_LEVEL", "loud"}};
    Configuration::load("");
  });
  CHECK_THAT(error.fields().at(0).message, Contains("CLINIC_LOG_LEVEL"));
  CHECK(error_of([&] { Configuration::load(folder.file("none.json")); }).code() == ErrorCode::configuration_invalid);
}

TEST_CASE("the documents' variables are understood", "[CONF-1]") {
  {
    const Variables document{{"DATABASE_URI", "sqlite:///document.db"}, {"SUPABASE_URI", "postgresql://x"}};
    CHECK(Configuration::load("").storage == "sqlite:///document.db");
    const Variables ours{{"CLINIC_STORAGE", "sqlite:ours.db"}};
    CHECK(Configuration::load("").storage == "sqlite:ours.db");
  }
  const Variables supabase{{"SUPABASE_URI", "postgresql://x"}};
  CHECK(Configuration::load("").storage == "postgresql://x");
  std::set<std::string> known;
  for (const auto& variable : document_variables()) {
    known.emplace(variable.variable);
    CHECK_FALSE(variable.remark.empty());
  }
  for (const auto* name :
       {"DATABASE_URI", "JWT_SECRET_KEY", "JWT_ACCESS_TOKEN_EXPIRES_MINUTES", "JWT_REFRESH_TOKEN_EXPIRES_DAYS",
        "ALLOWED_ORIGINS", "HOST", "PORT", "REDIS_URL", "SUPABASE_URI", "ENVIRONMENT", "FLASK_APP"})
    CHECK(known.count(name) == 1);
}

TEST_CASE("sqlite URLs: relative with three slashes, absolute with four", "[CONF-1]") {
  TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  Clinic::open(test_configuration("sqlite:///relative.db"));
  std::filesystem::current_path(before);
  CHECK(std::filesystem::exists(folder.file("relative.db")));
  CHECK(std::filesystem::exists(folder.file("relative.db.key")));
  Clinic::open(test_configuration("sqlite:///" + folder.file("absolute.db")));
  CHECK(std::filesystem::exists(folder.file("absolute.db")));
  CHECK(std::filesystem::exists(folder.file("absolute.db.key")));
}

TEST_CASE("the embedded default makes a key file for its owner's eyes", "[CONF-3]") {
  TempClinic clinic({.policy = R"({"credential_delivery":"message"})"});
  const auto key_file = clinic.database().file() + ".key";
  CHECK(mode(key_file) == 0600);
  CHECK(contents(key_file).size() == 65);
  const auto made = contents(key_file);
  clinic.reopen();
  CHECK(contents(key_file) == made);

  clinic.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}}, {.idempotency_key = "k"});
  clinic.close();
  std::filesystem::rename(key_file, key_file + ".away");
  const auto error = refused(test_configuration("sqlite:" + clinic.database().file()));
  CHECK(error.code() == ErrorCode::key_missing);
  CHECK_THAT(error.detail(), Contains(key_file));
  CHECK_FALSE(std::filesystem::exists(key_file));  // another one would only hide the loss
  std::ofstream(key_file) << "not hexadecimal";
  check_wrong_key(refused(test_configuration("sqlite:" + clinic.database().file())), "master_key_file",
                  "The master key in " + key_file + " is not 64 hexadecimal digits.");
  std::filesystem::rename(key_file + ".away", key_file);
  clinic.reopen();
  CHECK(clinic.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}}, {.idempotency_key = "k"})
            .at("success")
            .as_bool());
}

TEST_CASE("a key may come from the configuration or a file; a server needs one", "[CONF-3]") {
  Configuration server;
  server.storage = "postgresql://host/clinic";
  for (bool has_data : {false, true})
    CHECK(error_of([&] { key(server, has_data); }).code() == ErrorCode::key_missing);
  TempFolder folder;
  server.master_key_file = folder.file("none");
  CHECK(error_of([&] { key(server, false); }).code() == ErrorCode::key_missing);
  CHECK_FALSE(std::filesystem::exists(folder.file("none")));
  server.master_key_file = folder.write("key", test_key('a') + "\n");
  CHECK(key_text(key(server, false)) == test_key('a') + "\n");
  server.master_key = test_key('b');
  CHECK(key_text(key(server, false)) == test_key('b') + "\n");
  for (const auto& wrong : {std::string("short"), std::string(65, 'a'), std::string(2000, 'a'), std::string(64, 'x'),
                            std::string(63, 'a') + '\n'}) {
    server.master_key = wrong;
    CHECK_NOTHROW(checked(server));  // the form is judged in one place, with the words below
    const auto error = error_of([&] { key(server, false); });
    check_wrong_key(error, "master_key", "The master key in the configuration is not 64 hexadecimal digits.");
    CHECK_THAT(error.what(), !Contains(wrong));
  }
  server.master_key = test_key('b');
  server.previous_master_keys = {std::string(64, 'c'), "short"};
  check_wrong_key(error_of([&] { key(server, false); }), "previous_master_keys[1]",
                  "The master key in previous_master_keys is not 64 hexadecimal digits.");

  Configuration embedded;
  embedded.storage = "sqlite:" + folder.file("x.db");
  CHECK(key(embedded, false)[0] == 7);
  CHECK(mode(folder.file("x.db.key")) == 0600);
  CHECK(key(embedded, true)[0] == 7);
}

TEST_CASE("profiles are files with the policy's keys, and differ as their documents do", "[CONF-2]") {
  TempFolder folder;
  const auto policy_of = [&](const std::string& profile) {
    auto configuration = test_configuration("sqlite:" + folder.file("p.db"));
    configuration.profile = profile;
    configuration.policy.text = "{}";
    return Clinic::open(configuration).policy();
  };
  const auto standard = policy_of("standard"), portal = policy_of("portal"), email = policy_of("email-sync");
  CHECK(standard.on_match == OnMatch::offer);
  CHECK(standard.duplicate_status == 409);
  CHECK(standard.password_hash_cost == 12);
  CHECK(standard.temporary_password_length == 12);
  CHECK(standard.number_pattern == "P{year}{seq:3}");
  CHECK(portal.on_match == OnMatch::reject);
  CHECK(portal.duplicate_status == 400);
  CHECK(portal.number_pattern == "LMC{seq:6}");
  CHECK(portal.login_url == "/patient-portal/login");
  CHECK(email.on_match == OnMatch::link);
  CHECK(email.required_contact == RequiredContact::email);
  CHECK(email.default_birth_date.has_value());
  CHECK_FALSE(standard.default_birth_date.has_value());
  for (const auto* policy : {&standard, &portal, &email})
    CHECK(policy->match_keys.front() == MatchKey::email);

  const auto own = folder.write("own.json", R"({"number_pattern":"OWN{seq:2}"})");
  CHECK(policy_of(own).number_pattern == "OWN{seq:2}");
  auto configuration = test_configuration("sqlite:" + folder.file("p.db"), own);
  const auto version = Clinic::open(configuration).act_as(Actor::anonymous()).system().version();
  CHECK(version.profile == own);
}
