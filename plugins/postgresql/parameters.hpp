#pragma once

#include "odb_shim.hpp"

#include <odb/pgsql/connection.hxx>
#include <odb/pgsql/pgsql-oid.hxx>
#include <odb/pgsql/statement.hxx>

#include <clinic/plugin/storage.h>

#include <boost/endian/conversion.hpp>

#include <memory>
#include <string>
#include <vector>

namespace clinic::mapping {
namespace {

/// Values of a statement that ODB does not make, in binary form; any may be NULL. Texts are not copied.
class Parameters {
 public:
  explicit Parameters(std::size_t count)
      : types_(count),
        values_(count),
        lengths_(count),
        formats_(count, 1),
        integers_(count),
        binding_(values_.data(), lengths_.data(), formats_.data(), count) {}

  void declare(std::size_t at, std::uint32_t kind) {
    types_[at] = kind == CLINIC_TEXT ? odb::pgsql::text_oid : odb::pgsql::int8_oid;
  }

  std::unique_ptr<odb::pgsql::delete_statement> prepare(odb::pgsql::connection& connection, const std::string& name,
                                                        const std::string& sql) {
    return std::make_unique<odb::pgsql::delete_statement>(connection, name, sql, types_.data(), types_.size(),
                                                          binding_);
  }

  void set(std::size_t at, const clinic_value& value) {
    if (value.kind == CLINIC_NULL) {
      values_[at] = nullptr;
    } else if (value.kind == CLINIC_TEXT) {
      // Without a place it would be NULL. libpq only reads.
      values_[at] = const_cast<char*>(value.as.text.size ? value.as.text.data : "");
      lengths_[at] = static_cast<int>(value.as.text.size);
    } else {
      integers_[at] = boost::endian::native_to_big(value.as.integer);
      values_[at] = reinterpret_cast<char*>(&integers_[at]);
      lengths_[at] = sizeof integers_[at];
    }
  }
  void changed() {}

 private:
  std::vector<Oid> types_;
  std::vector<char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::int64_t> integers_;
  odb::pgsql::native_binding binding_;
};

}  // namespace
}  // namespace clinic::mapping
