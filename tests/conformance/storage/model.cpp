/// \file
/// Models that differ from today's.

#include "checks.hpp"
#include "doctored_model.hpp"
#include "grown_model.hpp"
#include "records.hpp"

#include <algorithm>

namespace clinic::conformance {

namespace {

using Doctor = void (*)(DoctoredModel&);

/// A model that lacks nothing that the records hold: the plugin keeps everything as before.
void works_with(StorageBench& bench, const std::string& what, Doctor doctor) {
  DoctoredModel model;
  doctor(model);
  RawStore opened(bench.table(), model.finish(), bench.host(), bench.url());
  if (opened.code != CLINIC_PLUGIN_OK)
    unmet("a model with " + what + " is opened", code_name(opened.code) + ": " + opened.error.message);
}

void another_order(StorageBench& bench) {
  works_with(bench, "its fields in another order", [](DoctoredModel& model) {
    auto& user = model.record("User");
    std::reverse(user.fields.begin(), user.fields.end());
    for (auto* role : {&user.type.id_field, &user.type.version_field, &user.type.lock_field})
      *role = user.type.field_count - 1 - *role;
    for (auto& index : user.index_fields)
      for (auto& field : index)
        field = user.type.field_count - 1 - field;
  });
  works_with(bench, "its records in another order",
             [](DoctoredModel& model) { std::swap(model.records.front(), model.records.back()); });
}

/// Opens, or refuses and names what differs: a plugin that maps fixed columns must not lose a field silently.
void takes_or_names(StorageBench& bench, const std::string& what, const std::string& name, Doctor doctor) {
  DoctoredModel model;
  doctor(model);
  RawStore opened(bench.table(), model.finish(), bench.host(), bench.url());
  if (opened.code == CLINIC_PLUGIN_OK) return;
  const std::string message = opened.error.message;
  if (opened.code != CLINIC_PLUGIN_REFUSED || message.find(name) == message.npos)
    unmet("a model with " + what + " is opened, or REFUSED with a message that names " + name,
          code_name(opened.code) + ": " + message);
}

void differences(StorageBench& bench) {
  takes_or_names(bench, "a field more", "shoe_size", [](DoctoredModel& model) {
    auto extra = model.field("Patient", "address");
    extra.name = "shoe_size";
    model.record("Patient").fields.push_back(extra);
  });
  takes_or_names(bench, "a field of another kind", "role", [](DoctoredModel& model) {
    auto& role = model.field("User", "role");
    role.kind = CLINIC_INT;
    role.form = CLINIC_FORM_PLAIN;
  });
  takes_or_names(bench, "a field that may be NULL now", "first_name",
                 [](DoctoredModel& model) { model.field("Patient", "first_name").flags |= CLINIC_FIELD_NULLABLE; });
  takes_or_names(bench, "a longer field", "address",
                 [](DoctoredModel& model) { model.field("Patient", "address").max_length = 5000; });
  takes_or_names(bench, "a word more", "gender", [](DoctoredModel& model) {
    static const char* const words[]{"male", "female", "other", "unknown", "robot"};
    auto& gender = model.field("Patient", "gender");
    gender.words = words;
    gender.word_count = 5;
  });
  takes_or_names(bench, "a record more", "Doctor", [](DoctoredModel& model) {
    model.records.push_back(model.record("User"));
    model.records.back().type.name = "Doctor";
    model.records.back().type.table = "doctors";
  });
  takes_or_names(bench, "a unique constraint less", "number",
                 [](DoctoredModel& model) { model.record("Patient").indexes.pop_front(); });
  takes_or_names(bench, "no version field in a record", "version",
                 [](DoctoredModel& model) { model.record("User").type.version_field = CLINIC_NO_FIELD; });
}

/// A record with the added field, through the C line alone.
void field_more(StorageBench& bench) {
  RawStore raw(bench.table(), model_with_grown_users(), bench.host(), bench.url());
  if (raw.code == CLINIC_PLUGIN_REFUSED) {
    const std::string message = raw.error.message;
    if (message.find(added_field) == message.npos)
      unmet(std::string("the refusal of a model with a field more names it: ") + added_field, message);
    return;
  }
  raw.must_be_open();
  raw.must("migrate", raw.table.migrate(raw.store, &raw.error));
  raw.begin(true);
  const clinic_query everybody{sizeof everybody, record_index<User>, nullptr, 0, nullptr, 0, 0};
  raw.must("erase_where", raw.table.erase_where(raw.transaction, &everybody, nullptr, &raw.error));
  raw.must("commit", raw.commit());
  GrownUser with{user("with"), "kept"}, without{user("without"), std::nullopt};
  raw.begin(true);
  for (auto* each : {&with, &without})
    raw.must("insert", raw.table.insert(raw.transaction, record_index<User>, each, &raw.error));
  with.added_later = "kept anew";
  raw.must("update", raw.table.update(raw.transaction, record_index<User>, &with, &raw.error));
  raw.must("commit", raw.commit());

  raw.begin(false);
  const auto added = static_cast<std::uint32_t>(describe<User>().fields.size());
  const auto find = [&](const clinic_term& term) {
    std::vector<GrownUser> rows;
    rows.reserve(2);
    clinic_query query{sizeof query, record_index<User>, &term, 1, nullptr, 0, 0};
    clinic_slots slots{sizeof slots, &rows,
                       [](void* at) -> void* { return &static_cast<std::vector<GrownUser>*>(at)->emplace_back(); }};
    raw.must("select", raw.table.select(raw.transaction, &query, &slots, &raw.error));
    Ids lines;
    for (const auto& row : rows)
      lines.push_back(row.user.id + "=" + row.added_later.value_or("NULL"));
    return lines;
  };
  expect("the user found by the added field", find({CLINIC_EQ, added, 0, 0, detail::text_value("kept anew")}),
         Ids{"with=kept anew"});
  expect("the user found where the added field is NULL", find({CLINIC_IS_NULL, added, 0, 0, {}}), Ids{"without=NULL"});
}

/// Structs from a newer host are longer; what is behind today's members is none of an older plugin's business.
void longer_structs(StorageBench& bench) {
  const auto stored = committed(bench.store(), user("a"));
  const auto& table = bench.table();
  Longer<clinic_plugin_error> error;
  const auto must = [&](const char* call, int code) {
    if (code != CLINIC_PLUGIN_OK)
      unmet(std::string(call) + " with longer structs answers OK", code_name(code) + ": " + error.today.message);
  };
  const Longer<clinic_plugin_host> host(bench.host());
  clinic_store* store = nullptr;
  must("open", table.open(&bench.model(), &host.today, bench.url().c_str(), &store, &error.today));
  Longer<clinic_schema_status> status;
  must("schema_status", table.schema_status(store, &status.today, &error.today));
  clinic_transaction* transaction = nullptr;
  must("begin", table.begin(store, 0, &transaction, &error.today));
  const Longer<clinic_query> query({0, record_index<User>, nullptr, 0, nullptr, 0, 0});
  User row;
  const Longer<clinic_slots> slots({0, &row, [](void* at) { return at; }});
  must("select", table.select(transaction, &query.today, &slots.today, &error.today));
  const clinic_measure measure{CLINIC_COUNT, 0};
  const Longer<clinic_aggregate> aggregate({0, record_index<User>, nullptr, 0, nullptr, 0, &measure, 1, 0});
  const Longer<clinic_groups> groups({0, nullptr, [](void*, const clinic_value*, size_t) { return 0; }});
  must("aggregate", table.aggregate(transaction, &aggregate.today, &groups.today, &error.today));
  table.rollback(transaction);
  table.close(store);
  expect_same(stored, std::optional<User>(row));
}

}  // namespace

std::vector<StorageCheck> model_checks() {
  return {
      {"model.order", "Fields and records are found by the description, whatever their order.", another_order},
      {"model.differences",
       "A model that the plugin cannot keep whole is REFUSED, and the message names the fields that differ.",
       differences},
      {"model.field_more",
       "A field that a later SDK adds is written, found and read back; or the model is REFUSED, naming it.",
       field_more},
      {"model.longer_structs", "Structs that a later SDK makes longer are read as far as the plugin knows them.",
       longer_structs},
  };
}

}  // namespace clinic::conformance
