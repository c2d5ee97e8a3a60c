#pragma once

#include "server_connections.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace clinic::mapping {
namespace {

/// Opens connections to PostgreSQL, at the first of the hosts that answers and takes writes.
class PostgresqlConnector {
 public:
  explicit PostgresqlConnector(const ServerUrl& url)
      : parameters_(parameters_of(url)),
        session_("SET lock_timeout = " + std::to_string(url.lock_timeout.count()) +
                 "; SET statement_timeout = " + std::to_string(url.statement_timeout.count())),
        database_(std::string()),
        watchdog_(url.network_timeout) {}

  Driver::Database& database() { return database_; }

  odb::details::shared_ptr<Driver::Connection> connect() {
    std::unique_ptr<PGconn, decltype(&PQfinish)> handle(open(), &PQfinish);
    if (!handle || PQstatus(handle.get()) != CONNECTION_OK) throw unreachable(handle.get());
    const char* encoding = PQparameterStatus(handle.get(), "server_encoding");
    if (!encoding || std::string_view(encoding) != "UTF8")
      throw Failure::refused("the database's encoding is not UTF8: create it with ENCODING 'UTF8'");
    odb::details::shared_ptr<Driver::Connection> connection(
        new (odb::details::shared) PostgresqlConnection(database_, handle.release(), watchdog_));
    const Driver::TimeLimit limit(*connection);
    connection->execute(session_);
    return connection;
  }

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  /// libpq's own options pass through; who writes another one is told.
  static Parameters parameters_of(const ServerUrl& url) {
    Parameters parameters{{"dbname", url.database},
                          {"client_encoding", "UTF8"},
                          {"fallback_application_name", "clinic"},
                          {"connect_timeout", std::to_string(url.connect_timeout.count())},
                          {"tcp_user_timeout", std::to_string(url.network_timeout.count())}};
    const auto list = [&](auto part) {
      std::string joined;
      for (const auto& host : url.hosts)
        joined += (&host == url.hosts.data() ? "" : ",") + part(host);
      return joined;
    };
    if (!url.hosts.empty()) {
      parameters.emplace_back("host", list([](const ServerHost& host) { return host.name; }));
      parameters.emplace_back(
          "port", list([](const ServerHost& host) { return host.port ? std::to_string(host.port) : std::string(); }));
    }
    if (url.hosts.size() > 1) parameters.emplace_back("target_session_attrs", "read-write");
    if (!url.user.empty()) parameters.emplace_back("user", url.user);
    if (!url.password.empty()) parameters.emplace_back("password", url.password);
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> known(PQconndefaults(), &PQconninfoFree);
    for (const auto& [name, value] : url.options) {
      const auto* option = known.get();
      while (option && option->keyword && option->keyword != name)
        ++option;
      if (!option || !option->keyword)
        throw refused_url("unknown option " + name + "; known are libpq's, and " + std::string(server_options));
      parameters.emplace_back(name, value);  // the last one of a name counts
    }
    return parameters;
  }

  PGconn* open() const {
    std::vector<const char*> names, values;
    for (const auto& [name, value] : parameters_) {
      names.push_back(name.c_str());
      values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectdbParams(names.data(), values.data(), 0);
  }

  /// libpq's words name host, user and database, and why; never the password.
  static Failure unreachable(const PGconn* handle) {
    std::string why = handle ? PQerrorMessage(handle) : "out of memory";
    while (why.ends_with('\n'))
      why.pop_back();
    std::replace_if(
        why.begin(), why.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return Failure::unavailable(why);
  }

  const Parameters parameters_;
  const std::string session_;
  Driver::Database database_;
  Watchdog watchdog_;
};

using Connections = ServerConnections<PostgresqlConnector>;

}  // namespace
}  // namespace clinic::mapping
