#pragma once

#include "call.hpp"
#include "sealer.hpp"

namespace clinic {

/// The database's own key, with which everything in it is sealed and hashed. It lies there itself, sealed with the
/// master key: so another master key is noticed when a clinic is opened, and a change of the master key leaves all else
/// as it is. Made at the first opening. Throws Error(key_wrong).
MasterKey data_key(Store& store, const Sealer& master, const RandomSource& random, Timestamp now);

/// As it lies in a database that has one.
std::optional<DataKey> stored_data_key(Transaction& transaction);
/// Throws Error(key_wrong).
MasterKey unsealed(const DataKey& row, const Sealer& master);
/// The one of the master keys with which it is sealed; none: none of them.
std::optional<MasterKey> key_that_opens(const DataKey& row, const MasterKeys& masters);

/// Seals it with the present master key, so that earlier ones are not needed any more. Throws NothingToDo where it is
/// so already.
void renew_data_key(UnitOfWork& work, const Sealer& master);

}  // namespace clinic
