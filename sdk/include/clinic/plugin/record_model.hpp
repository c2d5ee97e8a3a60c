#pragma once

/// \file
/// Described records as the storage line sees them: a `clinic_record_type` for each, made from its description.

#include <clinic/model/records.hpp>
#include <clinic/plugin/storage.h>
#include <clinic/plugin/values.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstdint>

namespace clinic {

/// The version of the database schema that these records need. Raised with every change to a record, together with a
/// new migration in plugins/*/schema.
inline constexpr std::uint32_t schema_version = 5;

/// The index of a record type in the model.
template <class Record>
inline constexpr std::uint32_t record_index = boost::mp11::mp_find<Records, Record>::value;

/// All records as the plugin line sees them. Made once; lives as long as the process.
const clinic_model& record_model();

}  // namespace clinic
