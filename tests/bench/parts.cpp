#include "base/formats.hpp"
#include "base/ids.hpp"
#include "crypto/password.hpp"
#include "engine/numbers.hpp"
#include "hash.hpp"
#include "operations/operation.hpp"
#include "registered.hpp"
#include "scenes.hpp"

#include <cstdio>

namespace clinic::bench {
namespace {

const std::vector<std::string> audit_and_events = {"audit_entries", "events"};

/// The bare side with and without what can be taken away from it: by the clock on the wall what is waiting, by the
/// processor's time the rest.
void print_bare_parts(const Place& disk, const Place& memory, const Rounds& rounds) {
  const Folder disk_folder(disk.folder), folder(memory.folder), source_folder("/dev/shm");
  const Registered registered(source_folder, rounds.turns(), true);
  BareDatabase source(registered.file);
  const auto hashed = [](BareInserts& inserts, const std::vector<std::string>& leave_out = {}) {
    return [&inserts, leave_out](std::size_t i) {
      bare_hash();
      inserts.run(i, leave_out);
    };
  };

  BareDatabase full(empty_database(disk_folder, "full")), normal(empty_database(disk_folder, "normal"), "NORMAL");
  BareInserts into_full(full, source, registered.transaction), into_normal(normal, source, registered.transaction);
  const auto waiting = contest(rounds, {{"", hashed(into_full)}, {"", hashed(into_normal)}});
  std::printf("\nA bare registration with portal account, %s: %.1f µs on the wall; of these\n", disk.words.c_str(),
              waiting[0].microseconds);
  std::printf("  %-48s %9.1f µs\n", "fsync of the log (FULL against NORMAL)", -waiting[1].over_first);

  BareDatabase all(empty_database(folder, "all")), some(empty_database(folder, "some"));
  BareInserts into_all(all, source, registered.transaction), into_some(some, source, registered.transaction);
  const auto working = contest({rounds.rounds, rounds.batch, Clock::processor},
                               {{"", hashed(into_all)}, {"", hashed(into_some, audit_and_events)}});
  std::printf("and, %s, %.1f µs of processor time; of these\n", memory.words.c_str(), working[0].microseconds);
  std::printf("  %-48s %9.1f µs\n", "bcrypt at cost 4", time_of(rounds, bare_hash));
  std::printf("  %-48s %9.1f µs\n", "one audit row, two event rows", -working[1].over_first);
}

void print_part(const char* what, double times, double microseconds) {
  std::printf("  %-48s %9.2f µs  × %-4g = %8.2f µs\n", what, microseconds, times, times * microseconds);
}

double time_of_numbers(const Place& place, const Rounds& rounds) {
  const Folder folder(place.folder);
  StorageWay way(empty_database(folder, "numbers"));
  Policy policy;
  Numbers numbers(way.store, policy);
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  // A whole block a batch, so that each batch pays for one.
  return contest({rounds.rounds, 64, rounds.clock}, {{"", [&](std::size_t) { numbers.reserve(now).keep(); }}})
      .front()
      .microseconds;
}

/// What the phone number costs where it is not the only thing that goes on: libphonenumber's tables and SQLite's pages
/// take each other's place in the processor's cache.
double time_of_phone(const Place& place, const Rounds& rounds) {
  const Folder folder(place.folder);
  CppWay without(folder.file("without")), with(folder.file("with"));
  const auto register_at = [](CppWay& way, std::size_t i, bool phone) {
    auto request = person(i, false);
    if (!phone) request.phone.reset();
    way.desk.patients().register_patient(request);
  };
  return contest(rounds, {{"", [&](std::size_t i) { register_at(without, i, false); }},
                          {"", [&](std::size_t i) { register_at(with, i, true); }}})
      .back()
      .over_first;
}

}  // namespace

void print_parts(const Place& disk, const Place& memory, const Rounds& slow, const Rounds& quick) {
  print_bare_parts(disk, memory, slow);

  const auto request = person(7, true);
  const auto request_text = json_of(request);
  const auto answer = [&] {
    const Folder folder("/dev/shm");
    CppWay way(folder.file("answer"));
    return way.desk.patients().register_patient(request);
  }();
  const auto now = answer.patient.created_at;
  IdGenerator ids;
  std::size_t sink = 0;

  std::printf("\nWhat the SDK does in a registration with portal account that the bare side does not\n");
  print_part("a temporary password", 1, time_of(quick, [&] { sink += generate_password(12, random_bytes).size(); }));
  print_part("an id", 4, time_of(quick, [&] { sink += ids.next(now).size(); }));
  print_part("a phone number's normal form (libphonenumber)", 1,
             time_of(quick, [&] { sink += phone_key(*request.phone, "ZZ")->size(); }));
  print_part("normal forms of names, email, national ID", 2, time_of(quick, [&] {
               sink += fold(request.first_name + " " + request.last_name).size() + fold(request.last_name).size() +
                       email_key(*request.email).size() + national_id_key(*request.national_id).size();
             }));
  print_part("copying and validating the request", 1, time_of(quick, [&] {
               auto copy = request;
               detail::validate_request(describe<RegisterPatient>(), &copy);
             }));
  print_part("its number, a block of 64 at a time, in memory", 1, time_of_numbers(memory, quick));
  print_part("the same on disk", 1, time_of_numbers(disk, slow));
  print_part("the phone number within a registration", 1,
             time_of_phone(memory, {slow.rounds, slow.batch, Clock::processor}));
  std::printf("and with JSON\n");
  print_part("reading the request", 1, time_of(quick, [&] {
               RegisterPatient read;
               std::vector<FieldError> errors;
               read_json(request_text, describe<RegisterPatient>(), &read, {}, errors);
               sink += errors.size();
             }));
  print_part("writing the answer", 1, time_of(quick, [&] { sink += json_of(answer).size(); }));
  print_part("(writing one patient)", 1, time_of(quick, [&] { sink += json_of(answer.patient).size(); }));
  if (sink == 0) std::printf(" \n");  // so that nothing above is optimised away
}

}  // namespace clinic::bench
