#pragma once

#include "odb_shim.hpp"

#include <odb/mysql/connection.hxx>
#include <odb/mysql/statement.hxx>

#include <clinic/plugin/storage.h>

#include <memory>
#include <string>
#include <vector>

namespace clinic::mapping {
namespace {

/// Values of a statement that ODB does not make; any may be NULL. Texts are not copied.
class Parameters {
 public:
  explicit Parameters(std::size_t count)
      : binds_(count), lengths_(count), integers_(count), binding_(binds_.data(), count) {}

  void declare(std::size_t at, std::uint32_t kind) {
    binds_[at].buffer_type = kind == CLINIC_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_LONGLONG;
    binds_[at].length = &lengths_[at];
  }

  std::unique_ptr<odb::mysql::delete_statement> prepare(odb::mysql::connection& connection, const std::string& /*name*/,
                                                        const std::string& sql) {
    return std::make_unique<odb::mysql::delete_statement>(connection, sql, binding_);
  }

  void set(std::size_t at, const clinic_value& value) {
    static my_bool null = 1, not_null = 0;
    auto& bind = binds_[at];
    bind.is_null = value.kind == CLINIC_NULL ? &null : &not_null;
    if (value.kind == CLINIC_TEXT) {
      bind.buffer = const_cast<char*>(value.as.text.data);  // only read
      bind.buffer_length = lengths_[at] = static_cast<unsigned long>(value.as.text.size);
    } else if (value.kind == CLINIC_INT) {
      integers_[at] = value.as.integer;
      bind.buffer = &integers_[at];
    }
  }
  /// The client library is told anew where the values are.
  void changed() { ++binding_.version; }

 private:
  std::vector<MYSQL_BIND> binds_;
  std::vector<unsigned long> lengths_;
  std::vector<long long> integers_;
  odb::mysql::binding binding_;
};

}  // namespace
}  // namespace clinic::mapping
