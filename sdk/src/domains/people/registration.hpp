#pragma once

#include "domains/people/people.hpp"

namespace clinic {

RegisteredPatient register_patient(Call& call, const RegisterPatient& request);
RegisteredPatient create_account(Call& call, const CreateAccount& request);

}  // namespace clinic
