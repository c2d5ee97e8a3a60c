#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// Bringing users and patients together.
inline constexpr std::array sync = {
    FieldRule{"dry_run", "Count only, change nothing"},
    FieldRule{"patients_created", "Patients made for users that had none"},
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
