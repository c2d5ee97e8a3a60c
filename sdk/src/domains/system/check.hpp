#pragma once

#include "engine/call.hpp"

#include <clinic/services/system_service.hpp>

namespace clinic {

/// What a check adds to: it counts all problems and keeps the first hundred.
class Findings {
 public:
  void looked_at(std::int64_t records) { checked_.records_checked += records; }
  void add(CheckProblem problem);
  SystemChecked take() && { return std::move(checked_); }

 private:
  SystemChecked checked_;
};

/// One kind of thing that may be wrong. Reads only, a page at a time, and repairs nothing.
using Check = void (*)(Call& call, Findings& findings);

void check_files(Call& call, Findings& findings);       ///< who may read or write the files
void check_messages(Call& call, Findings& findings);    ///< whether those that are due are sent
void check_notifiers(Call& call, Findings& findings);   ///< whether messages could be sent now
void check_references(Call& call, Findings& findings);  ///< whether they can be read, and whom they refer to is there
void check_records(Call& call, Findings& findings);  ///< whether they are whole, and their normal forms this version's

/// All of them.
SystemChecked check(Call& call, const Nothing& request);

}  // namespace clinic
