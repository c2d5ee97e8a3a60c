#pragma once

/// \file
/// Records cross the line by copying field by field, never by casting: host and plugin need not agree on layout,
/// compiler or standard library.

#include "record_links.hpp"

namespace clinic::mapping {
namespace {

inline void copy_from_host(const RecordLink& link, const void* host_record, void* own_record) {
  clinic_value value;
  for (std::uint32_t i = 0; i < link.fields.size(); ++i) {
    const auto& field = link.fields[i];
    link.host->get(host_record, i, &value);
    if (link.own->set(own_record, field.own, &value) != 0)
      throw Failure::refused(std::string(link.host->name) + "." + std::string(field.name) +
                             " holds a value that it must not have");
  }
}

inline void copy_to_host(const RecordLink& link, const void* own_record, void* host_record) {
  clinic_value value;
  for (std::uint32_t i = 0; i < link.fields.size(); ++i) {
    const auto& field = link.fields[i];
    link.own->get(own_record, field.own, &value);
    if (link.host->set(host_record, i, &value) != 0)
      throw Failure::refused(std::string(link.host->name) + "." + std::string(field.name) +
                             " in the database is a value that the host does not know");
  }
}

inline void copy_version_to_host(const RecordLink& link, std::int64_t version, void* host_record) {
  const clinic_value value = detail::integer_value(version);
  if (link.host->set(host_record, link.host->version_field, &value) != 0)
    throw Failure(CLINIC_PLUGIN_INTERNAL, std::string(link.host->name) + ": the host does not take the version");
}

}  // namespace
}  // namespace clinic::mapping
