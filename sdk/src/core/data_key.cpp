#include "data_key.hpp"

#include "storage_errors.hpp"

#include <clinic/model/records.hpp>

#include <optional>

namespace clinic {
namespace {

constexpr const char* data_key_id = "data";
constexpr std::string_view purpose = "data key";

MasterKey from_text(std::string_view text) {
  MasterKey key{};
  if (text.size() != key.size()) throw Error(ErrorCode::key_wrong, "The database's own key is damaged.");
  std::copy(text.begin(), text.end(), key.begin());
  return key;
}

std::optional<MasterKey> kept(Store& store, const Sealer& master) {
  Transaction transaction(store, Access::read);
  if (const auto row = stored_data_key(transaction)) return unsealed(*row, master);
  // A database of an older version has no such key; but it may hold something that was sealed with its master key.
  if (const auto record = Repository<IdempotencyRecord>(transaction).first({}))
    master.unseal("idempotency response", record->sealed_response);
  return std::nullopt;
}

}  // namespace

std::optional<DataKey> stored_data_key(Transaction& transaction) {
  return Repository<DataKey>(transaction).find(data_key_id);
}

MasterKey unsealed(const DataKey& row, const Sealer& master) {
  return from_text(master.unseal(purpose, row.sealed_key));
}

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

MasterKey data_key(Store& store, const Sealer& master, const RandomSource& random, Timestamp now) {
  for (;;) {
    if (auto key = kept(store, master)) return *key;
    std::string bytes(MasterKey{}.size(), '\0');
    random(std::as_writable_bytes(std::span(bytes)));
    DataKey row{data_key_id, data_key_id, master.seal(purpose, bytes), now};
    try {
      Transaction transaction(store, Access::write);
      Repository<DataKey>(transaction).insert(row);
      transaction.commit();
    } catch (const StorageError& failure) {
      if (!violates(failure, "DataKey", "id")) throw;  // else somebody who opens it too was first: theirs counts
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
