/// \file
/// Texts: kept and compared byte by byte.

#include "checks.hpp"
#include "records.hpp"

#include <algorithm>

namespace clinic::conformance {

namespace {

void append_utf8(std::string& text, char32_t code_point) {
  const auto byte = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6), byte(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    byte(0xE0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 0x3F)), byte(0x80 | (code_point & 0x3F));
  } else {
    byte(0xF0 | code_point >> 18), byte(0x80 | (code_point >> 12 & 0x3F));
    byte(0x80 | (code_point >> 6 & 0x3F)), byte(0x80 | (code_point & 0x3F));
  }
}

void all_of_unicode(StorageBench& bench) {
  constexpr char32_t chunk = 60000;
  for (char32_t begin = 1; begin <= 0x10FFFF; begin += chunk) {
    MedicalHistory history;
    history.id = std::to_string(begin);
    for (char32_t each = begin; each < begin + chunk && each <= 0x10FFFF; ++each)
      if (each < 0xD800 || each > 0xDFFF) append_utf8(history.history, each);
    history = committed(bench.store(), history);
    expect_same(history, found<MedicalHistory>(bench.store(), history.id));
  }
}

/// Texts that some engine, collation or client takes for each other, or for something else.
const Ids& similar() {
  static const Ids texts{"",
                         " ",
                         "  ",
                         "\t",
                         "x",
                         "X",
                         "x ",
                         "x  ",
                         " x",
                         "x\t",
                         "x\n",
                         "\u00e9",
                         "e\u0301",
                         "e",
                         "E",
                         "\u00c9",
                         "\u00df",
                         "ss",
                         "\u1e9e",
                         "\u00e6",
                         "ae",
                         "\u0131",
                         "i",
                         "I",
                         "\u0130",
                         "\u03c3",
                         "\u03c2",
                         "\u212b",
                         "\u00c5",
                         "\uff21",
                         "A",
                         "a",
                         "\u200b",
                         "a\u200b",
                         "\u00ad",
                         "\ufeff",
                         "\u202e",
                         "\ue000",
                         "\uffff",
                         "\U00010000",
                         "\U0001F468",
                         "\U0001F469",
                         "\U0001F468\u200D\U0001F469",
                         "\U0010FFFF",
                         "NULL",
                         "null",
                         "0",
                         "00",
                         "1e1",
                         "'",
                         "''",
                         "\\",
                         "\\\\",
                         "\\'",
                         "\"",
                         "`",
                         "%",
                         "_",
                         "%_\\",
                         "$1",
                         "?",
                         ":a",
                         "\\x41",
                         "\\N",
                         "'; DROP TABLE users; --",
                         "\x01",
                         "\x1a",
                         "\x7f"};
  return texts;
}

std::vector<User> similar_users() {
  std::vector<User> users;
  for (std::size_t i = 0; i < similar().size(); ++i)
    users.push_back(user(std::to_string(1000 + i), similar()[i]));
  return users;
}

void kept_exactly(StorageBench& bench) {
  // In a unique field: that all of them fit means that none is taken for another.
  const auto users = committed(bench.store(), similar_users());
  for (const auto& each : users)
    expect_same(each, found<User>(bench.store(), each.id));
}

void compared_exactly(StorageBench& bench) {
  const auto users = committed(bench.store(), similar_users());
  Transaction work(bench.store(), Access::read);
  const auto key = where(&User::email_key);
  for (const auto& each : users) {
    const auto what = "the users whose key ";
    expect(what + ("= " + show(*each.email_key)), ids_where(work, key == *each.email_key), Ids{each.id});
    expect(what + ("is in a list of " + show(*each.email_key)), ids_where(work, key.in(Ids{*each.email_key})),
           Ids{each.id});
    expect("the number of those whose key <> " + show(*each.email_key),
           Repository<User>(work).count(key != *each.email_key), users.size() - 1);
  }
  const auto ranges = [&](const char* name, auto matches, auto criteria) {
    for (const auto& bound : similar()) {
      Ids wanted;
      for (const auto& each : users)
        if (matches(*each.email_key, bound)) wanted.push_back(each.id);
      expect("the users whose key " + (name + (" " + show(bound))), ids_where(work, criteria(bound)), wanted);
    }
  };
  ranges("<", std::less<>(), [&](const auto& bound) { return key < bound; });
  ranges("<=", std::less_equal<>(), [&](const auto& bound) { return key <= bound; });
  ranges(">", std::greater<>(), [&](const auto& bound) { return key > bound; });
  ranges(">=", std::greater_equal<>(), [&](const auto& bound) { return key >= bound; });
}

