#include "../support/catch.hpp"
#include "support/folders.hpp"

#include <clinic/error.hpp>

#include <plugins/allow_list.hpp>
#include <plugins/loader.hpp>
#include <plugins/tables.hpp>

#include <boost/dll/runtime_symbol_info.hpp>

#include <unistd.h>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

using namespace clinic;
namespace fs = std::filesystem;

namespace {

const fs::path plugin_dir = test::test_plugin_folder();

fs::path file_of(const std::string& name) { return plugin_dir / ("clinic_" + name + ".so"); }

PluginPaths explicitly(const fs::path& path) {
  PluginPaths paths;
  paths.explicit_path = path;
  return paths;
}

PluginPaths in_folders(std::vector<fs::path> folders) {
  PluginPaths paths;
  paths.directories = std::move(folders);
  return paths;
}

/// The error of loading, which must be of that code.
std::string refusal_of(const PluginPaths& paths, std::string_view kind, std::string_view name,
                       ErrorCode code = ErrorCode::plugin_refused) {
  try {
    load_plugin(paths, kind, name);
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.detail();
  }
  FAIL("not refused: " << name);
  return {};
}

std::string refusal_of(const std::string& name) {
  return refusal_of(explicitly(file_of(name)), CLINIC_PLUGIN_STORAGE, name);
}

bool contains(std::string_view text, std::string_view part) {
  UNSCOPED_INFO("looking for `" << part << "` in `" << text << "`");
  return text.find(part) != text.npos;
}

/// A folder that is gone afterwards.
struct TemporaryFolder {
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "clinic-loader-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  fs::path path;
};

struct EnvironmentVariable {
  explicit EnvironmentVariable(const std::string& value) { ::setenv("CLINIC_PLUGIN_PATH", value.c_str(), 1); }
  ~EnvironmentVariable() { ::unsetenv("CLINIC_PLUGIN_PATH"); }
};

}  // namespace

TEST_CASE("each defect of a plugin is refused in words of its own", "[PLUG-1][core]") {
  struct Case {
    const char* plugin;
    std::vector<std::string> words;
  };
  const auto defect = GENERATE(values<Case>({
      {"text", {"expected a shared library", "invalid ELF header"}},
      {"unresolved", {"expected a shared library", "clinic_function_that_nobody_defines"}},
      {"no_symbol", {"clinic_plugin", "found none"}},
      {"null_manifest", {"expected a manifest", "found null"}},
      {"short_manifest", {"struct_size", "at least 56", "found 40"}},
      {"null_table", {"table", "found null"}},
      {"abi_2", {"expected plugin ABI 1.x", "found 2.0"}},
      {"unknown_kind", {"expected a plugin of kind `storage`", "found kind `painter`"}},
      {"missing_function", {"storage table", "lacks", "update"}},
      {"short_table",
       {"lacks", "touch, erase_where, select, aggregate, health", "struct_size",
        "at least " + std::to_string(offsetof(clinic_storage_table, set_version)),  // which is optional
        "found " + std::to_string(offsetof(clinic_storage_table, touch))}},
      {"misnamed", {"expected the plugin `misnamed`", "found `another_name`"}},
      {"notifier", {"expected a plugin of kind `storage`", "found kind `notifier`"}},
  }));
  const auto text = refusal_of(defect.plugin);
  CHECK(contains(text, file_of(defect.plugin).string()));
  for (const auto& word : defect.words)
    CHECK(contains(text, word));
  CHECK(refusal_of(defect.plugin) == text);  // and again, from a handle that was kept
}

