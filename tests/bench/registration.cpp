#include "hash.hpp"
#include "registered.hpp"
#include "scenes.hpp"

namespace clinic::bench {
namespace {

/// Through the repositories: the rows of a registration, as the SDK's operation stores them.
class StoredRows {
 public:
  StoredRows(StorageWay& source, bool with_account)
      : users_(all_records<User>(source.store)),
        patients_(all_records<Patient>(source.store)),
        audits_(all_records<AuditEntry>(source.store)),
        events_(all_records<Event>(source.store)),
        with_account_(with_account) {}

  void store(StorageWay& way, std::size_t i) {
    Transaction transaction(way.store, Access::write);
    if (with_account_) Repository<User>(transaction).insert(users_.at(i));
    Repository<Patient>(transaction).insert(patients_.at(i));
    Repository<AuditEntry>(transaction).insert(audits_.at(i));
    const std::size_t each = with_account_ ? 2 : 1;
    Repository<Event>(transaction).insert_many(std::span(events_).subspan(i * each, each));
    transaction.commit();
  }

 private:
  std::vector<User> users_;
  std::vector<Patient> patients_;
  std::vector<AuditEntry> audits_;
  std::vector<Event> events_;
  bool with_account_;
};

}  // namespace

std::vector<Figure> registration(const Place& place, bool with_account, const Rounds& rounds) {
  const Folder folder(place.folder), source_folder("/dev/shm");
  const Registered registered(source_folder, rounds.turns(), with_account);
  BareDatabase source(registered.file);
  BareDatabase bare_target(empty_database(folder, "bare"));
  BareInserts inserts(bare_target, source, registered.transaction);

  StorageWay source_way(registered.file), storage(empty_database(folder, "storage"));
  StoredRows rows(source_way, with_account);
  CppWay typed(folder.file("cpp")), with_json(folder.file("json"));
  CWay in_c(folder.file("c"));
  std::vector<RegisterPatient> requests;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rounds.turns(); ++i) {
    requests.push_back(person(i, with_account));
    texts.push_back(json_of(requests.back()));
  }
  return contest(rounds, {{bare,
                           [&](std::size_t i) {
                             if (with_account) bare_hash();
                             inserts.run(i);
                           }},
                          {storage_line,
                           [&](std::size_t i) {
                             if (with_account) bare_hash();
                             rows.store(storage, i);
                           }},
                          {cpp, [&](std::size_t i) { typed.desk.patients().register_patient(requests[i]); }},
                          {cpp_json, [&](std::size_t i) { with_json.desk.call("patients.register", texts[i]); }},
                          {c_json, [&](std::size_t i) { in_c.call("patients.register", texts[i]); }}});
}

}  // namespace clinic::bench
