#include "bench.hpp"

#include "../core/library.hpp"
#include "grown_model.hpp"
#include "watch.hpp"

namespace clinic::conformance {

namespace {

const std::string& given(const std::optional<std::string>& url) {
  if (!url) throw Skipped{"no URL was given"};
  return *url;
}

}  // namespace

const clinic_storage_table& load_storage(const Target& target) {
  return *static_cast<const clinic_storage_table*>(load_library(target).table());
}

StorageBench::StorageBench(const Target& target)
    : table_(watched(load_storage(target), target.grown)),
      url_(given(target.url)),
      quirks_(target.quirks),
      grown_(target.grown) {}

const clinic_model& StorageBench::model() const { return grown_ ? grown_model() : record_model(); }

std::string StorageBench::impatient_url() const {
  return quirks_.impatient_options.empty() ? url_ : with_option(url_, quirks_.impatient_options);
}

Store& StorageBench::store() {
  if (!store_) {
    store_ = another();
    if (store_->schema_status().present == 0) store_->migrate();
    erase_everything(*store_);
  }
  return *store_;
}

std::vector<std::unique_ptr<Store>> StorageBench::several(std::size_t count) {
  std::vector<std::unique_ptr<Store>> stores(count);
  for (auto& store : stores)
    store = another();
  return stores;
}

std::string with_option(const std::string& url, const std::string& option) {
  return url + (url.find('?') == url.npos ? "?" : "&") + option;
}

void erase_everything(Store& store) {
  Transaction work(store, Access::write);
  for (std::uint32_t record = 0; record < record_model().record_count; ++record)
    work.erase_where({sizeof(clinic_query), record, nullptr, 0, nullptr, 0, 0});
  work.commit();
}

std::uint64_t count_everything(Store& store) {
  std::uint64_t count = 0;
  Transaction work(store, Access::read);
  for (std::uint32_t record = 0; record < record_model().record_count; ++record) {
    const clinic_measure measure{CLINIC_COUNT, 0};
    work.aggregate({sizeof(clinic_aggregate), record, nullptr, 0, nullptr, 0, &measure, 1, 0},
                   [&](std::span<const clinic_value> values) {
                     count += static_cast<std::uint64_t>(values[0].as.integer);
                     return true;
                   });
  }
  return count;
}

}  // namespace clinic::conformance
