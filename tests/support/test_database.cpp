#include "support/test_database.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <stdexcept>

namespace clinic::test {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Of the account that makes databases.
std::string server_url(Backend backend) {
  const auto* variable = backend == Backend::postgresql ? "CLINIC_TEST_POSTGRESQL" : "CLINIC_TEST_MYSQL";
  auto url = environment(variable);
  if (url.empty())
    throw std::runtime_error(std::string(variable) +
                             " is not set: ./dev test starts servers for the tests, ./dev servers up keeps them "
                             "running");
  return url;
}

std::string with_database(const std::string& url, const std::string& name) {
  const auto path = url.find('/', url.find("://") + 3);
  const auto query = url.find('?', path);
  return url.substr(0, path) + "/" + name + (query == url.npos ? "" : url.substr(query));
}

/// No other test of this or another run has it.
std::string fresh_name() {
  std::random_device random;
  return "clinic_test_" + std::to_string(random()) + "_" + std::to_string(random());
}

std::unique_ptr<BareClient> bare_client(Backend backend, const std::string& url) {
  return backend == Backend::postgresql ? bare_postgresql(url) : bare_mysql(url);
}

void administer(Backend backend, const std::string& sql) { bare_client(backend, server_url(backend))->rows(sql); }

/// Of a Galera cluster each node knows of a new database in its own time, and connections take turns.
void await_on_every_node(const std::string& url) {
  constexpr int nodes = 2;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int found = 0; found < nodes;) {
    try {
      bare_client(Backend::mysql, url)->rows("SELECT 1");
      ++found;
    } catch (const std::exception&) {
      if (std::chrono::steady_clock::now() > deadline) throw;
      found = 0;
    }
  }
}

}  // namespace

std::string_view word(Backend backend) {
  switch (backend) {
    case Backend::postgresql:
      return "postgresql";
    case Backend::mysql:
      return "mysql";
    default:
      return "sqlite";
  }
}

Backend backend_under_test() {
  const auto named = environment("CLINIC_TEST_BACKEND");
  for (auto backend : {Backend::sqlite, Backend::postgresql, Backend::mysql})
    if (named == word(backend)) return backend;
  if (named.empty()) return Backend::sqlite;
  throw std::runtime_error("CLINIC_TEST_BACKEND is sqlite, postgresql or mysql, not " + named);
}

TestDatabase::TestDatabase(Backend backend) : backend_(backend) {
  if (backend_ == Backend::sqlite) {
    client_ = bare_sqlite(file());
    return;
  }
  name_ = fresh_name();
  administer(backend_, "CREATE DATABASE " + name_);
  if (backend_ == Backend::mysql) await_on_every_node(url());
}

std::string test_key(char letter) {
  std::mt19937 random(static_cast<unsigned char>(letter));
  std::string key;
  while (key.size() < 64)
    key += "0123456789abcdef"[random() % 16];
  return key;
}

TestDatabase::~TestDatabase() {
  if (backend_ == Backend::sqlite) return;
  client_.reset();
  try {
    // The connections of a process that was killed may be there a little longer.
    administer(backend_, "DROP DATABASE " + name_ + (backend_ == Backend::postgresql ? " WITH (FORCE)" : ""));
  } catch (const std::exception& failure) {
    std::cerr << "the database " << name_ << " stays behind: " << failure.what() << '\n';
  }
}

std::string TestDatabase::url(const std::string& options) const {
  const auto url = backend_ == Backend::sqlite ? "sqlite:" + file() : with_database(server_url(backend_), name_);
  if (options.empty()) return url;
  return url + (url.find('?') == url.npos ? '?' : '&') + options;
}

std::optional<std::string> TestDatabase::master_key() const {
  if (backend_ == Backend::sqlite) return std::nullopt;
  return test_key('k');
}

boost::json::array TestDatabase::rows(const std::string& sql) const {
  if (!client_) client_ = bare_client(backend_, url());
  return client_->rows(sql);
}

std::int64_t TestDatabase::number(const std::string& sql) const {
  const auto found = rows(sql);
  if (found.size() != 1) throw std::runtime_error(std::to_string(found.size()) + " rows for " + sql);
  return found.front().as_object().begin()->value().as_int64();
}

std::vector<std::string> TestDatabase::tables() const {
  std::vector<std::string> names;
  for (const auto& row : rows(backend_ == Backend::sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table'"
                                                          : "SELECT table_name AS name FROM information_schema.tables "
                                                            "WHERE table_schema IN ('public', '" +
                                                                name_ + "') AND table_type = 'BASE TABLE'"))
    names.emplace_back(row.at("name").as_string());
  return names;
}

std::string TestDatabase::file() const {
  if (backend_ != Backend::sqlite) throw std::logic_error("a database on a server is no file of ours");
  return folder_.file("clinic.db");
}

}  // namespace clinic::test
