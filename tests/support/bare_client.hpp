#pragma once

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace clinic::test {

/// A database as its own client library sees it, beside the SDK. One thread at a time.
class BareClient {
 public:
  virtual ~BareClient() = default;
  /// Runs one or more statements and answers the rows of the last one, each as an object by column. Integers and truth
  /// values (1 and 0) are integers, NULL is null, everything else a text. Throws std::runtime_error.
  virtual boost::json::array rows(const std::string& sql) = 0;
};

/// Opens the file for each call: a file that somebody holds open is not quite the same to others.
std::unique_ptr<BareClient> bare_sqlite(const std::string& file);
/// With the URL as libpq takes it.
std::unique_ptr<BareClient> bare_postgresql(const std::string& url);
/// mysql://user:password@host:port/database, for SQL in which "…" is a name, || joins texts and \ is a character.
std::unique_ptr<BareClient> bare_mysql(const std::string& url);

}  // namespace clinic::test
