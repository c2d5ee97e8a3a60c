#pragma once

namespace clinic::cli {

/// What the program answers to its caller. Documented in `clinic --help`.
enum ExitCode : int {
  done = 0,
  refused = 1,      ///< the operation answered an error or told of a fault, or a plugin does not pass its check
  wrong_usage = 2,  ///< the command line is not understood; nothing was done
  cannot_open = 3,  ///< the clinic could not be opened: configuration, key, plugin, schema
  failed = 70,      ///< something unforeseen (EX_SOFTWARE)
  try_again = 75    ///< an error that may pass: the same call may succeed later (EX_TEMPFAIL)
};

}  // namespace clinic::cli