TEST_CASE("a plugin file that is cut off anywhere is refused, and kills nobody", "[PLUG-1][core]") {
  const TemporaryFolder folder;
  const auto file = folder.path / "clinic_memory.so";
  fs::copy_file(file_of("memory"), file);
  const auto whole = fs::file_size(file);
  constexpr std::uintmax_t page = 4096, header = 64;
  std::vector<std::uintmax_t> lengths{whole - 1, 100000};
  for (auto length = whole / page * page; length > 0; length -= page)
    lengths.insert(lengths.end(), {length, length - 1});
  for (auto length = header + 2; length-- > 0;)
    lengths.push_back(length);
  std::sort(lengths.begin(), lengths.end(), std::greater<>());
  for (const auto length : lengths) {
    INFO(length << " of " << whole << " bytes");
    fs::resize_file(file, length);
    const auto text = refusal_of(explicitly(file), CLINIC_PLUGIN_STORAGE, "memory");
    CHECK(contains(text, "found " + std::to_string(length) + ": the file is cut off"));
    CHECK(contains(text, file.string()));
  }
  CHECK(contains(list_plugins(in_folders({folder.path})).at(0).refusal, "the file is cut off"));
  fs::copy_file(file_of("memory"), file, fs::copy_options::overwrite_existing);
  CHECK(load_plugin(explicitly(file), CLINIC_PLUGIN_STORAGE, "memory").path == file);
}

TEST_CASE("a plugin that fits is loaded with a complete table", "[PLUG-1][core]") {
  const auto plugin = load_plugin(explicitly(file_of("memory")), CLINIC_PLUGIN_STORAGE, "memory");
  CHECK(plugin.manifest->name == std::string("memory"));
  CHECK(plugin.path == file_of("memory"));
  const auto& table = storage_table(plugin);
  CHECK(table.struct_size == sizeof table);
  CHECK(table.insert_many != nullptr);
  CHECK_THROWS_AS(notifier_table(plugin), Error);
  CHECK_THROWS_AS(limiter_table(plugin), Error);

  const auto again = load_plugin(in_folders({plugin_dir}), CLINIC_PLUGIN_STORAGE, "memory");
  CHECK(&storage_table(again) == &table);

  const auto plain = load_plugin(explicitly(file_of("loop_insert")), CLINIC_PLUGIN_STORAGE, "loop_insert");
  CHECK(storage_table(plain).insert_many == nullptr);
}

TEST_CASE("an older, shorter table is completed with stubs", "[PLUG-3][core]") {
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  const auto older = load_plugin(in_folders({plugin_dir}), CLINIC_PLUGIN_NOTIFIER, "older_notifier");
  CHECK(notifier_table(older).health(nullptr, &error) == CLINIC_PLUGIN_OK);

  const auto present = load_plugin(in_folders({plugin_dir}), CLINIC_PLUGIN_NOTIFIER, "notifier");
  CHECK(notifier_table(present).health(nullptr, &error) == CLINIC_PLUGIN_UNAVAILABLE);
}

TEST_CASE("a newer, longer table is cut to what this version knows", "[PLUG-3][core]") {
  struct Newer {
    clinic_limiter_table known;
    void (*unknown)();
  } newer{};
  newer.known = {sizeof newer, [](auto...) { return 0; }, [](auto...) {}, [](auto...) { return 0; },
                 [](auto...) { return 0; }};
  newer.unknown = [] {};
  CHECK(complete(newer.known, "a test").struct_size == sizeof(clinic_limiter_table));
  newer.known.take = nullptr;
  CHECK_THROWS_AS(complete(newer.known, "a test"), Error);
}

TEST_CASE("a notifier in C sends and refuses", "[PLUG-1][core]") {
  const auto& table = notifier_table(load_plugin(in_folders({plugin_dir}), CLINIC_PLUGIN_NOTIFIER, "notifier"));
  clinic_plugin_host host{sizeof host, nullptr, CLINIC_LOG_ERROR, nullptr};
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  clinic_notifier* notifier = nullptr;
  REQUIRE(table.open(&host, "notifier:", &notifier, &error) == CLINIC_PLUGIN_OK);
  clinic_outgoing_message message{};
  message.struct_size = sizeof message;
  message.id = "1";
  message.channel = "email";
  message.recipient = "jane@example.com";
  message.locale = "en";
  message.subject = message.text = "Hello";
  CHECK(table.send(notifier, &message, &error) == CLINIC_PLUGIN_OK);
  message.recipient = "refuse@example.com";
  CHECK(table.send(notifier, &message, &error) == CLINIC_PLUGIN_REFUSED);
  CHECK(std::string(error.message) == "the recipient is refused");
  table.close(notifier);
}

