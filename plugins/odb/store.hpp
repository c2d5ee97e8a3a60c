#pragma once

#include "record_operations.hpp"
#include "tracer.hpp"

#include <clinic/plugin/storage.hpp>

#include <connections.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace clinic::mapping {
namespace {

class Transaction;

Failure explain_exception(Transaction* transaction, bool committing);

/// An opened database.
class Store final : public plugin::Storage {
 public:
  Store(const clinic_model& model, plugin::Host host, std::string_view url) try
      : records(link_records(model)), tracer_(host), connections(url) {
    if (tracer_.wanted()) connections.database().tracer(tracer_);
    connections.try_out();
  } catch (const Failure&) {
    throw;
  } catch (...) {
    throw explain_exception(nullptr, false);
  }

  SchemaStatus schema_status() override;
  void migrate() override;
  std::unique_ptr<plugin::Transaction> begin(bool writes) override;
  void health() override;
  Failure explain() override { return explain_exception(nullptr, false); }

  const std::vector<RecordLink> records;  ///< by the host's index

 private:
  Tracer tracer_;  // outlives the connections that use it

 public:
  Connections connections;
};

}  // namespace
}  // namespace clinic::mapping
