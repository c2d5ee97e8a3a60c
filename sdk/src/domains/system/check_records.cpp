#include "domains/system/check.hpp"
#include "domains/system/stored_records.hpp"
#include "engine/engine.hpp"
#include "store/pages.hpp"
#include "store/stored_rows.hpp"

#include <optional>

namespace clinic {
namespace {

struct Words {
  std::string_view code, message, remedy;
};

constexpr std::string_view from_backup = "Put the row back as it was from a backup.";
constexpr std::string_view stored_anew = "Call system.reencrypt (`clinic system reencrypt`).";

/// None for what is right, or only waits for a system.reencrypt that was announced.
std::optional<Words> words_of(RowFault fault) {
  switch (fault) {
    case RowFault::damaged:
      return Words{"fields_damaged", "Its encrypted fields cannot be read: they were changed, or are another record's.",
                   from_backup};
    case RowFault::taken_out:
      return Words{"fields_missing", "It has no encrypted fields any more: they were taken out.", from_backup};
    case RowFault::not_sealed:
      return Words{
          "fields_missing",
          "It has no encrypted fields: they were taken out, unless the record is from an earlier version, or from when "
          "encryption was off, and system.reencrypt was not called since.",
          "Compare it with a backup and put it back from there if it had medical fields; else call "
          "system.reencrypt."};
    case RowFault::not_encrypted:
      return Words{"fields_in_clear", "It has medical fields in clear, and the policy encrypts them.", stored_anew};
    case RowFault::other_keys:
      return Words{"normal_form_outdated",
                   "Its names are compared in the form of another version: it may not be found by them.",
                   "Call system.reencrypt. Where this stays, another record has the same normal form, or it is another "
                   "account's login: give one of the two another name."};
    case RowFault::none:
    case RowFault::other_sealing:
      break;
  }
  return std::nullopt;
}

template <class Record>
void check_all(Call& call, Findings& findings) {
  const auto page_behind = [&](std::string& last, std::uint64_t most) {
    return call.read([&](Transaction& transaction) {
      const auto query = Query(where(&Record::id) > last).order_by(&Record::id).limit(most);
      const auto page = Repository<Record>(transaction).select_stored(query);
      for (const auto& row : page)
        if (const auto words = words_of(fault_of(call.engine().protection(), row)))
          findings.add({.code = std::string(words->code),
                        .record_type = std::string(Table<Record>::resource),
                        .record_id = row.id,
                        .message = std::string(words->message),
                        .remedy = std::string(words->remedy)});
      if (!page.empty()) last = page.back().id;
      return static_cast<std::uint64_t>(page.size());
    });
  };
  // check_references tells of rows that cannot be read.
  findings.looked_at(in_pages(page_behind, [&](std::string& last) {
    call.read([&](Transaction& transaction) { return last = unreadable_row(transaction, type_of<Record>(), last); });
  }));
}

}  // namespace

void check_records(Call& call, Findings& findings) {
  each_checkable([&]<class Record>(std::type_identity<Record>) { check_all<Record>(call, findings); });
}

}  // namespace clinic
