#pragma once

#include <clinic/configuration.hpp>

#include <string_view>

namespace clinic {

/// The destination of log lines. Lines contain no secret and no personal data: a patient's number, never an email
/// (OBS-1). Thread-safe.
class Log {
 public:
  Log(LogLevel level, std::function<void(LogLevel, std::string_view)> sink) : level_(level), sink_(std::move(sink)) {}

  LogLevel level() const { return level_; }
  bool wants(LogLevel level) const { return level >= level_; }
  void operator()(LogLevel level, std::string_view line) const;

 private:
  LogLevel level_;
  std::function<void(LogLevel, std::string_view)> sink_;
};

}  // namespace clinic
