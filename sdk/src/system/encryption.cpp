#include "encryption.hpp"

#include "../core/data_key.hpp"
#include "../core/engine.hpp"

namespace clinic {
namespace {

constexpr std::size_t rows_at_once = 200;

/// Ids of a page of rows behind `after`, those to store anew apart.
struct Page {
  std::vector<std::string> outdated;
  std::string last;
};

template <class Record>
Page page_behind(Call& call, const std::string& after) {
  return call.read([&](Transaction& transaction) {
    Page page;
    const auto query = Query(where(&Record::id) > after).order_by(&Record::id).limit(rows_at_once);
    for (auto& row : Repository<Record>(transaction).select_stored(query)) {
      page.last = row.id;
      if (!call.engine().protection().up_to_date(row)) page.outdated.push_back(std::move(row.id));
    }
    return page;
  });
}

template <class Record>
std::int64_t store_anew(Call& call, std::string_view resource_type) {
  std::int64_t changed = 0;
  for (auto page = page_behind<Record>(call, {}); !page.last.empty(); page = page_behind<Record>(call, page.last)) {
    if (page.outdated.empty()) continue;
    call.step([&](UnitOfWork& work) {
      for (const auto& id : page.outdated)
        if (auto row = work.of<Record>().find(id)) work.of<Record>().update(*row);
      work.audit({.resource_type = resource_type, .resource_id = {}});
    });
    changed += static_cast<std::int64_t>(page.outdated.size());
  }
  return changed;
}

}  // namespace

Reencrypted reencrypt(Call& call, const Nothing&) {
  Reencrypted result;
  result.patients_changed = store_anew<Patient>(call, "patient");
  result.histories_changed = store_anew<MedicalHistory>(call, "medical_history");
  call.step([&](UnitOfWork& work) {
    result.data_key_resealed = false;  // of an earlier run, which was rolled back
    renew_data_key(work, call.engine().master_sealer());
    result.data_key_resealed = true;
  });
  return result;
}

}  // namespace clinic
