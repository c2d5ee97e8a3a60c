#include "store/criteria.hpp"

#include <clinic/plugin/make_record_model.hpp>

namespace clinic {
namespace {

/// For each byte of a record the field that begins there.
using FieldsByOffset = std::vector<std::uint32_t>;

template <class Record>
FieldsByOffset fields_by_offset() {
  FieldsByOffset fields(sizeof(Record), CLINIC_NO_FIELD);
  Record record;
  std::uint32_t index = 0;
  for (const auto& field : describe<Record>().fields)
    fields[static_cast<std::size_t>(static_cast<std::byte*>(field.address(&record)) -
                                    reinterpret_cast<std::byte*>(&record))] = index++;
  return fields;
}

}  // namespace

const clinic_model& record_model() {
  static const auto& model = detail::make_record_model();
  return model;
}

std::uint32_t detail::field_at(std::uint32_t record, std::size_t offset) {
  static const auto& all = *new auto([]<class... Record>(boost::mp11::mp_list<Record...>) {
    return std::array{fields_by_offset<Record>()...};
  }(Records{}));  // reachable for ever: queries may be made while the process ends
  return all[record][offset];
}

}  // namespace clinic
