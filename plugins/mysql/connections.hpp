#pragma once

#include "server_connections.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

/// Opens connections to MySQL or MariaDB, at the first of the hosts that answers, takes writes and, in a Galera
/// cluster, belongs to the majority.
class MysqlConnector {
 public:
  explicit MysqlConnector(const ServerUrl& url)
      : url_(url), database_(url.user, url.password, url.database), watchdog_(url.network_timeout) {
    if (url_.hosts.empty()) url_.hosts.push_back({"localhost"});
    Handle handle(mysql_init(nullptr), &mysql_close);
    for (const auto& [name, value] : url_.options)
      set_driver_option(handle.get(), name, value);
  }

  Driver::Database& database() { return database_; }

  odb::details::shared_ptr<Driver::Connection> connect() {
    std::string why;
    for (const auto& host : url_.hosts) {
      why += (why.empty() ? "" : "; ") + host.name + (host.port ? ":" + std::to_string(host.port) : "") + ": ";
      Handle handle = open(host);
      if (*mysql_error(handle.get()) != '\0') {
        why += mysql_error(handle.get());  // names host, user or database, never the password
        continue;
      }
      const auto socket = static_cast<int>(mysql_get_socket(handle.get()));
      odb::details::shared_ptr<Driver::Connection> connection(
          new (odb::details::shared) MysqlConnection(database_, handle.release(), watchdog_, socket));
      const Driver::TimeLimit limit(*connection);
      try {
        if (url_.hosts.size() > 1 && !takes_writes(connection->handle(), why)) continue;
        Driver::run_all(*connection, session(connection->handle()));
        return connection;
      } catch (const odb::connection_lost&) {
        why += "the connection broke";
      }
    }
    throw Failure::unavailable(why);
  }

 private:
  using Handle = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

  struct DriverOption {
    std::string_view name;
    mysql_option option;
    bool is_switch;
  };

  /// The names are those of the server's own client program.
  static void set_driver_option(MYSQL* handle, std::string name, const std::string& value) {
    static constexpr std::array known = {DriverOption{"ssl", MYSQL_OPT_SSL_ENFORCE, true},
                                         DriverOption{"ssl-verify-server-cert", MYSQL_OPT_SSL_VERIFY_SERVER_CERT, true},
                                         DriverOption{"ssl-ca", MYSQL_OPT_SSL_CA, false},
                                         DriverOption{"ssl-capath", MYSQL_OPT_SSL_CAPATH, false},
                                         DriverOption{"ssl-cert", MYSQL_OPT_SSL_CERT, false},
                                         DriverOption{"ssl-key", MYSQL_OPT_SSL_KEY, false},
                                         DriverOption{"ssl-cipher", MYSQL_OPT_SSL_CIPHER, false},
                                         DriverOption{"ssl-crl", MYSQL_OPT_SSL_CRL, false},
                                         DriverOption{"tls-version", MARIADB_OPT_TLS_VERSION, false},
                                         DriverOption{"ssl-fp", MARIADB_OPT_TLS_PEER_FP, false},
                                         DriverOption{"plugin-dir", MYSQL_PLUGIN_DIR, false},
                                         DriverOption{"defaults-file", MYSQL_READ_DEFAULT_FILE, false},
                                         DriverOption{"defaults-group", MYSQL_READ_DEFAULT_GROUP, false}};
    std::replace(name.begin(), name.end(), '_', '-');
    if (name == "socket") return;  // goes to mysql_real_connect
    for (const auto& row : known) {
      if (row.name != name) continue;
      if (!row.is_switch) {
        mysql_options(handle, row.option, value.c_str());
        return;
      }
      if (value != "0" && value != "1") throw refused_url(name + " is 0 or 1");
      const my_bool on = value == "1";
      mysql_options(handle, row.option, &on);
      return;
    }
    std::string names;
    for (const auto& row : known)
      names += std::string(row.name) + ", ";
    throw refused_url("unknown option " + name + "; known are " + names + "socket, " + std::string(server_options));
  }

  /// Connected, or with an error.
  Handle open(const ServerHost& host) const {
    Handle handle(mysql_init(nullptr), &mysql_close);
    const auto seconds = static_cast<unsigned>(url_.connect_timeout.count());
    mysql_options(handle.get(), MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    for (const auto& [name, value] : url_.options)
      set_driver_option(handle.get(), name, value);
    const auto socket = url_.options.find("socket");
    // FOUND_ROWS: an update that changes nothing has found its row, and ODB takes it for that.
    mysql_real_connect(handle.get(), host.name.c_str(), url_.user.empty() ? nullptr : url_.user.c_str(),
                       url_.password.c_str(), url_.database.c_str(), host.port,
                       socket == url_.options.end() ? nullptr : socket->second.c_str(),
                       CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS);
    return handle;
  }

  /// What every connection of ours wants to be true, in one round trip.
  std::string session(MYSQL* handle) const {
    const auto seconds = [](std::chrono::milliseconds time) { return std::to_string((time.count() + 999) / 1000); };
    const auto statement_timeout =
        mariadb_connection(handle)
            ? "max_statement_time = " + std::to_string(static_cast<double>(url_.statement_timeout.count()) / 1000)
            : "max_execution_time = " + std::to_string(url_.statement_timeout.count());
    return "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION autocommit = 1, "
           "SESSION innodb_lock_wait_timeout = " +
           seconds(url_.lock_timeout) + ", SESSION lock_wait_timeout = " + seconds(url_.lock_timeout) + ", SESSION " +
           statement_timeout + "; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
  }

  /// A node outside of the majority answers nothing but SHOW and SET.
  static bool takes_writes(MYSQL* handle, std::string& why) {
    if (Driver::show(handle, "SHOW VARIABLES LIKE 'wsrep_on'") == "ON" &&
        Driver::show(handle, "SHOW STATUS LIKE 'wsrep_ready'") == "OFF") {
      why += "the node is not part of the cluster's majority";
      return false;
    }
    if (Driver::show(handle, "SHOW VARIABLES LIKE 'read_only'") == "ON") {
      why += "the server is read-only";
      return false;
    }
    return true;
  }

  ServerUrl url_;
  Driver::Database database_;
  Watchdog watchdog_;
};

using Connections = ServerConnections<MysqlConnector>;

}  // namespace
}  // namespace clinic::mapping
