#pragma once

/// \file
/// What the code in plugins/odb needs to know about MySQL and MariaDB.

#include "cluster_lease.hpp"
#include "failure.hpp"
#include "odb_shim.hpp"
#include "parameters.hpp"
#include "watchdog.hpp"

#include <odb/mysql/connection.hxx>
#include <odb/mysql/database.hxx>
#include <odb/mysql/exceptions.hxx>
#include <odb/mysql/prepared-query.hxx>
#include <odb/mysql/statement.hxx>
#include <odb/mysql/tracer.hxx>
#include <odb/mysql/transaction-impl.hxx>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

struct MysqlConnection final : WatchedConnection<odb::mysql::connection> {
  using WatchedConnection::WatchedConnection;
  ~MysqlConnection() override = default;

  ClusterLease* lease = nullptr;  ///< while it migrates
};

struct Driver {
  using Database = odb::mysql::database;
  using Connection = odb::mysql::connection;
  using Query = odb::mysql::query_base;
  using Command = odb::mysql::delete_statement;  // runs any statement and counts the changed rows
  using TracerBase = odb::mysql::tracer;
  using Parameters = mapping::Parameters;

  static constexpr const char* name = "mysql";
  static constexpr auto text = odb::mysql::id_string;
  static constexpr auto integer = odb::mysql::id_longlong;
  static constexpr char quote = '`';
  static constexpr int mysql_check_constraint_violated = 3819;  // MySQL's own, which MariaDB's header does not know
  static constexpr const char* cast_integer = "SIGNED";
  static constexpr const char* schema_table_lookup =
      "FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'clinic_schema'";

  static std::string placeholder(std::size_t /*at*/) { return "?"; }

  /// Every connection here was opened by our own connector.
  static MysqlConnection& own(Connection& connection) { return static_cast<MysqlConnection&>(connection); }

  struct TimeLimit : CallLimit {
    explicit TimeLimit(Connection& connection) : CallLimit(own(connection).watched) {}
  };

