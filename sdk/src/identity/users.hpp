#pragma once

#include "people.hpp"

namespace clinic {

/// Throws Error(forbidden) where the actor reaches for a superadmin and is none.
void check_rank(const Call& call, Role role);

/// Stores a new user, whose id is set: linked with `patient` where one is given; else, with role patient, with a new
/// patient of that number, which then is `patient`.
void store_with_patient(UnitOfWork& work, const Call& call, User& user, std::optional<Patient>& patient,
                        const std::string& number, std::optional<Date> birth_date = std::nullopt);

}  // namespace clinic
