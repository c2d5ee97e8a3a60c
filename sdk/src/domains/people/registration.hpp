#pragma once

#include "domains/people/accounts.hpp"
#include "domains/people/people.hpp"

namespace clinic {

/// Makes the account of a patient who has none, with the request's contacts, and audits it. `patient` is stored. Throws
/// Error: already_linked, not_linkable, validation_failed where there is no contact, and the duplicates of an account.
RegisteredPatient store_new_account(UnitOfWork& work, const Call& call, const CreateAccount& request, Patient patient,
                                    const Credentials& credentials);

RegisteredPatient register_patient(Call& call, const RegisterPatient& request);
RegisteredPatient register_unidentified(Call& call, const RegisterUnidentified& request);
RegisteredPatient create_account(Call& call, const CreateAccount& request);
AccountsCreated create_accounts(Call& call, const CreateAccounts& request);

}  // namespace clinic
