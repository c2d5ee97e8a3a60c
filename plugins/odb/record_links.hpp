#pragma once

/// \file
/// Links the host's record types to the ones that this plugin was compiled with. They are matched by name, once, when a
/// store is opened.
///
/// A row must pass through the plugin whole, in both directions. So the plugin refuses a model, naming the differences,
/// when
/// - the host's schema version is another one;
/// - the host has a record, a field, a word, a longer text or an index that the mapping lacks: it would be lost;
/// - a record of the host lacks a field of the mapping: an update writes whole rows and would overwrite it with
/// nothing;
/// - a field has another kind, form or nullability, or id, version and lock are other fields.
/// A record or a word that only the mapping has, other non-unique indexes, and another order of anything do no harm.

#include "failure.hpp"

#include "records/record_model.hpp"
#include "records/values.hpp"

#include <driver.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::mapping {
namespace {

struct RecordOperations;

/// A field of the host's record, and our field of the same name.
struct FieldLink {
  std::string_view name;
  std::uint32_t own;  ///< its index in our record
  std::uint32_t kind;
  bool nullable;
  std::string column;  ///< as SQL: "users"."email_key"
};

/// A record type of the host, and our record type of the same name.
struct RecordLink {
  const clinic_record_type* host;
  const clinic_record_type* own;
  const RecordOperations* operations;
  std::string table;              ///< as SQL
  std::vector<FieldLink> fields;  ///< in the host's order

  const FieldLink& field(std::uint32_t index) const {
    if (index >= fields.size()) throw Failure::refused(std::string(host->name) + " has no field of that index");
    return fields[index];
  }
};

inline std::string quoted(std::string_view name) { return Driver::quote + std::string(name) + Driver::quote; }

/// Collects differences, and names them in one line.
class Differences {
 public:
  void add(std::string difference) { all_.push_back(std::move(difference)); }
  void throw_if_any() const {
    if (all_.empty()) return;
    std::string message = "the plugin's mapping differs from the host's model: ";
    std::size_t shown = 0;
    for (; shown < all_.size() && message.size() + all_[shown].size() < 440; ++shown)
      message += (shown ? "; " : "") + all_[shown];
    if (shown < all_.size()) message += " … and " + std::to_string(all_.size() - shown) + " more";
    throw Failure::refused(message);
  }

