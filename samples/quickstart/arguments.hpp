#pragma once

#include <string>

struct Arguments {
  std::string storage;  ///< where the demo's database is made
  std::string data;     ///< the file with the people
  bool json = false;    ///< print the counts for a machine, not the story
};

/// Throws std::invalid_argument with a sentence for a person.
Arguments parse_arguments(int count, char** values);

extern const char* const usage;
