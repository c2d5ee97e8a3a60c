/// \file
/// Opening and closing.

#include "checks.hpp"
#include "records.hpp"

namespace clinic::conformance {

namespace {

void refuses(StorageBench& bench, const std::string& what, const std::string& url) {
  RawStore opened(bench.table(), record_model(), bench.host(), url);
  if (opened.code != CLINIC_PLUGIN_REFUSED) unmet("open of " + what + " answers REFUSED", code_name(opened.code));
}

void foreign_url(StorageBench& bench) {
  refuses(bench, "another plugin's URL", "surely-another:database");
  refuses(bench, "an empty URL", "");
}

void unknown_option(StorageBench& bench) {
  refuses(bench, "a URL with an unknown option", with_option(bench.url(), "no_such_option_at_all=1"));
}

void again_and_again(StorageBench& bench) {
  committed(bench.store(), user("a"));
  for (int i = 0; i < 20; ++i) {
    const auto another = bench.another();
    expect("the rows seen through a store opened later", counted<User>(*another), 1u);
  }
}

void two_stores(StorageBench& bench) {
  const auto another = bench.another();
  committed(bench.store(), user("a"));
  committed(*another, user("b"));
  expect("the rows seen by the first store", counted<User>(bench.store()), 2u);
  expect("the rows seen by the second store", counted<User>(*another), 2u);
}

void healthy(StorageBench& bench) {
  RawStore opened(bench.table(), record_model(), bench.host(), bench.url());
  opened.must_be_open();
  opened.must("health", opened.table.health(opened.store, &opened.error));
  expect_true("health is OK beside a writing transaction", [&] {
    const Transaction writing(bench.store(), Access::write);
    return bench.another()->healthy();
  }());
}

}  // namespace

std::vector<StorageCheck> opening_checks() {
  return {
      {"open.foreign_url", "A URL that does not begin with the plugin's name and a colon is REFUSED.", foreign_url},
      {"open.unknown_option", "A URL with an option that the plugin does not know is REFUSED, not opened without it.",
       unknown_option},
      {"open.again", "A store can be opened and closed any number of times.", again_and_again},
      {"open.two_stores", "Two stores on one URL are one database: each sees what the other commits.", two_stores},
      {"open.health", "health answers OK when the database answers, before there is a schema and beside a writer.",
       healthy},
  };
}

}  // namespace clinic::conformance
