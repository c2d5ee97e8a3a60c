#include "engine/data_key.hpp"

#include "audit/macs.hpp"
#include "audit/readable.hpp"
#include "base/formats.hpp"
#include "meta/json_object.hpp"
#include "records/records.hpp"
#include "store/storage_errors.hpp"

#include <algorithm>
#include <optional>

namespace clinic {
namespace {

constexpr const char* data_key_id = "data";
constexpr std::string_view purpose = "data key";
/// The first schema whose databases have a key of their own.
constexpr std::uint32_t schema_with_own_key = 4;

std::string to_text(const OwnKey& own) {
  return std::string(own.key.begin(), own.key.end()) + (own.signing ? text_of(*own.signing) : std::string());
}

OwnKey from_text(const std::string& text) {
  OwnKey own;
  if (text.size() >= own.key.size()) {
    std::copy_n(text.begin(), own.key.size(), own.key.begin());
    if (text.size() == own.key.size()) return own;
    own.signing = read_signing_start(text.substr(own.key.size()));
    if (own.signing) return own;
  }
  throw Error(ErrorCode::key_wrong, "The database's own key is damaged.");
}

std::optional<OwnKey> kept(Store& store, const Sealer& master) {
  Transaction transaction(store, Access::read);
  const auto row = stored_data_key(transaction);
  return row ? std::optional(unsealed(*row, master)) : std::nullopt;
}

template <class Record>
bool any(Transaction& transaction, Criteria<Record> criteria = {}) {
  return Repository<Record>(transaction).count(std::move(criteria)) > 0;
}

/// What only a clinic that had a key can have written.
bool has_traces_of_a_key(Transaction& transaction) {
  return any<AuditSeal>(transaction) || any(transaction, where(&AuditEntry::mac).is_not_null()) ||
         any(transaction, where(&Patient::sealed_fields).is_not_null()) ||
         any(transaction, where(&MedicalHistory::sealed_fields).is_not_null());
}

/// Every clinic writes to the audit, and of most calls an event. (An import from elsewhere does not.)
bool written_by_a_clinic(Transaction& transaction) {
  return any<AuditEntry>(transaction) || any<Event>(transaction) || any<OutboxMessage>(transaction);
}

/// The mark of a database that is being brought forward lies among the idempotency records: every schema has those.
constexpr const char* forward_mark = "bringing forward";

/// A database of an older version has no key of its own; but it may hold something that was sealed with its master key.
void refuse_other_master_key(Transaction& transaction, const Sealer& master) {
  if (const auto record =
          Repository<IdempotencyRecord>(transaction).first(where(&IdempotencyRecord::id) != forward_mark))
    master.unseal("idempotency response", record->sealed_response);
}

/// Only who has the master key can make the mark. So a database whose key is still to be made is told from one whose
/// key was taken out, also after a crash.
void mark_forward(Store& store, const Sealer& master, const Environment& environment) {
  Transaction transaction(store, Access::write);
  refuse_other_master_key(transaction, master);
  Repository<IdempotencyRecord> records(transaction);
  records.erase(forward_mark);  // perhaps of another master key that came to nothing
  IdempotencyRecord mark{forward_mark, forward_mark, forward_mark, master.seal(forward_mark, {}), environment.now()};
  try {
    records.insert(mark);
  } catch (const StorageError& failure) {
    if (!violates(failure, "IdempotencyRecord", "id")) throw;
    return;  // another one does the same at this moment
  }
  transaction.commit();
}

/// Throws Error(key_wrong) where another master key made the mark.
bool has_forward_mark(Transaction& transaction, const Sealer& master) {
  const auto mark = Repository<IdempotencyRecord>(transaction).find(forward_mark);
  if (mark) master.unseal(forward_mark, mark->sealed_response);
  return mark.has_value();
}

void erase_forward_mark(Transaction& transaction) { Repository<IdempotencyRecord>(transaction).erase(forward_mark); }

[[noreturn]] void refuse_lost_key() {
  throw Error(
      ErrorCode::key_missing,
      "The database's own key, the row in the table data_keys, is gone, or one of an older version was put in its "
      "place. Without it nobody can read what is encrypted there, nor tell who changed the audit. Restore a "
      "backup.");
}

constexpr const char* signing_began = "SIGNING_BEGAN";

/// Where it was found out before, a key that does not say since when is an old one that somebody put back.
bool has_begun(Transaction& transaction, const Sealer& sealer) {
  bool found = false;
  Repository<AuditEntry>(transaction)
      .each(Query<AuditEntry>(where(&AuditEntry::action) == signing_began && readable_entries()),
            [&](AuditEntry& entry) {
              found = entry.mac == mac_of(sealer, entry);
              return !found;
            });
  return found;
}

void audit_start(Transaction& transaction, const Sealer& sealer, const Environment& environment,
                 const SigningStart& start) {
  AuditEntry about;
  about.actor_name = "clinic";
  about.action = signing_began;
  about.resource_type = "audit";
  about.metadata.text =
      json_object({{"signed_since", format_timestamp(start.began)}, {"entries_unsigned", start.unsigned_entries}});
  auto entry = system_entry(sealer, environment, std::move(about));
  Repository<AuditEntry>(transaction).insert(entry);
}

/// Does nothing where others were first.
void make(Store& store, const Sealer& master, const Environment& environment) {
  OwnKey own;
  environment.random(std::as_writable_bytes(std::span(own.key)));
  const Sealer sealer({own.key}, environment.random);
  Transaction transaction(store, Access::write);
  // Of two who make it at once, one is told so here, before it looks at what the other has written since.
  DataKey row{data_key_id, data_key_id, master.seal(purpose, to_text(own)), environment.now()};
  try {
    Repository<DataKey>(transaction).insert(row);
  } catch (const StorageError& failure) {
    if (!violates(failure, "DataKey", "id")) throw;
    return;
  }
  if (has_traces_of_a_key(transaction)) refuse_lost_key();
  if (written_by_a_clinic(transaction) && !has_forward_mark(transaction, master)) refuse_lost_key();
  refuse_other_master_key(transaction, master);
  own.signing = signing_start(transaction, sealer, environment.now());
  row.sealed_key = master.seal(purpose, to_text(own));
  Repository<DataKey>(transaction).update(row);
  if (own.signing->unsigned_entries > 0) audit_start(transaction, sealer, environment, *own.signing);
  erase_forward_mark(transaction);
  transaction.commit();
}

/// A key of an older version says nothing of signing: what is there says it, once. The row stays sealed with the master
/// key with which it is: to change that is somebody's own decision.
void complete(Store& store, const MasterKeys& masters, const Environment& environment) {
  Transaction transaction(store, Access::write);
  auto row = stored_data_key(transaction);
  const auto key = row ? key_that_opens(*row, masters) : std::nullopt;
  if (!key) return;  // it was there just now: the next look says what became of it
  const Sealer master({*key}, environment.random);
  auto own = unsealed(*row, master);
  if (own.signing) return;
  const Sealer sealer({own.key}, environment.random);
  // Written before anything is read: of two who do so at once, one is told here that the row has changed, before it
  // sees what the other has made of it.
  Repository<DataKey>(transaction).update(*row);
  if (has_begun(transaction, sealer)) refuse_lost_key();
  own.signing = signing_start(transaction, sealer, environment.now());
  row->sealed_key = master.seal(purpose, to_text(own));
  Repository<DataKey>(transaction).update(*row);
  audit_start(transaction, sealer, environment, *own.signing);
  transaction.commit();
}

}  // namespace

std::optional<DataKey> stored_data_key(Transaction& transaction) {
  return Repository<DataKey>(transaction).find(data_key_id);
}

OwnKey unsealed(const DataKey& row, const Sealer& master) { return from_text(master.unseal(purpose, row.sealed_key)); }

std::optional<MasterKey> key_that_opens(const DataKey& row, const MasterKeys& masters) {
  for (const auto& master : masters) {
    try {
      unsealed(row, Sealer({master}, {}));
      return master;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::key_wrong) throw;
    }
  }
  return std::nullopt;
}

