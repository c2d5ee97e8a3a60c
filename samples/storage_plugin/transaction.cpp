#include "transaction.hpp"

#include "aggregate.hpp"
#include "criteria.hpp"

namespace memory {

namespace {

/// A comparison for stable_sort over rows that come in the order of their ids.
class Before {
 public:
  Before(const clinic_record_type& type, const clinic_query& query) : query_(query) {
    for (std::size_t i = 0; i < query.order_count; ++i)
      if (query.order[i].field >= type.field_count ||
          (type.fields[query.order[i].field]->flags & CLINIC_FIELD_NULLABLE) != 0)
        throw Failure::refused("ordered by an unknown or nullable field");
  }
  bool operator()(const RowPointer& left, const RowPointer& right) const {
    for (std::size_t i = 0; i < query_.order_count; ++i) {
      const auto& by = query_.order[i];
      const int order = compare((*left)[by.field].view(), (*right)[by.field].view());
      if (order != 0) return (order < 0) != (by.descending != 0);
    }
    return false;
  }

 private:
  const clinic_query& query_;
};

/// The id, where the criteria are `id = …` and nothing else: the most frequent query of all.
const clinic_value* wanted_id(const clinic_record_type& type, const clinic_query& query) {
  const bool only_id = query.term_count == 1 && query.terms[0].op == CLINIC_EQ &&
                       query.terms[0].field == type.id_field && query.terms[0].value.kind == CLINIC_TEXT;
  return only_id ? &query.terms[0].value : nullptr;
}

std::vector<RowPointer> matches(const clinic_record_type& type, const Table& table, const clinic_query& query) {
  std::vector<RowPointer> found;
  if (const auto* id = wanted_id(type, query)) {
    if (auto row = table.find({id->as.text.data, id->as.text.size})) found.push_back(std::move(row));
    return found;
  }
  const Criteria criteria(type, query.terms, query.term_count);
  for (const auto& row : table.rows())
    if (criteria.match(*row)) found.push_back(row);
  std::stable_sort(found.begin(), found.end(), Before(type, query));
  if (query.limit > 0 && query.limit < found.size()) found.resize(query.limit);
  return found;
}

}  // namespace

Transaction::Transaction(std::shared_ptr<Database> database, bool writes, std::chrono::milliseconds patience)
    : database_(std::move(database)), own_(database_->model().record_count) {
  if (writes) writing_.emplace(*database_, patience);
  snapshot_ = database_->committed();  // after the waiting: what was committed before is seen
}

void Transaction::commit() {
  if (writing_) database_->commit(std::move(snapshot_));
}

const clinic_record_type& Transaction::type(std::uint32_t record) const {
  if (snapshot_.schema_version == 0) throw Failure::refused("the database has no schema; migrate it");
  return *database_->model().records[record];
}

Table& Transaction::writable(std::uint32_t record) {
  if (!own_[record]) snapshot_.tables[record] = own_[record] = std::make_shared<Table>(table(record));
  return *own_[record];
}

void Transaction::insert(std::uint32_t record, void* object) {
  const auto& described = type(record);
  auto row = read(described, object);
  const bool versioned = described.version_field != CLINIC_NO_FIELD;
  if (versioned) row[described.version_field] = Value::of(1);
  writable(record).insert(std::make_shared<const Row>(std::move(row)));
  if (versioned) clinic::plugin::set(described, object, described.version_field, Value::of(1).view());
}

void Transaction::update(std::uint32_t record, void* object) {
  const auto& described = type(record);
  auto& rows = writable(record);
  auto row = read(described, object);
  const auto stored = rows.find(row[described.id_field].text);
  if (!stored) throw Failure::stale();
  if (row[described.version_field].integer != (*stored)[described.version_field].integer) throw Failure::stale();
  const auto version = Value::of(row[described.version_field].integer + 1);
  row[described.version_field] = version;
  // The lock belongs to touch: an editor's older copy must not turn it back.
  if (described.lock_field != CLINIC_NO_FIELD) row[described.lock_field] = (*stored)[described.lock_field];
  rows.replace(std::make_shared<const Row>(std::move(row)));
  clinic::plugin::set(described, object, described.version_field, version.view());
}

bool Transaction::touch(std::uint32_t record, std::string_view id) {
  const auto& described = type(record);
  auto& rows = writable(record);
  const auto stored = rows.find(id);
  if (!stored) return false;
  auto row = *stored;
  ++row[described.lock_field].integer;  // nobody else writes now; the row changes all the same, as on a server
  rows.replace(std::make_shared<const Row>(std::move(row)));
  return true;
}

bool Transaction::set_version(std::uint32_t record, std::string_view id, std::int64_t version) {
  const auto& described = type(record);
  auto& rows = writable(record);
  const auto stored = rows.find(id);
  if (!stored) return false;
  auto row = *stored;
  row[described.version_field] = Value::of(version);
  rows.replace(std::make_shared<const Row>(std::move(row)));
  return true;
}

std::uint64_t Transaction::erase_where(const clinic_query& query) {
  const Criteria criteria(type(query.record), query.terms, query.term_count);
  return writable(query.record).erase_if([&](const Row& row) { return criteria.match(row); });
}

void Transaction::select(const clinic_query& query, clinic::plugin::Rows& rows) {
  const auto& described = type(query.record);
  for (const auto& row : matches(described, table(query.record), query)) {
    void* object = rows.next();
    if (object == nullptr) return;
    write(described, *row, object);
  }
}

void Transaction::aggregate(const clinic_aggregate& aggregate, clinic::plugin::Groups& groups) {
  const auto& described = type(aggregate.record);
  const Criteria criteria(described, aggregate.terms, aggregate.term_count);
  Aggregation aggregation(described, aggregate);
  for (const auto& row : table(aggregate.record).rows())
    if (criteria.match(*row)) aggregation.add(*row);
  aggregation.deliver(groups);
}

}  // namespace memory
