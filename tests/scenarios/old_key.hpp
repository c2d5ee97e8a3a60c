#pragma once

#include "support/test_database.hpp"

#include "base/ids.hpp"
#include "crypto/sealer.hpp"

#include <boost/algorithm/hex.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace clinic::test {

/// The key of a database as clinic 0.1 sealed it: without the moment at which signing began.
inline std::string sealed_as_0_1_did(const std::string& sealed_key, const std::string& master_key) {
  MasterKey key{};
  std::string bytes;
  boost::algorithm::unhex(master_key, std::back_inserter(bytes));
  std::copy_n(bytes.begin(), key.size(), key.begin());
  const Sealer master({key}, random_bytes);
  return master.seal("data key", master.unseal("data key", sealed_key).substr(0, key.size()));
}

inline void forget_signing_start(const TestDatabase& database, const std::string& master_key) {
  const auto sealed = database.rows("SELECT sealed_key FROM data_keys").at(0).at("sealed_key").as_string();
  database.rows("UPDATE data_keys SET sealed_key = '" + sealed_as_0_1_did(std::string(sealed), master_key) + "'");
}

}  // namespace clinic::test
