#pragma once

/// \file
/// What the code in plugins/odb needs to know about PostgreSQL.

#include "parameters.hpp"
#include "postgresql_connection.hpp"

#include <odb/pgsql/exceptions.hxx>
#include <odb/pgsql/prepared-query.hxx>
#include <odb/pgsql/statement.hxx>
#include <odb/pgsql/tracer.hxx>
#include <odb/pgsql/transaction-impl.hxx>

#include <memory>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

struct Driver {
  using Database = odb::pgsql::database;
  using Connection = odb::pgsql::connection;
  using Query = odb::pgsql::query_base;
  using Command = odb::pgsql::delete_statement;  // runs any statement and counts the changed rows
  using TracerBase = odb::pgsql::tracer;
  using Parameters = mapping::Parameters;

  static constexpr const char* name = "postgresql";
  static constexpr auto text = odb::pgsql::id_string;
  static constexpr auto integer = odb::pgsql::id_bigint;
  static constexpr char quote = '"';
  static constexpr const char* cast_integer = "BIGINT";
  static constexpr const char* schema_table_lookup = "FROM pg_class WHERE oid = to_regclass('clinic_schema')";

  static std::string placeholder(std::size_t at) { return '$' + std::to_string(at + 1); }

  /// Every connection here was opened by our own connector.
  static PostgresqlConnection& own(Connection& connection) { return static_cast<PostgresqlConnection&>(connection); }

  struct TimeLimit : CallLimit {
    explicit TimeLimit(Connection& connection) : CallLimit(own(connection).watched) {}
  };

  /// Writers lock by writing, and each of their statements sees what was committed before it. Readers see one state.
  static odb::transaction_impl* begin(Connection& connection, bool writes) {
    return new Begin(
        odb::pgsql::connection_ptr(odb::details::inc_ref(&connection)),
        writes ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  static bool in_transaction(Connection&) { return true; }
  static void look_closely(Connection&) {}
  /// The server cannot undo a commit that no standby confirmed, so it answers success with a warning.
  static void confirm_commit(Connection& connection) {
    if (own(connection).take_unreplicated())
      throw Failure::outcome_unknown("the commit was not confirmed by the standby in time");
  }

  /// When two migrate at once, one waits here for the other, however long that takes.
  struct SchemaLock {
    explicit SchemaLock(Connection& connection) {
      connection.execute("SET LOCAL lock_timeout = 0");
      connection.execute("SET LOCAL statement_timeout = 0");
      connection.execute("SELECT pg_advisory_xact_lock(7166192843227701549)");
    }
    ~SchemaLock() {}
  };
  static void change_schema(Connection& connection, std::string_view statement) {
    connection.execute(statement.data(), statement.size());
  }

  static std::unique_ptr<Command> make_command(Connection& connection, const char* name, const std::string& sql,
                                               Query& parameters) {
    parameters.init_parameters();
    return std::make_unique<Command>(connection, std::string(name), sql, parameters.parameter_types(),
                                     parameters.parameter_count(), parameters.parameters_binding());
  }

  static bool reusable(Connection& connection) {
    return !connection.failed() && PQtransactionStatus(connection.handle()) == PQTRANS_IDLE;
  }

  /// When an insert got no answer, ODB 2.4 makes a std::string of a SQLSTATE that is null, which throws another
  /// exception.
  static bool broke(Connection& connection) { return PQstatus(connection.handle()) != CONNECTION_OK; }

  /// No call may wait for this connection any more, not even the one that closes it.
  static void give_up(Connection& connection) {
    connection.mark_failed();
    own(connection).watched.cut();
  }

  /// ODB throws the same exception for every violated constraint. The connection still knows which one it was.
  static Failure constraint_failure(Connection& connection) {
    return unique_violation(first_line(PQerrorMessage(connection.handle())));
  }

  static Failure explain(const odb::database_exception& exception, Connection* connection, bool committing) {
    const auto& postgresql = dynamic_cast<const odb::pgsql::database_exception&>(exception);
    const std::string_view state = postgresql.sqlstate();
    const auto is = [&](std::string_view begin) { return state.starts_with(begin); };
    const auto failure = [&](clinic_plugin_code code, const char* message) {
      return Failure{code, std::string(message) + " (SQLSTATE " + std::string(state) + ")"};
    };
    if (is("23505")) return unique_violation(first_line(postgresql.message()));
    if (is("23")) return failure(CLINIC_PLUGIN_CONSTRAINT, "a constraint of the table was violated");
    if (is("22")) return failure(CLINIC_PLUGIN_CONSTRAINT, "a column cannot hold the value");
    if (is("40003")) return failure(CLINIC_PLUGIN_OUTCOME_UNKNOWN, "the server does not know how the commit ended");
    if (is("40")) return failure(CLINIC_PLUGIN_CONFLICT, "a deadlock or a serialization failure");
    if (is("55P03")) return failure(CLINIC_PLUGIN_BUSY, "another transaction kept a lock too long");
    if (is("57014")) return failure(CLINIC_PLUGIN_BUSY, "the statement took too long");
    if (is("42P01")) return failure(CLINIC_PLUGIN_REFUSED, "the database has no clinic tables: migrate it first");
    if (is("42501")) return failure(CLINIC_PLUGIN_REFUSED, "the user of the URL lacks a privilege");
    if (is("42P05") || is("26000"))
      return failure(CLINIC_PLUGIN_INTERNAL,
                     "prepared statements come and go between transactions: a pooler stands before the server, and not "
                     "in its session mode");
    // The errors that follow come from the server's state and not from the statement. Another connection may reach
    // another server.
    const bool ending = is("08") || is("57P");
    const bool unable = is("25006") || is("53") || is("58") || is("XX001") || is("XX002");
    if (connection && (ending || unable)) give_up(*connection);
    if (ending && committing)
      return failure(CLINIC_PLUGIN_OUTCOME_UNKNOWN, "the server ended the connection during commit");
    if (ending) return failure(CLINIC_PLUGIN_UNAVAILABLE, "the server ended the connection");
    if (is("25006")) return failure(CLINIC_PLUGIN_UNAVAILABLE, "the server is read-only");
    if (is("53100")) return failure(CLINIC_PLUGIN_UNAVAILABLE, "the server's disk is full");
    if (unable) return failure(CLINIC_PLUGIN_UNAVAILABLE, "the server lacks resources or is damaged");
    return failure(CLINIC_PLUGIN_INTERNAL, "PostgreSQL refuses a statement");
  }

 private:
  /// The lines after the first hold the value.
  static std::string_view first_line(std::string_view message) { return message.substr(0, message.find('\n')); }

  /// Begins a transaction with a statement of our own, in one round trip.
  class Begin final : public odb::pgsql::transaction_impl {
   public:
    Begin(odb::pgsql::connection_ptr connection, const char* statement)
        : odb::pgsql::transaction_impl(std::move(connection)), statement_(statement) {}
    void start() override { connection().execute(statement_); }

   private:
    const char* statement_;
  };
};

}  // namespace
}  // namespace clinic::mapping
