#pragma once

#include "failure.hpp"
#include "odb_shim.hpp"
#include "watchdog.hpp"

#include <odb/pgsql/connection.hxx>
#include <odb/pgsql/database.hxx>

#include <libpq-fe.h>

#include <string_view>

namespace clinic::mapping {
namespace {

/// Also notes what the server says of a commit that it could not bring to the standby.
class PostgresqlConnection final : public WatchedConnection<odb::pgsql::connection> {
 public:
  PostgresqlConnection(odb::pgsql::database& database, PGconn* handle, Watchdog& watchdog)
      : WatchedConnection(database, handle, watchdog, PQsocket(handle)) {
    PQsetNoticeReceiver(handle, &receive_notice, this);
  }
  ~PostgresqlConnection() override = default;

  bool take_unreplicated() { return std::exchange(unreplicated_, false); }

 private:
  static void receive_notice(void* self, const PGresult* notice) {
    // Only the name of the function is the same in all languages.
    const char* function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    if (function && std::string_view(function) == "SyncRepWaitForLSN")
      static_cast<PostgresqlConnection*>(self)->unreplicated_ = true;
  }

  bool unreplicated_ = false;
};

}  // namespace
}  // namespace clinic::mapping
