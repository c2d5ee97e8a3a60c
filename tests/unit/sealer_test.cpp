#include "crypto/sealer.hpp"

#include "base/ids.hpp"
#include "support/catch.hpp"

#include <clinic/error.hpp>

using namespace clinic;

TEST_CASE("what is sealed opens with its key and purpose, as it was sealed", "[ACCESS-5]") {
  const Sealer sealer({MasterKey{1}}, random_bytes);
  const auto sealed = sealer.seal("one", "a text");
  CHECK(sealer.unseal("one", sealed) == "a text");
  CHECK(sealer.seal("one", "a text") != sealed);  // a nonce that comes twice gives AES-GCM away
  CHECK_THROWS_AS(sealer.unseal("another", sealed), Error);
  CHECK_THROWS_AS(Sealer({MasterKey{2}}, random_bytes).unseal("one", sealed), Error);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    if (sealed[at] == '=') continue;
    auto changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CAPTURE(at);
    CHECK_THROWS_AS(sealer.unseal("one", changed), Error);
  }
}

TEST_CASE("an earlier key opens what it sealed, and hashes have a key for each purpose", "[ACCESS-5]") {
  const Sealer before({MasterKey{1}}, random_bytes), now({MasterKey{2}, MasterKey{1}}, random_bytes);
  const auto sealed = before.seal("one", "a text");
  CHECK(now.unseal("one", sealed) == "a text");
  CHECK_FALSE(now.current(sealed));
  CHECK(now.current(now.seal("one", "a text")));
  CHECK(now.keyed_hash("one", "a text") != now.keyed_hash("another", "a text"));
}