void ordered_by_bytes(StorageBench& bench) {
  std::vector<User> users;
  for (std::size_t i = 0; i < similar().size(); ++i) {
    users.push_back(user(std::to_string(1000 + i)));
    users.back().name_key = similar()[i];
  }
  users = committed(bench.store(), std::move(users));
  std::sort(users.begin(), users.end(), [](auto& a, auto& b) { return a.name_key < b.name_key; });
  Transaction work(bench.store(), Access::read);
  expect("the users in the order of their names' bytes",
         select_ids(work, Query<User>().order_by(&User::name_key).order_by(&User::id)), ids_of(users));
  std::reverse(users.begin(), users.end());
  expect("the users in the descending order of their names' bytes",
         select_ids(work, Query<User>().order_by(&User::name_key, true).order_by(&User::id)), ids_of(users));
}

void ids_are_exact(StorageBench& bench) {
  std::vector<NumberBlock> blocks;
  for (const auto& text : similar())
    blocks.push_back(block(text, static_cast<std::int64_t>(blocks.size())));
  blocks = committed(bench.store(), std::move(blocks));
  Transaction work(bench.store(), Access::write);
  Repository<NumberBlock> repository(work);
  for (const auto& each : blocks) {
    expect_same(each, repository.find(each.id));
    expect_true("touch finds the row " + show(each.id), repository.touch(each.id));
    expect("the lock count of " + show(each.id) + " touched once", repository.find(each.id)->lock_count, 1);
  }
  for (const auto& each : blocks)
    expect_true("erase finds the row " + show(each.id), repository.erase(each.id));
}

void prefixes(StorageBench& bench) {
  const auto users = committed(bench.store(), similar_users());
  Transaction work(bench.store(), Access::read);
  for (const std::string prefix : {"x", "e", "a", "%", "_", "\\", "'", "\U0001F468", "\u00e9", "nobody"}) {
    Ids wanted;
    for (const auto& each : users)
      if (each.email_key->starts_with(prefix)) wanted.push_back(each.id);
    expect("the users whose key begins with " + show(prefix), ids_where(work, starts_with(&User::email_key, prefix)),
           wanted);
  }
}

void json_untouched(StorageBench& bench) {
  int number = 0;
  for (const char* text : {"{\"b\":1,\"a\":2}", "{ \"a\" : 1.0 }", "[1,  2]", "\"\\u00e9\"", "{\"a\":1,\"a\":2}"}) {
    auto booked = event(std::to_string(++number), "r");
    booked.data.text = text;
    committed(bench.store(), booked);
    expect_same(booked, found<Event>(bench.store(), booked.id));
  }
}

}  // namespace

std::vector<StorageCheck> text_checks() {
  return {
      {"text.unicode", "Every code point of Unicode but NUL comes back, those of four bytes, too.", all_of_unicode},
      {"text.exact",
       "Texts come back byte by byte, and those that look alike (case, accents, blanks at the end, marks) are "
       "different "
       "in a unique constraint.",
       kept_exactly},
      {"text.compare", "Texts compare by bytes: =, <>, <, <=, >, >= and lists, whatever the collation.",
       compared_exactly},
      {"text.order", "Rows are ordered by the bytes of a text, ascending and descending.", ordered_by_bytes},
      {"text.ids", "Any text may be an id: rows are found, touched and erased by its bytes.", ids_are_exact},
      {"text.prefix", "A prefix is found as a range of bytes; no character is a wildcard.", prefixes},
      {"text.json", "A JSON value is kept as the text that it is, with its order and blanks.", json_untouched},
  };
}

}  // namespace clinic::conformance