TEST_CASE("what is not found names every path tried, in order", "[PLUG-1][core]") {
  const EnvironmentVariable variable("/nowhere/third::/nowhere/fourth:");
  const auto text = refusal_of(in_folders({"/nowhere/first", "/nowhere/second"}), CLINIC_PLUGIN_STORAGE, "absent",
                               ErrorCode::plugin_not_found);
  const auto own = fs::path(boost::dll::program_location().parent_path().string());
  std::size_t before = 0;
  for (const fs::path& folder :
       {fs::path("/nowhere/first"), fs::path("/nowhere/second"), fs::path("/nowhere/third"),
        fs::path("/nowhere/fourth"), own / "clinic" / "plugins", own.parent_path() / "lib" / "clinic" / "plugins"}) {
    const auto at = text.find((folder / "clinic_absent.so").string());
    INFO(folder << " in " << text);
    REQUIRE(at != text.npos);
    CHECK(at > before);
    before = at;
  }
  CHECK(contains(refusal_of(explicitly("/nowhere/x.so"), CLINIC_PLUGIN_STORAGE, "x", ErrorCode::plugin_not_found),
                 "/nowhere/x.so"));
}

TEST_CASE("a mistyped name is answered with what there is, by the files' names", "[PLUG-1][core]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path / "clinic_oracle.so") << "Nobody loads this.\n";
  std::ofstream(folder.path / "clinic_other.so") << "Nor this.\n";
  const auto paths = in_folders({folder.path});
  const auto near = refusal_of(paths, CLINIC_PLUGIN_STORAGE, "orcale", ErrorCode::plugin_not_found);
  CHECK(contains(near, "no storage plugin `orcale`; did you mean oracle? Found: "));
  CHECK(contains(near, "oracle, other"));
  const auto far = refusal_of(paths, CLINIC_PLUGIN_STORAGE, "x", ErrorCode::plugin_not_found);
  CHECK(!contains(far, "did you mean"));
  CHECK(contains(far, "; found: "));
}

TEST_CASE("configured folders come before the environment", "[PLUG-1][core]") {
  const TemporaryFolder first, second;
  fs::copy_file(file_of("memory"), first.path / "clinic_memory.so");
  fs::copy_file(file_of("memory"), second.path / "clinic_memory.so");
  const EnvironmentVariable variable(second.path.string());
  CHECK(load_plugin(in_folders({first.path}), CLINIC_PLUGIN_STORAGE, "memory").path == first.path / "clinic_memory.so");
  CHECK(load_plugin({}, CLINIC_PLUGIN_STORAGE, "memory").path == second.path / "clinic_memory.so");
}

TEST_CASE("a file that does not fit is refused, not skipped", "[PLUG-1][core]") {
  const TemporaryFolder first;
  std::ofstream(first.path / "clinic_memory.so") << "This is not a library.\n";
  const auto text = refusal_of(in_folders({"/nowhere", first.path, plugin_dir}), CLINIC_PLUGIN_STORAGE, "memory");
  CHECK(contains(text, (first.path / "clinic_memory.so").string()));
  CHECK(contains(text, "/nowhere/clinic_memory.so"));
}

