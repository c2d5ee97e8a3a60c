#pragma once

/// \file
/// A database's bare client library: statements prepared once, parameters ready to be sent; nothing around it.

#include <clinic/plugin/storage.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace clinic::bench {

/// A parameter in the form in which its client takes it.
struct Parameter {
  bool null = true;
  bool is_integer = false;
  long long integer = 0;
  std::string text{};  ///< of integers, too
};
using Parameters = std::vector<Parameter>;

Parameter parameter(const clinic_value& value);

class BareServer {
 public:
  virtual ~BareServer() = default;
  /// One that takes no parameters and answers nothing, such as BEGIN.
  virtual void run(const std::string& statement) = 0;
  /// A statement that writes; its number from now on.
  virtual std::size_t prepare(const std::string& statement) = 0;
  virtual void execute(std::size_t prepared, const Parameters& parameters) = 0;
};

std::unique_ptr<BareServer> bare_sqlite_server(const std::string& file);
/// libpq; the URL as the SDK takes it.
std::unique_ptr<BareServer> bare_postgresql_server(const std::string& url);
/// libmariadb
std::unique_ptr<BareServer> bare_mysql_server(const std::string& url);

}  // namespace clinic::bench
