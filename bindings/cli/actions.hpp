#pragma once

#include <functional>
#include <map>

namespace CLI {
class App;
}

namespace clinic::cli {

/// What each command does once the command line has been understood. Answers the exit code.
using Actions = std::map<const CLI::App*, std::function<int()>>;

}  // namespace clinic::cli
