#pragma once

/// \file
/// Records for checks.

#include "bench.hpp"

#include <set>
#include <type_traits>

namespace clinic::conformance {

using Ids = std::vector<std::string>;

inline User user(const std::string& id, std::optional<std::string> email_key = {}) {
  User made;
  made.id = id;
  made.username = made.username_key = "user-" + id;
  made.email_key = std::move(email_key);
  made.name_key = "jane smith";
  return made;
}

inline Patient patient(const std::string& id) {
  Patient made;
  made.id = id;
  made.number = "P-" + id;
  made.first_name = "Jane";
  made.last_name = "Smith";
  made.name_key = "jane smith";
  made.last_name_key = "smith";
  made.created_by = "desk";
  return made;
}

inline NumberBlock block(const std::string& id, std::int64_t next_value = 1) {
  NumberBlock made;
  made.id = id;
  made.next_value = next_value;
  return made;
}

inline Event event(const std::string& id, const std::string& resource_id) {
  Event made;
  made.id = id;
  made.type = "booked";
  made.resource_id = resource_id;
  return made;
}

template <class Record>
Record committed(Store& store, Record record) {
  Transaction work(store, Access::write);
  Repository<Record>(work).insert(record);
  work.commit();
  return record;
}

template <class Record>
std::vector<Record> committed(Store& store, std::vector<Record> records) {
  Transaction work(store, Access::write);
  Repository<Record>(work).insert_many(records);
  work.commit();
  return records;
}

template <class Record>
std::optional<Record> found(Store& store, std::string_view id) {
  Transaction work(store, Access::read);
  return Repository<Record>(work).find(id);
}

template <class Record>
std::uint64_t counted(Store& store, Criteria<Record> criteria = {}) {
  Transaction work(store, Access::read);
  return Repository<Record>(work).count(std::move(criteria));
}

template <class Record>
Ids ids_of(const std::vector<Record>& records) {
  Ids ids;
  for (const auto& record : records)
    ids.push_back(record.id);
  return ids;
}

template <class Record>
Ids select_ids(Transaction& work, const Query<Record>& query) {
  return ids_of(Repository<Record>(work).select(query));
}

/// In the order of their ids.
template <class Record>
Ids ids_where(Transaction& work, Criteria<Record> criteria) {
  return select_ids(work, Query<Record>(std::move(criteria)).order_by(&Record::id));
}

/// With a value in every field, another one for every seed, and of no more than the field's length.
template <class Record>
Record filled(int seed, bool with_optionals = true) {
  Record record;
  for (const auto& field : describe<Record>().fields) {
    if (field.type->kind == TypeKind::optional && !with_optionals) continue;
    const auto& bare = field.type->bare();
    const auto number = std::to_string(seed);
    std::string text = " é中\U0001F468 " + number;  // six code points and the number
    if (const std::size_t most = field.rule->max_length, room = most - 6 - number.size(); most > 0)
      text.insert(0, field.name.substr(0, room));
    clinic_value value = detail::integer_value(1700000000000 + seed);
    if (bare.kind == TypeKind::text) value = detail::text_value(text);
    if (bare.kind == TypeKind::json) value = detail::text_value("{\"a\":\"'\\\"%\"}");
    if (bare.kind == TypeKind::word)
      value = detail::text_value(bare.words[static_cast<std::size_t>(seed) % bare.words.size()]);
    if (bare.kind == TypeKind::date) value = detail::integer_value(20240229);
    if (bare.kind == TypeKind::boolean) value = detail::integer_value(seed % 2);
    detail::write_value(*field.type, field.address(&record), value);
  }
  if constexpr (requires { record.version; }) record.version = 0;
  if constexpr (requires { record.lock_count; }) record.lock_count = 0;
  return record;
}

inline std::string show_value(const clinic_value& value) {
  return value.kind == CLINIC_TEXT   ? show(std::string_view(value.as.text.data, value.as.text.size))
         : value.kind == CLINIC_INT  ? show(value.as.integer)
         : value.kind == CLINIC_NULL ? "NULL"
                                     : "a value of kind " + show(value.kind);
}

template <class Record>
void expect_same(const Record& wanted, const std::optional<Record>& found) {
  const auto& type = describe<Record>();
  if (!found) unmet(std::string(type.name) + " " + show(wanted.id) + " is found", "there is none");
  for (const auto& field : type.fields) {
    const auto a = detail::read_value(*field.type, field.address_in(&wanted));
    const auto b = detail::read_value(*field.type, field.address_in(&*found));
    const auto what = std::string(type.name) + "." + std::string(field.name) + " comes back as ";
    if (a.kind != b.kind) unmet(what + show_value(a), show_value(b));
    if (a.kind == CLINIC_INT && a.as.integer != b.as.integer) unmet(what + show_value(a), show_value(b));
    if (a.kind != CLINIC_TEXT) continue;
    const std::string_view left(a.as.text.data, a.as.text.size), right(b.as.text.data, b.as.text.size);
    if (left != right) unmet(what + "it was written, " + show(left), difference(left, right));
  }
}

template <class Function>
void for_each_record(Function call) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>(
      [&](auto record) { call.template operator()<typename decltype(record)::type>(); });
}

}  // namespace clinic::conformance
