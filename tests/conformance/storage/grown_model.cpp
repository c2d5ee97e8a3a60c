#include "grown_model.hpp"

#include "records/record_model.hpp"
#include "records/values.hpp"

#include <array>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

namespace clinic::conformance {

namespace {

/// A struct with members behind those of today. What is in them is nothing that an older plugin may look at.
template <class Struct>
struct Grown {
  Struct today{};
  std::array<unsigned char, 24> later{};

  explicit Grown(const Struct& original) : today(original) {
    today.struct_size = sizeof(Grown);
    later.fill(0xEE);
  }
};

template <std::uint32_t Record>
void get(const void* record, std::uint32_t field, clinic_value* out) {
  const auto& type = *record_model().records[Record];
  if (field == type.field_count)
    *out = {};
  else
    type.get(record, field, out);
}

template <std::uint32_t Record>
int set(void* record, std::uint32_t field, const clinic_value* in) {
  const auto& type = *record_model().records[Record];
  if (field == type.field_count) return in->kind == CLINIC_NULL || in->kind == CLINIC_TEXT ? 0 : -1;
  return type.set(record, field, in);
}

void get_of_user(const void* record, std::uint32_t field, clinic_value* out) {
  const auto& user = *static_cast<const GrownUser*>(record);
  if (field != describe<User>().fields.size()) return get<record_index<User>>(&user.user, field, out);
  *out = user.added_later ? detail::text_value(*user.added_later) : clinic_value{};
}

int set_of_user(void* record, std::uint32_t field, const clinic_value* in) {
  auto& user = *static_cast<GrownUser*>(record);
  if (field != describe<User>().fields.size()) return set<record_index<User>>(&user.user, field, in);
  user.added_later.reset();
  if (in->kind == CLINIC_TEXT) user.added_later.emplace(in->as.text.data, in->as.text.size);
  return in->kind == CLINIC_NULL || in->kind == CLINIC_TEXT ? 0 : -1;
}

class GrownModel {
 public:
  explicit GrownModel(bool grown_users) : model_(record_model()) {
    add_records(std::make_integer_sequence<std::uint32_t, boost::mp11::mp_size<Records>::value>());
    if (grown_users) {
      auto& users = types_[record_index<User>].today;
      users.get = get_of_user;
      users.set = set_of_user;
    }
    model_.today.records = type_pointers_.data();
  }
  GrownModel(const GrownModel&) = delete;
  GrownModel& operator=(const GrownModel&) = delete;
  const clinic_model& view() const { return model_.today; }

 private:
  template <std::uint32_t... Record>
  void add_records(std::integer_sequence<std::uint32_t, Record...>) {
    (add(*record_model().records[Record], get<Record>, set<Record>), ...);
  }

  void add(const clinic_record_type& original, decltype(clinic_record_type::get) get,
           decltype(clinic_record_type::set) set) {
    auto& type = types_.emplace_back(original).today;
    auto& fields = field_pointers_.emplace_back();
    for (std::uint32_t i = 0; i < original.field_count; ++i)
      fields.push_back(&fields_.emplace_back(*original.fields[i]).today);
    clinic_field more{};
    more.name = added_field;
    more.kind = CLINIC_TEXT;
    more.flags = CLINIC_FIELD_NULLABLE;
    more.max_length = 40;
    fields.push_back(&fields_.emplace_back(more).today);
    auto& indexes = index_pointers_.emplace_back();
    for (std::uint32_t i = 0; i < original.index_count; ++i)
      indexes.push_back(&indexes_.emplace_back(*original.indexes[i]).today);
    type.fields = fields.data();
    type.field_count = static_cast<std::uint32_t>(fields.size());
    type.indexes = indexes.data();
    type.get = get;
    type.set = set;
    type_pointers_.push_back(&type);
  }

  Grown<clinic_model> model_;
  std::deque<Grown<clinic_record_type>> types_;
  std::vector<const clinic_record_type*> type_pointers_;
  std::deque<Grown<clinic_field>> fields_;
  std::deque<std::vector<const clinic_field*>> field_pointers_;
  std::deque<Grown<clinic_index>> indexes_;
  std::deque<std::vector<const clinic_index*>> index_pointers_;
};

}  // namespace

const clinic_model& grown_model() {
  static const auto& made = *new GrownModel(false);  // reachable: not a leak
  return made.view();
}

const clinic_model& model_with_grown_users() {
  static const auto& made = *new GrownModel(true);
  return made.view();
}

}  // namespace clinic::conformance
