#pragma once

// Where the tests find what they read. Compiled once: a path in the compiler's command line, or in a header, would make
// every object of a clone its own, and ccache would serve no other.

#include <string>

namespace clinic::test {

std::string data_folder();         ///< tests/data
std::string plugin_folder();       ///< of our plugins
std::string plugin_sources();      ///< plugins, with the steps of the schema
std::string backup_worker();       ///< a program of tests/scenarios
std::string secret_user();         ///< a program of tests/memory
std::string race_worker();         ///< the program of tests/concurrent
std::string delivery_worker();     ///< the program of tests/delivery
std::string test_plugin_folder();  ///< of the plugins that tests are made with

}  // namespace clinic::test
