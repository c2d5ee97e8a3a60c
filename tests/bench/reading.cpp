#include "base/formats.hpp"
#include "registered.hpp"
#include "scenes.hpp"

#include <cstdio>

namespace clinic::bench {
namespace {

struct Ways {
  explicit Ways(const std::string& file) : storage(file), typed(file), in_c(file) {}
  StorageWay storage;
  CppWay typed;
  CWay in_c;
};

/// Which of `people` a turn is about: all over the table, the same for every contestant.
std::size_t who(std::size_t turn, std::size_t people) { return turn * 7919 % people; }

std::vector<Figure> get_by_id(BareDatabase& database, Traced& traced, Ways& ways, const std::vector<std::string>& ids,
                              const Rounds& rounds) {
  const auto work = [&](const Session& desk) { desk.patients().get({ids[0]}); };
  work(traced.desk());
  BareReads reads(database, transaction_with(traced.during(work), "SELECT"));
  std::vector<std::string> texts;
  for (const auto& id : ids)
    texts.push_back(json_of(PatientKey{id}));
  const auto at = [&](std::size_t turn) { return who(turn, ids.size()); };
  return contest(rounds, {{bare,
                           [&](std::size_t i) {
                             reads.run({text(ids[at(i)]), integer(1)});
                           }},
                          {storage_line,
                           [&](std::size_t i) {
                             Transaction transaction(ways.storage.store, Access::read);
                             Repository<Patient>(transaction).find(ids[at(i)]).value();
                           }},
                          {cpp, [&](std::size_t i) { ways.typed.desk.patients().get({ids[at(i)]}); }},
                          {cpp_json, [&](std::size_t i) { ways.typed.desk.call("patients.get", texts[at(i)]); }},
                          {c_json, [&](std::size_t i) { ways.in_c.call("patients.get", texts[at(i)]); }}});
}

/// The parameters that the SDK binds for a search, by what the statement compares them with.
Row search_parameters(const std::string& sql, const std::string& q, std::int64_t limit) {
  Row row;
  const auto key = email_key(q), folded = fold(q), national_id = national_id_key(q);
  for (auto at = sql.find('?'); at != sql.npos; at = sql.find('?', at + 1)) {
    const auto before = sql.substr(0, at);
    const auto column = before.substr(before.rfind('.') + 2);
    if (before.ends_with("LIMIT ") || before.ends_with("LIMIT"))
      row.push_back(integer(limit));
    else if (column.starts_with("status"))
      row.push_back(text("merged"));
    else if (column.starts_with("national_id_key"))
      row.push_back(text(national_id));
    else if (column.starts_with("email_key"))
      row.push_back(text(key));
    else if (column.starts_with("number"))
      row.push_back(text(q));
    else if (column.find('<') != column.npos)
      row.push_back(text(folded + "\U0010FFFF"));
    else
      row.push_back(text(folded));
  }
  return row;
}

std::vector<Figure> search(BareDatabase& database, Traced& traced, Ways& ways,
                           const std::vector<SearchPatients>& requests, const Rounds& rounds) {
  const auto work = [&](const Session& desk) { desk.patients().search(requests[0]); };
  work(traced.desk());
  const auto statements = transaction_with(traced.during(work), "SELECT");
  BareReads reads(database, statements);
  std::string sql;
  for (const auto& statement : statements)
    if (statement.starts_with("SELECT")) sql = statement;
  std::printf("\n  plan: %s", database.query_plan(sql).c_str());
  std::vector<std::string> texts;
  std::vector<Row> parameters;
  for (const auto& request : requests) {
    texts.push_back(json_of(request));
    parameters.push_back(search_parameters(sql, request.q, request.limit + 1));
  }
  const auto at = [&](std::size_t turn) { return turn % requests.size(); };
  return contest(rounds, {{bare, [&](std::size_t i) { reads.run(parameters[at(i)]); }},
                          {cpp, [&](std::size_t i) { ways.typed.desk.patients().search(requests[at(i)]); }},
                          {cpp_json, [&](std::size_t i) { ways.typed.desk.call("patients.search", texts[at(i)]); }},
                          {c_json, [&](std::size_t i) { ways.in_c.call("patients.search", texts[at(i)]); }}});
}

/// The repository's own find, beneath any operation.
std::vector<Figure> find_by_email(BareDatabase& database, const std::string& file, Ways& ways,
                                  const std::vector<std::string>& emails, const Rounds& rounds) {
  StorageWay traced(file, CLINIC_LOG_TRACE);
  const auto find = [](StorageWay& way, const std::string& email) {
    Transaction transaction(way.store, Access::read);
    Repository<Patient>(transaction).first(where(&Patient::email_key) == email).value();
  };
  find(traced, emails[0]);
  traced.lines.clear();
  find(traced, emails[0]);
  BareReads reads(database, transaction_with(traced.lines, "SELECT"));
  const auto at = [&](std::size_t turn) { return who(turn, emails.size()); };
  return contest(rounds, {{bare,
                           [&](std::size_t i) {
                             reads.run({text(emails[at(i)]), integer(1)});
                           }},
                          {storage_line, [&](std::size_t i) { find(ways.storage, emails[at(i)]); }}});
}

std::vector<SearchPatients> searches(std::size_t count, std::int64_t limit,
                                     const std::function<std::string(std::size_t)>& q) {
  std::vector<SearchPatients> requests;
  for (std::size_t i = 0; i < count; ++i)
    requests.push_back({.q = q(i), .limit = limit});
  return requests;
}

}  // namespace

ReadingFigures reading(const Place& place, std::size_t people, const Rounds& rounds) {
  const Folder folder(place.folder);
  const Registered registered(folder, people, false);
  Ways ways(registered.file);
  Traced traced(registered.file);
  BareDatabase database(registered.file);
  std::vector<std::string> ids, emails;
  for (const auto& patient : all_records<Patient>(ways.storage.store)) {
    ids.push_back(patient.id);
    emails.push_back(patient.email_key.value());
  }
  ReadingFigures figures;
  figures.get = get_by_id(database, traced, ways, ids, rounds);
  print("get by id (patients.get), one of " + std::to_string(people), figures.get);
  figures.find = find_by_email(database, registered.file, ways, emails, rounds);
  print("find by email (Repository<Patient>::first by email_key)", figures.find);
  const auto by_email = searches(200, 1, [&](std::size_t i) { return email_of(who(i, people)); });
  figures.search_email = search(database, traced, ways, by_email, rounds);
  print("find by email (patients.search with an email): one row", figures.search_email);
  const auto by_name = searches(20, 20, [&](std::size_t i) { return "smith " + std::to_string(i % 10); });
  figures.search = search(database, traced, ways, by_name,
                          {rounds.rounds, std::max<std::size_t>(1, rounds.batch / 10), rounds.clock});
  print("search (patients.search with the beginning of a name): a page of 20 rows", figures.search);
  return figures;
}

}  // namespace clinic::bench
