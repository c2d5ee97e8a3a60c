#include "domains/system/encryption.hpp"

#include "domains/people/people.hpp"
#include "domains/system/stored_records.hpp"
#include "engine/data_key.hpp"
#include "engine/engine.hpp"

namespace clinic {
namespace {

constexpr std::size_t rewritten_at_once = 200;

/// Ids of a page of rows behind `after`, those to store anew apart.
struct Page {
  std::vector<std::string> outdated;
  std::int64_t left = 0;
  std::string last;
};

template <class Record>
Page page_behind(Call& call, const std::string& after) {
  return call.read([&](Transaction& transaction) {
    Page page;
    const auto query = Query(where(&Record::id) > after).order_by(&Record::id).limit(rewritten_at_once);
    for (auto& row : Repository<Record>(transaction).select_stored(query)) {
      page.last = row.id;
      const auto fault = fault_of(call.engine().protection(), row);
      if (mendable(fault))
        page.outdated.push_back(std::move(row.id));
      else if (fault != RowFault::none)
        ++page.left;
    }
    return page;
  });
}

template <class Record>
void give_keys(UnitOfWork&, const Call&, Record& record) {
  if constexpr (HasTextKeys<Record>) set_text_keys(record);
}
/// At the login a username comes before an email: what an old form kept apart must not become another's login.
void give_keys(UnitOfWork& work, const Call& call, User& user) {
  const auto username_key = user.username_key;
  const auto email_key = user.email_key;
  set_text_keys(user);
  if (user.username_key != username_key &&
      taken_for(work.transaction(), call, user, user.username) != TakenFor::nothing)
    throw StorageError(CLINIC_PLUGIN_UNIQUE_VIOLATION, 0, "User", "username_key", "the username is another's login");
  if (user.email_key != email_key) check_email_is_no_username(work, user);
}

/// Stores those rows anew, all in one unit of work; one after the other where another row has the normal form of one of
/// them, or where it is the login of another account. That one is left: one of the two has to get another name. Answers
/// how many it left.
template <class Record>
std::int64_t store_anew(Call& call, const std::vector<std::string>& ids) {
  try {
    call.step([&](UnitOfWork& work) {
      for (const auto& id : ids)
        if (auto row = work.of<Record>().find(id)) {
          give_keys(work, call, *row);
          work.of<Record>().update(*row);
        }
      work.audit({.resource_type = Table<Record>::resource, .resource_id = {}});
    });
    return 0;
  } catch (const StorageError& failure) {
    if (failure.code() != CLINIC_PLUGIN_UNIQUE_VIOLATION) throw;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::record_damaged) throw;
  }
  if (ids.size() == 1) return 1;
  std::int64_t left = 0;
  for (const auto& id : ids)
    left += store_anew<Record>(call, {id});
  return left;
}

/// All that are not as they should be. Answers how many were stored anew.
template <class Record>
std::int64_t store_all(Call& call, std::int64_t& left) {
  std::int64_t changed = 0;
  for (auto page = page_behind<Record>(call, {}); !page.last.empty(); page = page_behind<Record>(call, page.last)) {
    left += page.left;
    if (page.outdated.empty()) continue;
    const auto in_the_way = store_anew<Record>(call, page.outdated);
    left += in_the_way;
    changed += static_cast<std::int64_t>(page.outdated.size()) - in_the_way;
  }
  return changed;
}

/// Where the answer counts records of that type.
template <class Record>
std::int64_t& changed_of(Reencrypted& result) {
  if constexpr (std::is_same_v<Record, Patient>) return result.patients_changed;
  if constexpr (std::is_same_v<Record, User>) return result.users_changed;
  if constexpr (std::is_same_v<Record, MedicalHistory>) return result.histories_changed;
  return result.others_changed;
}

}  // namespace

Reencrypted reencrypt(Call& call, const Nothing&) {
  Reencrypted result;
  each_checkable([&]<class Record>(std::type_identity<Record>) {
    changed_of<Record>(result) += store_all<Record>(call, result.records_left);
  });
  call.step([&](UnitOfWork& work) {
    result.data_key_resealed = false;  // of an earlier run, which was rolled back
    renew_data_key(work, call.engine().master_sealer());
    result.data_key_resealed = true;
  });
  return result;
}

}  // namespace clinic
