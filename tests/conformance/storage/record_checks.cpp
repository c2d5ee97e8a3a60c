/// \file
/// What is inserted comes back.

#include "checks.hpp"
#include "records.hpp"

namespace clinic::conformance {

namespace {

void round_trip(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    for (const bool with_optionals : {true, false}) {
      auto record = committed(bench.store(), filled<Record>(with_optionals ? 1 : 2, with_optionals));
      if constexpr (requires { record.version; })
        expect("the version of a " + std::string(describe<Record>().name) + " after its insert", record.version, 1);
      expect_same(record, found<Record>(bench.store(), record.id));
    }
  });
}

template <class Record>
void fill_texts(Record& record, std::string_view code_point) {
  for (const auto& field : describe<Record>().fields) {
    if (field.type->bare().kind != TypeKind::text || field.rule->max_length == 0) continue;
    std::string text;
    text.reserve(code_point.size() * field.rule->max_length);
    for (std::uint32_t i = 0; i < field.rule->max_length; ++i)
      text += code_point;
    detail::write_value(*field.type, field.address(&record), detail::text_value(text));
  }
}

void longest_texts(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    for (const std::string_view code_point : {"x", "\U0001F468"}) {
      auto record = filled<Record>(3);
      fill_texts(record, code_point);
      committed(bench.store(), record);
      if constexpr (requires { record.version; }) record.version = 1;
      expect_same(record, found<Record>(bench.store(), record.id));
    }
  });
}

void every_word(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    for (const auto& field : describe<Record>().fields) {
      const auto& words = field.type->bare().words;
      for (std::size_t word = 0; word < words.size(); ++word) {
        auto record = filled<Record>(static_cast<int>(100 + word), false);
        record.id = std::string(field.name) + std::to_string(word);
        detail::write_value(*field.type, field.address(&record), detail::text_value(words[word]));
        committed(bench.store(), record);
        if constexpr (requires { record.version; }) record.version = 1;
        expect_same(record, found<Record>(bench.store(), record.id));
        Transaction work(bench.store(), Access::write);
        Repository<Record>(work).erase(record.id);
        work.commit();
      }
    }
  });
}

void many_at_once(StorageBench& bench) {
  std::vector<User> users;
  users.reserve(1500);
  for (int i = 0; i < 1500; ++i)
    users.push_back(user("many-" + std::to_string(i), "many-" + std::to_string(i)));
  users = committed(bench.store(), std::move(users));
  for (const auto& each : users)
    expect("the version after insert_many", each.version, 1);
  expect("the rows after insert_many of 1500", counted<User>(bench.store()), 1500u);
  expect_same(users[777], found<User>(bench.store(), users[777].id));
}

/// A plugin that writes several rows with one statement has to know where one of them ends, and how large it may be.
void many_of_each(StorageBench& bench) {
  for_each_record([&]<class Record>() {
    std::vector<Record> records;
    for (int i = 0; i < 43; ++i)
      records.push_back(filled<Record>(200 + i, i % 3 != 0));
    fill_texts(records[5], "\U0001F468");
    records[5].id = "longest";  // none of its texts may be another's
    records = committed(bench.store(), std::move(records));
    for (auto& record : records) {
      if constexpr (requires { record.version; })
        expect("the version of a " + std::string(describe<Record>().name) + " after insert_many", record.version, 1);
      expect_same(record, found<Record>(bench.store(), record.id));
    }
  });
}

/// Together more than MySQL's max_allowed_packet, as it is by default.
void large_many(StorageBench& bench) {
  std::vector<MedicalHistory> histories;
  for (int i = 0; i < 40; ++i) {
    histories.push_back(filled<MedicalHistory>(i));
    fill_texts(histories.back(), "\U0001F468");
    histories.back().id = "large-" + std::to_string(i);
  }
  histories = committed(bench.store(), std::move(histories));
  for (const auto& history : histories)
    expect_same(history, found<MedicalHistory>(bench.store(), history.id));
}

