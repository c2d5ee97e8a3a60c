#pragma once

#include "support/bare_client.hpp"
#include "support/temp_folder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::test {

enum class Backend { sqlite, postgresql, mysql };

/// As in URLs.
std::string_view word(Backend backend);

/// Which one the tests are to use: CLINIC_TEST_BACKEND, SQLite where it is not set.
Backend backend_under_test();

/// A master key, another one for each letter: as random as one has to look.
std::string test_key(char letter);

/// A database of a test's own, without tables, which goes when the test does. On a server it is made by the account of
/// CLINIC_TEST_POSTGRESQL or CLINIC_TEST_MYSQL, a URL; without that variable nothing is made, and the test fails.
///
/// SQL of tests is written once, for all three: "names" and 'texts' quoted so, texts joined by ||, truth values in
/// columns are 1 and 0 and compared with them, COALESCE instead of comparisons that know NULL.
class TestDatabase {
 public:
  explicit TestDatabase(Backend backend = backend_under_test());
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  Backend backend() const { return backend_; }
  /// As a clinic opens it; `options` as they stand in a URL: `pool=4&pool_timeout=1000`.
  std::string url(const std::string& options = {}) const;
  /// What must be given with a server's database, while an embedded one comes with its key file.
  std::optional<std::string> master_key() const;

  /// Runs statements beside the SDK, see BareClient. For one thread at a time.
  boost::json::array rows(const std::string& sql) const;
  /// The one number that a query answers.
  std::int64_t number(const std::string& sql) const;
  std::vector<std::string> tables() const;

  /// A place for the test's files; an embedded database is there too.
  const TempFolder& folder() const { return folder_; }
  /// An embedded database's file.
  std::string file() const;

 private:
  Backend backend_;
  TempFolder folder_;
  std::string name_;
  mutable std::unique_ptr<BareClient> client_;
};

}  // namespace clinic::test
