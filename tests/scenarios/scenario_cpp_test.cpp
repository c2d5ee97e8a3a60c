/// \file
/// Every file of tests/data/scenarios through Session::call.

#include "support/catch.hpp"
#include "support/sdk_driver.hpp"

using namespace clinic::test;

#define SCENARIO_FILE(name, tags)         \
  TEST_CASE("C++ scenario " name, tags) { \
    SdkDriver driver;                     \
    run_scenario(name, driver);           \
  }
#include "scenario_files.inc"
