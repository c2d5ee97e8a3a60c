#pragma once

#include "pool.hpp"
#include "server_url.hpp"

#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

/// The connections to a database on a server: one pool for readers and writers. `Connector` is made from the URL. It
/// has ODB's database() and opens connections.
template <class Connector>
class ServerConnections {
 public:
  explicit ServerConnections(std::string_view url) : ServerConnections(parse_server_url(url)) {}

  Driver::Database& database() { return connector_.database(); }

  /// Opens a connection. Throws when that fails.
  void try_out() { take(false); }

  Lease take(bool /*writes*/) { return Lease(pool_); }

  void confirm_commit(Lease& committed) { Driver::confirm_commit(*committed->connection); }

 private:
  explicit ServerConnections(const ServerUrl& url)
      : connector_(url),
        pool_(url.pool, url.pool_timeout,
              Failure::busy("all connections are in use: raise pool=" + std::to_string(url.pool)),
              [this] { return connector_.connect(); }) {}

  Connector connector_;  // outlives its connections
  Pool pool_;
};

}  // namespace
}  // namespace clinic::mapping
