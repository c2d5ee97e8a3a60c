#pragma once

/// \file
/// The ways into the SDK that are compared: C++ with structs, C++ with JSON, C with JSON; and, beneath them, the
/// storage line alone.

#include "captured.hpp"
#include "plugins/loader.hpp"
#include "store/store.hpp"

#include <clinic.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace clinic::bench {

/// A clinic in C++.
struct CppWay {
  explicit CppWay(const Configuration& configuration)
      : opened(Clinic::open(configuration)), desk(opened.act_as(Actor::system("desk"))) {}
  explicit CppWay(const std::string& file, const std::string& options = {}) : CppWay(configuration(file, options)) {}
  Clinic opened;
  Session desk;
};

/// A clinic in C.
class CWay {
 public:
  explicit CWay(const std::string& file, const std::string& options = {}) : CWay(configuration(file, options)) {}
  explicit CWay(const Configuration& configuration) {
    std::string json = R"({"storage":")" + configuration.storage + R"(","policy":)" + configuration.policy.text +
                       R"(,"plugin_directories":[")" CLINIC_PLUGIN_DIR "\"]";
    if (configuration.master_key) json += R"(,"master_key":")" + *configuration.master_key + '"';
    must(clinic_open((json + '}').c_str(), nullptr, &clinic_, &error_));
    must(clinic_session_system(clinic_, "desk", nullptr, &desk_, &error_));
  }
  ~CWay() {
    clinic_session_close(desk_);
    clinic_close(clinic_);
    clinic_error_clear(&error_);
  }
  CWay(const CWay&) = delete;
  CWay& operator=(const CWay&) = delete;

  std::size_t call(const char* operation, const std::string& request) {
    clinic_buffer* answer = nullptr;
    must(clinic_call(desk_, operation, request.data(), request.size(), nullptr, &answer, &error_));
    const auto size = answer->size;
    clinic_buffer_free(answer);
    return size;
  }

 private:
  void must(int code) {
    if (code != CLINIC_OK) throw std::runtime_error(std::string("C API: ") + error_.code + ": " + error_.detail);
  }
  clinic_clinic* clinic_ = nullptr;
  clinic_session* desk_ = nullptr;
  clinic_error error_ = CLINIC_ERROR_INIT;
};

/// The storage plugin and the repositories, without operations: no checks, no ids, no audit of its own.
struct StorageWay {
  explicit StorageWay(const Configuration& configuration, std::int32_t log_level = CLINIC_LOG_ERROR)
      : plugin(load_plugin({.directories = {CLINIC_PLUGIN_DIR}}, CLINIC_PLUGIN_STORAGE,
                           configuration.storage.substr(0, configuration.storage.find(':')))),
        host{sizeof host, &lines, log_level, keep},
        store(storage_table(plugin), host, configuration.storage) {}
  explicit StorageWay(const std::string& file, std::int32_t log_level = CLINIC_LOG_ERROR)
      : StorageWay(bench::configuration(file), log_level) {}

  static void keep(void* lines, std::int32_t, const char* line, std::size_t size) {
    static_cast<std::vector<std::string>*>(lines)->emplace_back(line, size);
  }

  LoadedPlugin plugin;
  std::vector<std::string> lines;  ///< what the plugin logged
  clinic_plugin_host host;
  Store store;
};

}  // namespace clinic::bench
