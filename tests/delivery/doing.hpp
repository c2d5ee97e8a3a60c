#pragma once

/// \file
/// What the processes do, each until its parent says so. They throw what ends them.

#include "job.hpp"

#include <iostream>

namespace clinic::test {

void dispatch(const Job& job);
void change(const Job& job);
void follow(const Job& job);

inline void say_ready() { std::cout << "ready" << std::endl; }
/// The next line of the parent, or the end of its words.
inline void wait_until_told() {
  std::string line;
  std::getline(std::cin, line);
}

}  // namespace clinic::test
