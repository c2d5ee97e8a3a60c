#pragma once

/// \file
/// A C++ host over clinic.h, as the tests use it.

#include <boost/json.hpp>

#include <support/catch.hpp>

#include <clinic.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace host {

namespace json = boost::json;

struct Free {
  void operator()(clinic_clinic* clinic) const { clinic_close(clinic); }
  void operator()(clinic_session* session) const { clinic_session_close(session); }
  void operator()(clinic_buffer* buffer) const { clinic_buffer_free(buffer); }
};
using ClinicPointer = std::unique_ptr<clinic_clinic, Free>;
using SessionPointer = std::unique_ptr<clinic_session, Free>;
using BufferPointer = std::unique_ptr<clinic_buffer, Free>;

/// Nothing may be left open at the end of a test.
class LiveObjects {
 public:
  ~LiveObjects() { CHECK(clinic_live_objects() == before_); }

 private:
  std::size_t before_ = clinic_live_objects();
};

struct ErrorHolder : clinic_error {
  ErrorHolder() : clinic_error(CLINIC_ERROR_INIT) {}
  ErrorHolder(const ErrorHolder&) = delete;
  ErrorHolder& operator=(const ErrorHolder&) = delete;
  ~ErrorHolder() { clinic_error_clear(this); }

  json::object parsed() const {
    REQUIRE(json != nullptr);
    return boost::json::parse(std::string_view(json->data, json->size)).as_object();
  }
};

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "clinic-c-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::string storage() const { return "sqlite:" + (path_ / "clinic.db").string(); }

 private:
  std::filesystem::path path_;
};

class Host {
 protected:
  std::string policy = R"({"password_hash_cost":4})";
  ClinicPointer open(const clinic_host* host = nullptr, const char* log_level = "error") {
    const auto configuration = json::serialize(
        json::object{{"storage", folder.storage()}, {"policy", json::parse(policy)}, {"log_level", log_level}});
    clinic_clinic* out = nullptr;
    const int code = clinic_open(configuration.c_str(), host, &out, &error);
    INFO(error.message << error.detail);
    REQUIRE(code == CLINIC_OK);
    return ClinicPointer(out);
  }
  SessionPointer anonymous(const ClinicPointer& clinic) {
    clinic_session* out = nullptr;
    REQUIRE(clinic_session_anonymous(clinic.get(), &out, &error) == CLINIC_OK);
    return SessionPointer(out);
  }
  SessionPointer system(const ClinicPointer& clinic, const char* role = nullptr) {
    clinic_session* out = nullptr;
    REQUIRE(clinic_session_system(clinic.get(), "front-desk", role, &out, &error) == CLINIC_OK);
    return SessionPointer(out);
  }
  json::value call(const SessionPointer& session, const char* operation, const std::string& request,
                   const clinic_call_options* options = nullptr) {
    clinic_buffer* out = nullptr;
    const int code = clinic_call(session.get(), operation, request.data(), request.size(), options, &out, &error);
    INFO(error.message << error.detail);
    REQUIRE(code == CLINIC_OK);
    BufferPointer answer(out);
    CHECK(answer->data[answer->size] == '\0');
    return json::parse(std::string_view(answer->data, answer->size));
  }
  /// That the call was refused because of that argument.
  void refuses(int code, const char* argument) {
    INFO(argument);
    CHECK(code == CLINIC_FAILED);
    CHECK(std::string(error.code) == "validation_failed");
    CHECK(error.parsed().at("fields").at(0).at("path") == argument);
  }
  /// The code of the error with which the call is refused.
  std::string refused(const SessionPointer& session, const char* operation, const char* request,
                      const clinic_call_options* options = nullptr) {
    clinic_buffer* out = nullptr;
    CHECK(clinic_call(session.get(), operation, request, CLINIC_TERMINATED, options, &out, &error) == CLINIC_FAILED);
    CHECK(out == nullptr);
    return error.code;
  }

  LiveObjects live_objects;  // first: looks last
  Folder folder;
  ErrorHolder error;
};

inline constexpr const char* jane =
    R"({"first_name":"Jane","last_name":"Smith","email":"jane@example.org","create_portal_account":true})";

}  // namespace host