 private:
  std::vector<std::string> all_;
};

inline const char* kind_name(const clinic_field& field) {
  switch (field.form) {
    case CLINIC_FORM_BOOLEAN:
      return "boolean";
    case CLINIC_FORM_TIMESTAMP:
      return "timestamp";
    case CLINIC_FORM_DATE:
      return "date";
    case CLINIC_FORM_WORD:
      return "word";
    case CLINIC_FORM_JSON:
      return "json";
    default:
      return field.kind == CLINIC_TEXT ? "text" : field.kind == CLINIC_INT ? "integer" : "real";
  }
}

inline void compare_fields(const std::string& path, const clinic_field& host, const clinic_field& own,
                           Differences& found) {
  if (host.kind != own.kind || host.form != own.form) {
    found.add(path + " is " + kind_name(host) + " in the host, " + kind_name(own) + " in the plugin");
    return;
  }
  if ((host.flags & CLINIC_FIELD_NULLABLE) != (own.flags & CLINIC_FIELD_NULLABLE))
    found.add(path + ((host.flags & CLINIC_FIELD_NULLABLE) ? " may be null in the host only"
                                                           : " may be null in the plugin only"));
  if (own.form == CLINIC_FORM_PLAIN && own.kind == CLINIC_TEXT && own.max_length != 0 &&
      (host.max_length == 0 || host.max_length > own.max_length))
    found.add(path + " is longer in the host (" + std::to_string(host.max_length) + ") than in the plugin (" +
              std::to_string(own.max_length) + ")");
  for (std::uint32_t i = 0; i < host.word_count; ++i)
    if (std::none_of(own.words, own.words + own.word_count,
                     [&](const char* known) { return std::string_view(known) == host.words[i]; }))
      found.add(path + " knows the word " + host.words[i] + " in the host only");
}

inline std::uint32_t find_field(const clinic_record_type& type, std::string_view name) {
  for (std::uint32_t i = 0; i < type.field_count; ++i)
    if (type.fields[i]->name == name) return i;
  return CLINIC_NO_FIELD;
}

inline std::string_view field_name(const clinic_record_type& type, std::uint32_t index) {
  return index < type.field_count ? type.fields[index]->name : std::string_view("none");
}

inline bool has_unique(const clinic_record_type& type, std::string_view name) {
  return std::any_of(type.indexes, type.indexes + type.index_count,
                     [&](const clinic_index* index) { return index->unique && index->name == name; });
}

inline void compare_unique_indexes(const clinic_record_type& host, const clinic_record_type& own, Differences& found) {
  auto compare = [&](const clinic_record_type& from, const clinic_record_type& to, const char* where) {
    for (std::uint32_t i = 0; i < from.index_count; ++i)
      if (from.indexes[i]->unique && !has_unique(to, from.indexes[i]->name))
        found.add(std::string(host.name) + " is unique by " + from.indexes[i]->name + " in the " + where + " only");
  };
  compare(host, own, "host");
  compare(own, host, "plugin");
}

/// Links one record type; what differs goes to `found`.
inline RecordLink link_record(const clinic_record_type& host, const clinic_record_type& own, Differences& found) {
  const std::string record = host.name;
  RecordLink link{&host, &own, nullptr, quoted(own.table), {}};
  if (std::string_view(host.table) != own.table)
    found.add(record + " is in table " + host.table + " in the host, " + own.table + " in the plugin");
  for (std::uint32_t i = 0; i < host.field_count; ++i) {
    const auto& field = *host.fields[i];
    const auto path = record + "." + field.name;
    const auto mine = find_field(own, field.name);
    if (mine == CLINIC_NO_FIELD) {
      found.add(path + " is in the host only");
      continue;
    }
    compare_fields(path, field, *own.fields[mine], found);
    link.fields.push_back({own.fields[mine]->name, mine, field.kind, (field.flags & CLINIC_FIELD_NULLABLE) != 0,
                           link.table + "." + quoted(field.name)});
  }
  for (std::uint32_t i = 0; i < own.field_count; ++i)
    if (find_field(host, own.fields[i]->name) == CLINIC_NO_FIELD)
      found.add(record + "." + own.fields[i]->name + " is in the plugin only");
  const auto compare_role = [&](const char* role, std::uint32_t in_host, std::uint32_t in_own) {
    if (field_name(host, in_host) != field_name(own, in_own))
      found.add(record + "'s " + role + " field is " + std::string(field_name(host, in_host)) + " in the host, " +
                std::string(field_name(own, in_own)) + " in the plugin");
  };
  compare_role("id", host.id_field, own.id_field);
  compare_role("version", host.version_field, own.version_field);
  compare_role("lock", host.lock_field, own.lock_field);
  compare_unique_indexes(host, own, found);
  return link;
}

/// The name of a violated unique constraint as the host knows it, from the driver's name for it: the index, or its
/// fields. A name that belongs to no index means the primary key.
inline std::string canonical_constraint(const RecordLink& record, std::string_view said) {
  for (std::uint32_t i = 0; i < record.host->index_count; ++i) {
    const auto& index = *record.host->indexes[i];
    std::string index_name = std::string(record.host->table) + "_" + index.name + "_u";
    std::replace(index_name.begin(), index_name.end(), ',', '_');
    if (index.unique && (said == index.name || said == index_name)) return index.name;
  }
  return std::string(field_name(*record.host, record.host->id_field));
}

}  // namespace
}  // namespace clinic::mapping
