#pragma once

/// \file
/// A clinic of invented people, to try things on.

#include <clinic/open.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace clinic::cli {

/// A folder with the clinic's database, which goes with this object.
class DemoClinic {
 public:
  DemoClinic();
  ~DemoClinic();
  DemoClinic(const DemoClinic&) = delete;
  DemoClinic& operator=(const DemoClinic&) = delete;

  /// Changes a configuration to that of the demo.
  void configure(Configuration& configuration) const;
  /// Fills the new database.
  static void fill(const Clinic& clinic);

  struct Login {
    const char* name;
    const char* role;
  };
  /// Who may log in, all with the same password.
  static const std::vector<Login>& logins();
  static constexpr const char* password = "try the demo clinic";

 private:
  std::filesystem::path folder_;
};

}  // namespace clinic::cli
