#pragma once

#include "audit/signing.hpp"
#include "crypto/sealer.hpp"
#include "engine/call.hpp"

namespace clinic {

/// The database's own key, with which everything in it is sealed and hashed. It lies there itself, sealed with the
/// master key: so another master key is noticed when a clinic is opened, and a change of the master key leaves all else
/// as it is. Sealed with it lies when the signing of the audit began.
struct OwnKey {
  MasterKey key{};
  std::optional<SigningStart> signing{};  ///< none: as versions before 0.2 left it
};

/// Whether the database is there, with a schema that knows no such key.
bool before_own_keys(const clinic_schema_status& status);

/// Brings the schema forward, where it is not the present one; from a schema before_own_keys() with the key, for which
/// alone `masters` are needed. What breaks off is taken up by the next who calls this or own_key(). Throws what
/// own_key() throws: key_wrong before anything is changed.
void bring_forward(Store& store, const clinic_schema_status& status, const MasterKeys& masters,
                   const Environment& environment);

/// The key of an opened database, with the start of signing. Made where there is none: for a database that no clinic
/// has written to, or that bring_forward() has begun with. Throws Error: key_wrong; key_missing where there was a key,
/// and somebody has taken it out, or put an old one in its place.
OwnKey own_key(Store& store, const MasterKeys& masters, const Environment& environment);

/// As it lies in a database that has one.
std::optional<DataKey> stored_data_key(Transaction& transaction);
/// Throws Error(key_wrong).
OwnKey unsealed(const DataKey& row, const Sealer& master);
/// The one of the master keys with which it is sealed; none: none of them.
std::optional<MasterKey> key_that_opens(const DataKey& row, const MasterKeys& masters);

/// Seals it with the present master key, so that earlier ones are not needed any more. Throws NothingToDo where it is
/// so already.
void renew_data_key(UnitOfWork& work, const Sealer& master);

}  // namespace clinic
