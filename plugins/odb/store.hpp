#pragma once

#include "record_operations.hpp"
#include "tracer.hpp"

#include <connections.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace clinic::mapping {
namespace {

/// What `clinic_store*` points to.
class Store {
 public:
  Store(const clinic_model& model, const clinic_plugin_host& host, std::string_view url)
      : records(link_records(model)), tracer_(host), connections(url) {
    if (tracer_.wanted()) connections.database().tracer(tracer_);
    connections.try_out();
  }

  const RecordLink& record(std::uint32_t index) const {
    if (index >= records.size()) throw refused("there is no record of that index");
    return records[index];
  }

  const std::vector<RecordLink> records;  ///< by the host's index

 private:
  Tracer tracer_;  // outlives the connections that use it

 public:
  Connections connections;
};

}  // namespace
}  // namespace clinic::mapping