void empty_many(StorageBench& bench) {
  RawStore raw(bench.table(), record_model(), bench.host(), bench.url());
  bench.store();
  raw.must_be_open();
  if (raw.table.insert_many == nullptr) throw Skipped{"the plugin leaves out the optional insert_many"};
  raw.begin(true);
  raw.must("insert_many of nothing",
           raw.table.insert_many(raw.transaction, record_index<User>, nullptr, 0, &raw.error));
  raw.must("commit", raw.commit());
}

/// A host whose users cannot hold the role that is stored.
void unreadable(StorageBench& bench) {
  static const auto role = detail::field_index(&User::role);
  static int (*set)(void*, std::uint32_t, const clinic_value*);
  auto users = *bench.model().records[record_index<User>];
  set = users.set;
  users.set = [](void* record, std::uint32_t field, const clinic_value* in) {
    return field == role ? -1 : set(record, field, in);
  };
  std::vector<const clinic_record_type*> types(bench.model().records,
                                               bench.model().records + bench.model().record_count);
  types[record_index<User>] = &users;
  auto model = bench.model();
  model.records = types.data();
  RawStore raw(bench.table(), model, bench.host(), bench.url());
  raw.must_be_open();
  raw.must("migrate", raw.table.migrate(raw.store, &raw.error));
  raw.begin(true);
  auto row = user("unreadable");
  raw.must("insert", raw.table.insert(raw.transaction, record_index<User>, &row, &raw.error));
  clinic_query query{sizeof query, record_index<User>, nullptr, 0, nullptr, 0, 0};
  clinic_slots slots{sizeof slots, &row, [](void* at) { return at; }};
  const int code = raw.table.select(raw.transaction, &query, &slots, &raw.error);
  if (code != CLINIC_PLUGIN_REFUSED)
    unmet("select of a row that the host's record cannot hold answers REFUSED", code_name(code));
  raw.must("another call", raw.table.erase_where(raw.transaction, &query, nullptr, &raw.error));
  raw.must("commit of the transaction", raw.commit());
}

/// A host whose users have no name key, which is none of the fields that may be NULL.
void null_where_none_may_be(StorageBench& bench) {
  static const auto name_key = detail::field_index(&User::name_key);
  static void (*get)(const void*, std::uint32_t, clinic_value*);
  auto users = *bench.model().records[record_index<User>];
  get = users.get;
  users.get = [](const void* record, std::uint32_t field, clinic_value* out) {
    field == name_key ? static_cast<void>(*out = {}) : get(record, field, out);
  };
  std::vector<const clinic_record_type*> types(bench.model().records,
                                               bench.model().records + bench.model().record_count);
  types[record_index<User>] = &users;
  auto model = bench.model();
  model.records = types.data();
  RawStore raw(bench.table(), model, bench.host(), bench.url());
  raw.must_be_open();
  raw.must("migrate", raw.table.migrate(raw.store, &raw.error));
  raw.begin(true);
  auto row = user("nameless");
  const int code = raw.table.insert(raw.transaction, record_index<User>, &row, &raw.error);
  if (code != CLINIC_PLUGIN_CONSTRAINT && code != CLINIC_PLUGIN_REFUSED)
    unmet("insert of a NULL where none may be answers CONSTRAINT or REFUSED", code_name(code));
}

}  // namespace

std::vector<StorageCheck> record_checks() {
  return {
      {"record.round_trip", "A record of each type comes back as it went in, with and without its optional fields.",
       round_trip},
      {"record.longest_texts",
       "Every text holds as many code points as its field's max_length says, of one byte or of four.", longest_texts},
      {"record.every_word", "Every word of every field of words comes back.", every_word},
      {"record.many", "insert_many inserts all, and sets the version of each.", many_at_once},
      {"record.many_of_each", "insert_many inserts records of each type whole, with and without optional fields.",
       many_of_each},
      {"record.many_large", "insert_many inserts 40 records with the longest texts there may be.", large_many},
      {"record.none", "insert_many of no record is OK.", empty_many},
      {"record.null", "A NULL in a field that may not be NULL is told as CONSTRAINT, or REFUSED.",
       null_where_none_may_be},
      {"record.unreadable",
       "A select is REFUSED when the host's `set` refuses a stored value; nothing is handed over half.", unreadable},
  };
}

}  // namespace clinic::conformance