TEST_CASE("relative paths are refused, and the current folder is never searched", "[PLUG-1][core]") {
  CHECK(contains(refusal_of(explicitly("clinic_memory.so"), CLINIC_PLUGIN_STORAGE, "memory"), "must be absolute"));
  CHECK(contains(refusal_of(in_folders({"plugins"}), CLINIC_PLUGIN_STORAGE, "memory"), "plugin_directories"));
  {
    const EnvironmentVariable variable(".");
    CHECK(contains(refusal_of({}, CLINIC_PLUGIN_STORAGE, "memory"), "CLINIC_PLUGIN_PATH"));
  }
  const auto here = fs::current_path();
  fs::current_path(plugin_dir);
  {
    const EnvironmentVariable variable("::");
    refusal_of({}, CLINIC_PLUGIN_STORAGE, "memory", ErrorCode::plugin_not_found);
  }
  fs::current_path(here);
}

TEST_CASE("a name does not lead out of a folder", "[PLUG-1][core]") {
  for (const auto* name : {"", "../memory", "x/../../clinic_memory", "Memory", "1st", "a b"})
    refusal_of(in_folders({plugin_dir}), CLINIC_PLUGIN_STORAGE, name, ErrorCode::plugin_not_found);
}

TEST_CASE("with an allow-list, only unchanged files on it are loaded", "[PLUG-1][core]") {
  const TemporaryFolder folder;
  const auto file = folder.path / "clinic_memory.so";
  fs::copy_file(file_of("memory"), file);
  const auto hash = sha256_of_file(file);
  CHECK(hash.size() == 64);

  auto paths = in_folders({folder.path});
  paths.allowed = {{"/nowhere/else.so", hash}};
  CHECK(contains(refusal_of(paths, CLINIC_PLUGIN_STORAGE, "memory"), "not on the allow-list"));

  std::string capitals = hash;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return static_cast<char>(::toupper(c)); });
  paths.allowed.push_back({file.string(), capitals});
  CHECK_NOTHROW(load_plugin(paths, CLINIC_PLUGIN_STORAGE, "memory"));

  std::ofstream(file, std::ios::app) << "changed";
  const auto text = refusal_of(paths, CLINIC_PLUGIN_STORAGE, "memory");
  CHECK(contains(text, "expected SHA-256 " + capitals));
  CHECK(contains(text, "found " + sha256_of_file(file)));
}

TEST_CASE("the SHA-256 of a file is the known one", "[PLUG-1][core]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path / "abc") << "abc";
  std::ofstream(folder.path / "empty").flush();
  CHECK(sha256_of_file(folder.path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_of_file(folder.path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK_THROWS(sha256_of_file(folder.path / "absent"));
}

TEST_CASE("listing tells of good and bad plugins and never throws", "[PLUG-1][core]") {
  Configuration configuration;
  configuration.storage_plugin = "/nowhere/x.so";
  configuration.plugin_directories = {plugin_dir.string(), "relative", "/nowhere", plugin_dir.string() + "/."};
  const auto reports = list_plugins(configuration);
  const auto report = [&](const std::string& path) -> PluginReport {
    REQUIRE(std::count_if(reports.begin(), reports.end(), [&](const auto& entry) { return entry.path == path; }) == 1);
    return *std::find_if(reports.begin(), reports.end(), [&](const auto& entry) { return entry.path == path; });
  };
  CHECK(contains(report("/nowhere/x.so").refusal, "no such file"));
  CHECK(contains(report("relative").refusal, "must be absolute"));
  const auto memory = report(file_of("memory").string());
  CHECK(memory.refusal.empty());
  CHECK(memory.kind == "storage");
  CHECK(memory.name == "memory");
  CHECK(memory.version == "1.0.0");
  CHECK(memory.licence == "MIT");
  CHECK(memory.abi == std::to_string(CLINIC_PLUGIN_ABI_MAJOR) + "." + std::to_string(CLINIC_PLUGIN_ABI_MINOR));
  CHECK(contains(report(file_of("text").string()).refusal, "invalid ELF header"));
  CHECK(contains(report(file_of("misnamed").string()).refusal, "clinic_another_name.so"));
  CHECK(contains(report(file_of("unknown_kind").string()).refusal, "painter"));
  CHECK(contains(report(file_of("missing_function").string()).refusal, "update"));
}
