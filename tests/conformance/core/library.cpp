/// \file
/// What every plugin promises: that it is one.

#include "library.hpp"
#include "expect.hpp"
#include "suites.hpp"

#include <clinic/error.hpp>
#include <plugins/search.hpp>

namespace clinic::conformance {

const PluginLibrary& load_library(const Target& target) {
  try {
    return open_library(target.plugin, {});
  } catch (const Error& refusal) {
    unmet("a library that exports `clinic_plugin`, whose manifest is for ABI 1.x and complete", refusal.detail());
  }
}

namespace {

void loads(const Target& target) { load_library(target); }

void complete(const Target& target) {
  try {
    load_library(target).table();
  } catch (const Error& refusal) {
    unmet("a table with every required function", refusal.detail());
  }
}

void named(const Target& target) {
  const auto& manifest = *load_library(target).manifest;
  expect_true("a name of lower case letters, digits and `+._-`, beginning with a letter", is_plugin_name(manifest.name),
              show(manifest.name));
  expect("the file's name", target.plugin.filename().string(), plugin_file_name(manifest.name));
}

void asked_twice(const Target& target) {
  // What the one exported function answers has to lie still: the SDK keeps pointers into it.
  const auto& library = load_library(target);
  const auto& manifest = *library.manifest;
  const std::string name = manifest.name, version = manifest.version, licence = manifest.licence;
  library.table();
  expect("the manifest's name later", std::string(manifest.name), name);
  expect("its version later", std::string(manifest.version), version);
  expect("its licence later", std::string(manifest.licence), licence);
}

}  // namespace

std::vector<Check> library_checks() {
  return {
      {"plugin.loads", "The library exports `clinic_plugin`, which answers a complete manifest for ABI 1.x.", loads},
      {"plugin.functions", "The manifest's table has every function that its kind requires.", complete},
      {"plugin.named", "The file is called clinic_<name>.so, as it is searched for.", named},
      {"plugin.lasting", "The manifest and its texts live as long as the library.", asked_twice},
  };
}

std::vector<Check> checks_for(const std::string& kind) {
  auto checks = library_checks();
  const auto more = kind == CLINIC_PLUGIN_STORAGE    ? storage_checks()
                    : kind == CLINIC_PLUGIN_NOTIFIER ? notifier_checks()
                                                     : limiter_checks();
  checks.insert(checks.end(), more.begin(), more.end());
  return checks;
}

}  // namespace clinic::conformance
