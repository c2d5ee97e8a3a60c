#pragma once

#include "captured.hpp"
#include "scenes.hpp"

#include "support/test_database.hpp"

namespace clinic::bench {

inline test::Backend backend_of(Server server) {
  return server == Server::postgresql ? test::Backend::postgresql : test::Backend::mysql;
}

/// What all clinics of the benchmark have in common, on a server.
inline Configuration on_server(const test::TestDatabase& database) {
  auto configured = configuration({});
  configured.storage = database.url();
  configured.master_key = database.master_key();
  return configured;
}

}  // namespace clinic::bench
