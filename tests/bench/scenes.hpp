#pragma once

#include "contest.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace clinic::bench {

// Names of contestants.
inline const std::string bare = "bare SQLite C API", storage_line = "storage line alone", cpp = "C++",
                         cpp_json = "C++ with JSON", c_json = "C with JSON", bare_client = "bare client library",
                         no_notifier = "no notifier", at_once = "one that answers at once", hanging = "one that hangs";

/// Where databases lie, and how they are written there.
struct Place {
  std::string folder;
  std::string words;
};

/// Registration, each way into a database of its own in that place.
std::vector<Figure> registration(const Place& place, bool with_account, const Rounds& rounds);

/// What of a bare registration is fsync, the hash, the audit and the events; and what the SDK's own steps cost, one by
/// one.
void print_parts(const Place& disk, const Place& memory, const Rounds& slow, const Rounds& quick);

struct ReadingFigures {
  std::vector<Figure> get, find, search_email, search;
};
/// get by id, find by email, search by name, all on one database of `people` patients.
ReadingFigures reading(const Place& place, std::size_t people, const Rounds& rounds);

// Names that a stranger tries.
inline const std::string known = "known name", unknown = "unknown name";

/// What was done, and how long it took for a known name and for one that is not.
using StrangerFigures = std::vector<std::pair<std::string, std::vector<Figure>>>;
/// Wrong logins, requests for a reset and the steps of a registration, of names that are known and of such that are
/// not, in turns.
StrangerFigures strangers(const Place& place, std::size_t pairs);

/// Reads that are audited against such that are not.
void audited_reading(const Place& place, const Rounds& rounds);

/// Registrations whose messages a notifier sends in the background, with the notifiers that there are in the field: one
/// that answers at once, one that hangs; against none. Those with a message, and those without.
struct DelayFigures {
  std::vector<Figure> with_message, without;
};
DelayFigures message_delays(const Place& place, const Rounds& rounds);
/// Messages that one process hands over to a notifier that does nothing: how many a second.
double messages_a_second(const Place& place, std::int64_t messages, std::int64_t connections);

enum class Server { postgresql, mysql };
struct ServerFigures {
  std::vector<Figure> registration;
  std::vector<std::string> round_trips;  ///< a statement each
};
/// Registration with portal account on the server that CLINIC_TEST_POSTGRESQL or CLINIC_TEST_MYSQL names.
ServerFigures server_registration(Server server, const Rounds& rounds);
void print(const std::string& title, const ServerFigures& figures);

/// sync.run, against the same writes through the bare client library, and sync.check, over so many users and as many
/// patients.
struct SyncFigures {
  std::vector<Figure> run;
  double checked_a_second = 0;  ///< people
  double memory_growth = 0;     ///< MiB, of this process, at the most
};
SyncFigures syncing(const Place& place, std::size_t people);
SyncFigures postgresql_syncing(std::size_t people);

/// 32 threads that write with the audit being sealed every second, against the same without seals: the rate of the
/// former by that of the latter, the median over the turns.
double sealing(const Place& place, std::size_t turns, std::chrono::milliseconds turn);
double server_sealing(Server server, std::size_t turns, std::chrono::milliseconds turn);
double server_messages_a_second(Server server, std::int64_t messages, std::int64_t connections);

}  // namespace clinic::bench
