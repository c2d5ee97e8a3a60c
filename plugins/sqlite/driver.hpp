#pragma once

/// \file
/// What the code in plugins/odb needs to know about SQLite.

#include "failure.hpp"
#include "odb_shim.hpp"
#include "watched_connection.hpp"

#include <odb/sqlite/database.hxx>
#include <odb/sqlite/exceptions.hxx>
#include <odb/sqlite/prepared-query.hxx>
#include <odb/sqlite/statement.hxx>
#include <odb/sqlite/tracer.hxx>
#include <odb/sqlite/transaction-impl.hxx>

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

struct Driver {
  using Database = odb::sqlite::database;
  using Connection = odb::sqlite::connection;
  using Query = odb::sqlite::query_base;
  using Command = odb::sqlite::delete_statement;  // runs any statement and counts the changed rows
  using TracerBase = odb::sqlite::tracer;

  static constexpr const char* name = "sqlite";
  static constexpr auto text = odb::sqlite::id_text;
  static constexpr auto integer = odb::sqlite::id_integer;
  static constexpr char quote = '"';
  static constexpr const char* cast_integer = "INTEGER";
  static constexpr const char* schema_table_lookup =
      "FROM sqlite_master WHERE type = 'table' AND name = 'clinic_schema'";

  /// A writer takes the write lock at its beginning. If it read first and waited for the lock then, it could only fail.
  static odb::transaction_impl* begin(Connection& connection, bool writes) {
    if (auto& watched = static_cast<WatchedConnection&>(connection); watched.should_look(writes)) {
      require_own_file(connection);
      watched.found_own_file();
    }
    return writes ? connection.begin_immediate() : connection.begin();
  }

  static bool in_transaction(Connection&) { return true; }
  /// What a check of the database's health does beside reading.
  static void look_closely(Connection& connection) { require_own_file(connection); }
  /// SQLite waits for no network.
  struct TimeLimit {
    explicit TimeLimit(Connection&) {}
    ~TimeLimit() {}
  };
  /// The transaction's write lock is enough.
  struct SchemaLock {
    explicit SchemaLock(Connection&) {}
    ~SchemaLock() {}
  };
  static void change_schema(Connection& connection, std::string_view statement) {
    connection.execute(statement.data(), statement.size());
  }
  static bool broke(Connection&) { return false; }
  static void give_up(Connection&) {}

  static std::unique_ptr<Command> make_command(Connection& connection, const char* /*name*/, const std::string& sql,
                                               Query& parameters) {
    parameters.init_parameters();
    return std::make_unique<Command>(connection, sql, parameters.parameters_binding());
  }

  /// A connection whose transaction could not be ended is thrown away.
  static bool reusable(Connection& connection) { return sqlite3_get_autocommit(connection.handle()) != 0; }

  /// ODB throws the same exception for every violated constraint. The connection still knows which one it was.
  static Failure constraint_failure(Connection& connection) {
    const int code = sqlite3_extended_errcode(connection.handle());
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
      return {CLINIC_PLUGIN_UNIQUE_VIOLATION, "the row is there already",
              violated_fields(sqlite3_errmsg(connection.handle())), code};
    return {CLINIC_PLUGIN_CONSTRAINT, "a constraint of the table was violated", {}, code};
  }

  /// The commit may be in the log already: then whoever reads it finds it there, and a loss of power may take it.
  static Failure unconfirmed_commit(int code) {
    return {CLINIC_PLUGIN_OUTCOME_UNKNOWN, "the disk did not confirm the commit", {}, code};
  }

  static Failure explain(const odb::database_exception& exception, Connection* connection, bool committing) {
    const auto& sqlite = dynamic_cast<const odb::sqlite::database_exception&>(exception);
    const int code = sqlite.extended_error();
    auto failure = [&](clinic_plugin_code meaning, const char* message) { return Failure{meaning, message, {}, code}; };
    switch (sqlite.error()) {
      case SQLITE_CONSTRAINT:
        if (connection) return constraint_failure(*connection);
        break;
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return failure(CLINIC_PLUGIN_BUSY, "the database is locked by another writer");
      case SQLITE_FULL:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "the disk is full");
      case SQLITE_READONLY:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "the database is read-only");
      case SQLITE_CANTOPEN:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "the database file cannot be opened");
      case SQLITE_PERM:
      case SQLITE_AUTH:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "access to the database file is denied");
      case SQLITE_IOERR:
        if (committing && (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC))
          return unconfirmed_commit(code);
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "reading or writing the database file failed");
      case SQLITE_NOTADB:
        return failure(CLINIC_PLUGIN_REFUSED, "the file is not an SQLite database");
      case SQLITE_CORRUPT:
        return failure(CLINIC_PLUGIN_UNAVAILABLE, "the database file is damaged: restore a backup");
      case SQLITE_NOMEM:
        return failure(CLINIC_PLUGIN_INTERNAL, "out of memory");
      case SQLITE_ERROR:
        if (std::string_view(sqlite.message()).starts_with("no such table"))
          return failure(CLINIC_PLUGIN_REFUSED, "the database has no clinic tables: migrate it first");
        break;
      default:
        break;
    }
    return failure(CLINIC_PLUGIN_INTERNAL, "SQLite refuses a statement");
  }

 private:
  /// A process that has a deleted or replaced file open goes on writing to it, and what it writes is lost.
  static void require_own_file(Connection& connection) {
    int moved = 0;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved) throw Failure::unavailable("the database file was deleted or replaced: open it again");
  }

  /// `UNIQUE constraint failed: external_identifiers.system, external_identifiers.value` → `system,value`
  static std::string violated_fields(std::string_view message) {
    std::string fields;
    auto at = message.find(": ");
    while (at != message.npos) {
      const auto begin = message.find('.', at) + 1;
      at = message.find(", ", begin);
      fields += (fields.empty() ? "" : ",") + std::string(message.substr(begin, at == message.npos ? at : at - begin));
    }
    return fields;
  }
};

}  // namespace
}  // namespace clinic::mapping
