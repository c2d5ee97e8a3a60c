/// \file
/// Calls that make no sense, and what must not be told.

#include "checks.hpp"
#include "records.hpp"

#include <algorithm>

namespace clinic::conformance {

namespace {

void malformed(StorageBench& bench) {
  committed(bench.store(), user("a", "key"));
  RawStore raw(bench.table(), bench.model(), bench.host(), bench.url());
  raw.must_be_open();
  raw.begin(true);
  const auto select = [&](const std::vector<clinic_term>& terms, const std::vector<clinic_order>& order = {},
                          std::uint32_t record = record_index<User>) {
    const clinic_query query{sizeof query, record, terms.data(), terms.size(), order.data(), order.size(), 0};
    User row;
    const clinic_slots slots{sizeof slots, &row, [](void* context) { return context; }};
    return raw.table.select(raw.transaction, &query, &slots, &raw.error);
  };
  const auto refused = [](const std::string& what, int code) {
    if (code != CLINIC_PLUGIN_REFUSED) unmet(what + " is REFUSED", code_name(code));
  };
  const auto id = detail::field_index(&User::id), email = detail::field_index(&User::email_key);
  const auto text = detail::text_value("a");
  const auto number = detail::integer_value(1);
  const clinic_term comparison{CLINIC_EQ, id, 0, 0, text};
  raw.must("a well-formed select", select({comparison}));
  refused("a text compared with an integer", select({{CLINIC_EQ, id, 0, 0, number}}));
  refused("a text compared with NULL", select({{CLINIC_EQ, id, 0, 0, {}}}));
  refused("an unknown field", select({{CLINIC_EQ, 999, 0, 0, text}}));
  refused("an unknown operator", select({{99, id, 0, 0, text}}));
  refused("an AND of two with one operand", select({{CLINIC_AND, 0, 2, 0, {}}, comparison}));
  refused("a NOT without an operand", select({{CLINIC_NOT, 0, 1, 0, {}}}));
  refused("a term that belongs to nothing", select({comparison, comparison}));
  refused("an AND of 2^32-1 operands", select({{CLINIC_AND, 0, UINT32_MAX, 0, {}}}));
  refused("a list of 2^32-1 values", select({{CLINIC_IN, id, UINT32_MAX, 0, {}}}));
  refused("a list with values of another field", select({{CLINIC_IN, id, 1, 0, {}}, {CLINIC_EQ, email, 0, 0, text}}));
  refused("an order by a field that may be NULL", select({}, {{email, 0}}));
  refused("an order by an unknown field", select({}, {{999, 0}}));
  refused("an unknown record type", select({}, {}, 999));

  const auto aggregate = [&](const std::vector<std::uint32_t>& by, const std::vector<clinic_measure>& measures) {
    const clinic_aggregate wanted{sizeof wanted, record_index<User>, nullptr,         0, by.data(),
                                  by.size(),     measures.data(),    measures.size(), 0};
    const clinic_groups groups{sizeof groups, nullptr, [](void*, const clinic_value*, size_t) { return 0; }};
    return raw.table.aggregate(raw.transaction, &wanted, &groups, &raw.error);
  };
  raw.must("a well-formed aggregate", aggregate({}, {{CLINIC_COUNT, 0}}));
  refused("a sum of texts", aggregate({}, {{CLINIC_SUM, id}}));
  refused("an unknown measure", aggregate({}, {{77, id}}));
  refused("a measure of an unknown field", aggregate({}, {{CLINIC_MAX, 999}}));
  refused("groups by an unknown field", aggregate({999}, {{CLINIC_COUNT, 0}}));
  // None of these has hurt the transaction.
  raw.must("commit after all that", raw.commit());
}

void deep(StorageBench& bench) {
  committed(bench.store(), user("a"));
  Transaction work(bench.store(), Access::read);
  const auto nested = [&](int depth) {
    auto criteria = where(&User::id) == "a";
    for (int i = 0; i < depth; ++i)
      criteria = !criteria;
    return code_of([&] { expect("the rows found by NOTs in each other", ids_where(work, criteria).size(), 1u); });
  };
  expect("what a select of 20 nested NOTs answers", code_name(nested(20)), code_name(CLINIC_PLUGIN_OK));
  const int code = nested(1000);
  if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_REFUSED)
    unmet("criteria too deep for the database are REFUSED", code_name(code));
}

void expect_nothing_in(const std::string& where_, const std::string& text) {
  for (const char* secret : {"secret", "Secret", "\u00e9\u00e9"})
    if (text.find(secret) != text.npos) unmet(where_ + " holds no value of a record", show(text));
}

void errors_tell_nothing(StorageBench& bench) {
  auto there = user("secret-id", "secret@example.com");
  there.phone_login_key = "+secret";
  committed(bench.store(), there);
  const auto words = [&](auto call) -> std::string {
    try {
      call();
    } catch (const StorageError& error) {
      return error.what();
    }
    unmet("a violation is an error", "OK");
  };
  for (const bool update : {false, true}) {
    for (const char* what : {"id", "email_key", "phone_login_key"}) {
      if (update && std::string_view(what) == "id") continue;
      Transaction work(bench.store(), Access::write);
      Repository<User> users(work);
      auto twin = user("another");
      if (update) users.insert(twin);
      const std::string_view field = what;
      if (field == "id") twin.id = there.id;
      if (field == "email_key") twin.email_key = there.email_key;
      if (field == "phone_login_key") twin.phone_login_key = there.phone_login_key;
      expect_nothing_in("the message of a unique violation",
                        words([&] { update ? users.update(twin) : users.insert(twin); }));
    }
  }
}

void logs_tell_nothing(StorageBench& bench) {
  bench.store();
  RecordedHost log(CLINIC_LOG_TRACE);
  {
    Store store(bench.table(), log.view(), bench.url());
    Transaction work(store, Access::write);
    Repository<User> users(work);
    auto row = user("secret-id", "secret@example.com");
    row.first_name = "Secretia \u00e9\u00e9";
    row.name_key = "secret";
    users.insert(row);
    users.touch("secret-id");
    row.address = "Secret street";
    users.update(row);
    users.first(where(&User::email_key) == "secret@example.com");
    users.count(where(&User::email_key).in(Ids{"secret@example.com", "secret"}));
    users.select(Query<User>(starts_with(&User::name_key, "secret")).order_by(&User::name_key).limit(3));
    users.erase("secret-id");
    users.insert(row);
    code_of([&] { users.insert(row); });
  }
  for (const auto& line : log.lines())
    expect_nothing_in("a line of the log at level TRACE", line);
}

}  // namespace

std::vector<StorageCheck> misuse_checks() {
  return {
      {"misuse.malformed", "Criteria, orders and measures that make no sense are REFUSED; the transaction goes on.",
       malformed},
      {"misuse.deep", "Criteria that nest deeper than the database allows are REFUSED.", deep},
  };
}

std::vector<StorageCheck> secrecy_checks() {
  return {
      {"secret.errors", "No error message holds a value of a record.", errors_tell_nothing},
      {"secret.logs", "No line of the log holds a value of a record, at level TRACE neither.", logs_tell_nothing},
  };
}

}  // namespace clinic::conformance