bool before_own_keys(const clinic_schema_status& status) {
  return status.present > 0 && status.present < schema_with_own_key;
}

void bring_forward(Store& store, const clinic_schema_status& status, const MasterKeys& masters,
                   const Environment& environment) {
  if (status.present == status.expected) return;
  if (!before_own_keys(status)) return store.migrate();
  try {
    mark_forward(store, Sealer(masters, environment.random), environment);
  } catch (const Error&) {
    // What another one has sealed since it brought the database forward is sealed with the database's own key.
    if (before_own_keys(store.schema_status())) throw;
  }
  store.migrate();
  own_key(store, masters, environment);
  // Of several at once, one may have marked it after another had made the key.
  Transaction transaction(store, Access::write);
  erase_forward_mark(transaction);
  transaction.commit();
}

OwnKey own_key(Store& store, const MasterKeys& masters, const Environment& environment) {
  const Sealer master(masters, environment.random);
  for (;;) {
    if (auto own = kept(store, master)) {
      if (own->signing) return *own;
      complete(store, masters, environment);
    } else {
      make(store, master, environment);
    }
  }
}

void renew_data_key(UnitOfWork& work, const Sealer& master) {
  auto row = work.of<DataKey>().find(data_key_id);
  if (!row || master.current(row->sealed_key)) throw NothingToDo{};
  row->sealed_key = master.seal(purpose, master.unseal(purpose, row->sealed_key));
  work.of<DataKey>().update(*row);
  work.audit({.resource_type = "data_key", .resource_id = row->id});
}

}  // namespace clinic