  /// Writers lock by writing, and each of their statements sees what was committed before it (the session's READ
  /// COMMITTED). Readers see one state.
  static odb::transaction_impl* begin(Connection& connection, bool writes) {
    return new Begin(odb::mysql::connection_ptr(odb::details::inc_ref(&connection)),
                     writes ? "BEGIN"
                            : "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; "
                              "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  }

  /// In a cluster, a transaction of another node may end one of ours during a SELECT. MariaDB 10.11 then answers the
  /// SELECT without an error. Only the status that comes with the answer shows that the transaction is gone, with
  /// everything written in it. Each statement after that would be committed by itself.
  static bool in_transaction(Connection& connection) {
    return (connection.handle()->server_status & SERVER_STATUS_IN_TRANS) != 0;
  }
  static void look_closely(Connection&) {}
  static void confirm_commit(Connection&) {}

  /// When two migrate at once, one waits here for the other, however long that takes.
  struct SchemaLock {
    explicit SchemaLock(Connection& connection) : connection_(connection) {
      if (mariadb_connection(connection.handle())) run_all(connection, "SET SESSION max_statement_time = 0");
      run_all(connection, "SET SESSION lock_wait_timeout = 86400");
      run_all(connection, "DO GET_LOCK(CONCAT('clinic_schema ', LEFT(DATABASE(), 40)), 86400)");
      if (show(connection.handle(), "SHOW VARIABLES LIKE 'wsrep_on'") != "ON") return;
      lease_.emplace([&](const std::string& statement) { return run_unless_taken(connection, statement); });
      own(connection).lease = &*lease_;
    }
    /// The lock goes with the connection, and so do its settings.
    ~SchemaLock() {
      own(connection_).lease = nullptr;
      lease_.reset();
      connection_.mark_failed();
    }
    SchemaLock(const SchemaLock&) = delete;
    SchemaLock& operator=(const SchemaLock&) = delete;

   private:
    Connection& connection_;
    std::optional<ClusterLease> lease_;
  };

  /// Every change commits by itself, so a migration that broke off runs again from its beginning. It passes over what
  /// is there, or gone, already.
  static void change_schema(Connection& connection, std::string_view statement) {
    std::string sql(statement);
    if (!mariadb_connection(connection.handle())) {
      static constexpr std::string_view mariadb = "utf8mb4_nopad_bin", mysql = "utf8mb4_0900_bin";
      for (auto at = sql.find(mariadb); at != sql.npos; at = sql.find(mariadb, at))
        sql.replace(at, mariadb.size(), mysql);
    }
    if (auto* lease = own(connection).lease) lease->renew();
    try {
      connection.execute(sql);
    } catch (const odb::mysql::database_exception& exception) {
      switch (exception.error()) {
        case ER_TABLE_EXISTS_ERROR:
        case ER_DUP_KEYNAME:
        case ER_DUP_FIELDNAME:
        case ER_CANT_DROP_FIELD_OR_KEY:  // it is gone
        case ER_DUP_ENTRY:               // the row that says that the step was taken
          return;
        default:
          throw;
      }
    }
  }

  static std::unique_ptr<Command> make_command(Connection& connection, const char* /*name*/, const std::string& sql,
                                               Query& parameters) {
    parameters.init_parameters();
    return std::make_unique<Command>(connection, sql, parameters.parameters_binding());
  }

  static bool reusable(Connection& connection) {
    return !connection.failed() && !(connection.handle()->server_status & SERVER_STATUS_IN_TRANS);
  }

  static bool broke(Connection&) { return false; }

  /// No call may wait for this connection any more, not even the one that closes it.
  static void give_up(Connection& connection) {
    connection.mark_failed();
    own(connection).watched.cut();
  }

  /// ODB throws the same exception for every violated constraint. The connection still knows which one it was.
  static Failure constraint_failure(Connection& connection) {
    return unique_violation(mysql_error(connection.handle()));
  }

  static Failure explain(const odb::database_exception& exception, Connection* connection, bool committing) {
    const auto& mysql = dynamic_cast<const odb::mysql::database_exception&>(exception);
    auto code = static_cast<int>(mysql.error());
    // When an error comes among the rows, libmariadb leaves the statement's error code at 0. If the server is still
    // there, it was a conflict or a time limit, and the transaction can be run again.
    if (code == 0 && connection) code = answers(*connection) ? ER_LOCK_DEADLOCK : CR_SERVER_LOST;
    const auto failure = [&](clinic_plugin_code meaning, std::string message) {
      return Failure{meaning, std::move(message), {}, code};
    };
    // These errors come from the server's state and not from the statement. Another connection may reach another
    // server.
    const auto elsewhere = [&](clinic_plugin_code meaning, const char* message) {
      if (connection) give_up(*connection);
      return failure(meaning, message);
    };
    switch (code) {
      case ER_DUP_ENTRY:
        return unique_violation(mysql.message());
      case ER_BAD_NULL_ERROR:
      case ER_DATA_TOO_LONG:
      case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
        return failure(CLINIC_PLUGIN_CONSTRAINT, "a column cannot hold the value");
      case ER_CONSTRAINT_FAILED:
      case mysql_check_constraint_violated:
        return failure(CLINIC_PLUGIN_CONSTRAINT, "a check refuses the row");
      case ER_LOCK_DEADLOCK:  // in a Galera cluster also: another node committed first
      case ER_CHECKREAD:
      case ER_TABLE_DEF_CHANGED:  // somebody migrates: this transaction began before the table was there
        return failure(CLINIC_PLUGIN_CONFLICT, "a deadlock or a serialization failure");
      case ER_LOCK_WAIT_TIMEOUT:
        return failure(CLINIC_PLUGIN_BUSY, "another transaction kept a lock too long");
      case ER_STATEMENT_TIMEOUT:
      case ER_QUERY_INTERRUPTED:
        return failure(CLINIC_PLUGIN_BUSY, "the statement took too long");
      case ER_NO_SUCH_TABLE:
        return failure(CLINIC_PLUGIN_REFUSED, "the database has no clinic tables: migrate it first");
      case ER_TABLEACCESS_DENIED_ERROR:
      case ER_DBACCESS_DENIED_ERROR:
      case ER_SPECIFIC_ACCESS_DENIED_ERROR:
        return failure(CLINIC_PLUGIN_REFUSED, "the user of the URL lacks a privilege");
      case ER_DISK_FULL:
      case ER_RECORD_FILE_FULL:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "the server's disk is full");
      case ER_OPTION_PREVENTS_STATEMENT:
      case ER_READ_ONLY_MODE:
        return elsewhere(CLINIC_PLUGIN_UNAVAILABLE, "the server is read-only");
      case ER_UNKNOWN_COM_ERROR:
        return elsewhere(CLINIC_PLUGIN_UNAVAILABLE, "the node is not part of the cluster's majority");
      case CR_SERVER_LOST:
      case CR_SERVER_GONE_ERROR:
      case ER_SERVER_SHUTDOWN:
      case ER_NORMAL_SHUTDOWN:
      case ER_CONNECTION_KILLED:
      case ER_ERROR_DURING_COMMIT:
        return committing ? elsewhere(CLINIC_PLUGIN_OUTCOME_UNKNOWN, "the server ended the connection during commit")
                          : elsewhere(CLINIC_PLUGIN_UNAVAILABLE, "the server ended the connection");
      default:
        return failure(CLINIC_PLUGIN_INTERNAL, "the server refuses a statement (error " + std::to_string(code) + ")");
    }
  }

  /// The second column of the first row that a SHOW answers; empty without a row.
  static std::string show(MYSQL* handle, std::string_view statement) {
    if (mysql_real_query(handle, statement.data(), static_cast<unsigned long>(statement.size())) != 0)
      throw odb::connection_lost();
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> rows(mysql_store_result(handle), &mysql_free_result);
    const MYSQL_ROW row = rows ? mysql_fetch_row(rows.get()) : nullptr;
    return row && row[1] ? row[1] : "";
  }

  /// Runs a statement. False when another node's transaction, or a row of somebody else, came first.
  static bool run_unless_taken(Connection& connection, std::string_view statement) try {
    run_all(connection, statement);
    return true;
  } catch (const odb::mysql::database_exception& exception) {
    if (exception.error() == ER_DUP_ENTRY || exception.error() == ER_LOCK_DEADLOCK) return false;
    throw;
  }

  static bool answers(Connection& connection) {
    const TimeLimit limit(connection);
    return mysql_ping(connection.handle()) == 0;
  }

  /// Runs statements that answer nothing, in one round trip.
  static void run_all(Connection& connection, std::string_view statements) {
    connection.clear();
    MYSQL* handle = connection.handle();
    if (mysql_real_query(handle, statements.data(), static_cast<unsigned long>(statements.size())) == 0) {
      int more = 0;
      while (more == 0)
        more = mysql_next_result(handle);
      if (more < 0) return;  // all ran
    }
    const auto code = mysql_errno(handle);
    if (code == CR_SERVER_LOST || code == CR_SERVER_GONE_ERROR) {
      connection.mark_failed();
      throw odb::connection_lost();
    }
    throw odb::mysql::database_exception(code, mysql_sqlstate(handle), mysql_error(handle));
  }

 private:
  /// Begins a transaction with statements of our own, in one round trip.
  class Begin final : public odb::mysql::transaction_impl {
   public:
    Begin(odb::mysql::connection_ptr connection, const char* statements)
        : odb::mysql::transaction_impl(std::move(connection)), statements_(statements) {}
    void start() override {
      if (auto* tracer = connection().database().tracer()) tracer->execute(connection(), statements_);
      run_all(connection(), statements_);
    }

   private:
    const char* statements_;
  };
};

}  // namespace
}  // namespace clinic::mapping
