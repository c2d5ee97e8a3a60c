#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// Bringing users and patients together.
inline constexpr std::array sync = {
    FieldRule{"dry_run", "Count only, change nothing"},
    FieldRule{"patients_created", "Patients made for users that had none"},
    FieldRule{"fault", "What is wrong, in a word"},
    FieldRule{"difference_count", "How many differences were found that may be meant", Format::none, 0, Exposure::open,
              0},
    FieldRule{"differences", "Differences that may be meant; the first hundred"},
    FieldRule{"contacts_of", "Whose contacts stand where those of a pair differ"},
    FieldRule{"clean", "Whether nothing is left that is wrong"},
    FieldRule{"planned", "Problems that a repair would mend"},
    FieldRule{"repaired", "Problems that were mended", Format::none, 0, Exposure::open, 0},
    FieldRule{"left", "Problems that people have to decide on", Format::none, 0, Exposure::open, 0},
    FieldRule{"step_count", "How many problems were looked at", Format::none, 0, Exposure::open, 0},
    FieldRule{"steps", "What was done, or would be; the first hundred"},
    FieldRule{"users_linked", "Users linked to a patient that was there"},
    FieldRule{"users_seen", "Unlinked patient-role users looked at"},
    FieldRule{"patients_seen", "Unlinked patients looked at"},
    FieldRule{"conflicts", "What could not be linked, with the reason"},
    FieldRule{"conflict_count", "How many could not be linked"},
    FieldRule{"found", "Whether there is one"},
    FieldRule{"created", "Whether it was made by this call"},
    FieldRule{"generate_password", "Make a temporary password"},
};

}  // namespace clinic::dictionary
