/// \file
/// Every file of tests/data/scenarios over HTTP.

#include "support/catch.hpp"
#include "support/http_driver.hpp"

using namespace clinic::test;

#define SCENARIO_FILE(name, tags)                     \
  TEST_CASE("HTTP scenario " name, tags "[HTTP-1]") { \
    HttpDriver driver;                                \
    run_scenario(name, driver);                       \
    CHECK(driver.unsayable() <= driver.sent());       \
  }
#include "scenario_files.inc"
