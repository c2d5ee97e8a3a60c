/// \file
/// Every file of tests/data/scenarios through the C API.

#include "support/catch.hpp"
#include "support/scenario.hpp"

#include <clinic.h>

#include <memory>
#include <stdexcept>

using namespace clinic::test;

namespace {

struct Closer {
  void operator()(clinic_clinic* clinic) const { clinic_close(clinic); }
  void operator()(clinic_session* session) const { clinic_session_close(session); }
  void operator()(clinic_buffer* buffer) const { clinic_buffer_free(buffer); }
};
template <class Handle>
using Owned = std::unique_ptr<Handle, Closer>;

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

class CError {
 public:
  CError() = default;
  CError(const CError&) = delete;
  CError& operator=(const CError&) = delete;
  ~CError() { clinic_error_clear(&error_); }
  clinic_error* get() { return &error_; }

  /// The whole error; the struct's own members must say the same.
  std::string json() const {
    if (!error_.json) throw std::runtime_error(std::string("an error without JSON: ") + error_.message);
    const auto told = boost::json::parse(error_.json->data);
    CHECK(told.at("code").as_string() == error_.code);
    CHECK(told.at("error").as_string() == error_.message);
    const std::string detail = error_.detail;  // cut where it does not fit
    CHECK(std::string(told.at("detail").as_string()).compare(0, detail.size(), detail) == 0);
    CHECK(told.at("status").as_int64() == error_.http_status);
    CHECK(told.at("retryable").as_bool() == (error_.retryable != 0));
    return error_.json->data;
  }

 private:
  clinic_error error_ = CLINIC_ERROR_INIT;
};

class CDriver : public ScenarioDriver {
 public:
  void open(const std::string& configuration_json) override {
    clinic_.reset();
    CError error;
    clinic_clinic* opened = nullptr;
    if (clinic_open(configuration_json.c_str(), nullptr, &opened, error.get()) != CLINIC_OK)
      throw std::runtime_error(error.json());
    clinic_.reset(opened);
  }
  void close() override { clinic_.reset(); }

  ScenarioReply call(const ScenarioCall& call) override {
    CError error;
    clinic_session* session = nullptr;
    const int made = call.token.empty()
                         ? clinic_session_system(clinic_.get(), call.actor.c_str(),
                                                 call.role ? call.role->c_str() : nullptr, &session, error.get())
                         : clinic_session_token(clinic_.get(), call.token.c_str(), &session, error.get());
    if (made != CLINIC_OK) return {false, error.json()};
    const Owned<clinic_session> owned(session);
    clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;
    options.idempotency_key = or_null(call.idempotency_key);
    options.origin = or_null(call.origin);
    clinic_buffer* answer = nullptr;
    if (clinic_call(session, call.operation.c_str(), call.request.data(), call.request.size(), &options, &answer,
                    error.get()) != CLINIC_OK) {
      CHECK(answer == nullptr);
      return {false, error.json()};
    }
    const Owned<clinic_buffer> buffer(answer);
    return {true, std::string(answer->data, answer->size)};
  }

 private:
  Owned<clinic_clinic> clinic_;
};

}  // namespace

#define SCENARIO_FILE(name, tags)              \
  TEST_CASE("C scenario " name, tags) {        \
    const auto before = clinic_live_objects(); \
    {                                          \
      CDriver driver;                          \
      run_scenario(name, driver);              \
    }                                          \
    CHECK(clinic_live_objects() == before);    \
  }
#include "scenario_files.inc"
