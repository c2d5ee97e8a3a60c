#pragma once

/// \file
/// Many calls at once: what every thread is to do, as data, so that it can be handed to other processes too.

#include "support/soak.hpp"
#include "support/test_database.hpp"

#include <clinic/clinic.hpp>

#include <boost/describe.hpp>

#include <functional>
#include <string>
#include <vector>

namespace clinic::test {

/// One kind of call. In the request and the key, `{i}` stands for a number that no other call of the race has, `{p}`
/// for a person whom the calls of all kinds share. The operation `prove` is one of the race's own: a registration by a
/// phone, from the start to the password, with the code that was sent.
struct PlannedCall {
  std::string operation;
  std::string request;
  std::string key;  ///< of idempotency
};
BOOST_DESCRIBE_STRUCT(PlannedCall, (), (operation, request, key))

struct Plan {
  std::string storage;
  std::string master_key;  ///< none for an embedded database
  std::string profile = "standard";
  std::string policy = R"({"password_hash_cost":4})";
  int processes = 1;
  int process = 0;
  int threads = 1;
  int calls = 1;           ///< by each thread
  bool open_each = false;  ///< each thread opens the clinic for itself, all at once
  int people = 0;          ///< `{p}` goes round so many; 0: each kind meets each person once
  std::string sent{};      ///< the file to which SMS go; empty: nobody sends them
  std::vector<PlannedCall> mix;
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (storage, master_key, profile, policy, processes, process, threads, calls, open_each, people,
                       sent, mix))

struct Answer {
  int index = 0;  ///< `{i}`
  std::string operation;
  std::string code;  ///< of the error; `done` without one
  std::string text;  ///< the response or the error, JSON
};

/// On that database, opened with those options; without calls.
Plan plan_on(const TestDatabase& database, const std::string& options = {});

std::string to_line(const Plan& plan);
Plan plan_from(const std::string& line);
std::string to_line(const Answer& answer);
Answer answer_from(const std::string& line);

Clinic open_clinic(const Plan& plan);
Session session(const Clinic& clinic);
Answer call(const Session& session, const std::string& operation, const std::string& request,
            const std::string& key = {});

/// Runs the plan's calls on its threads, which begin together. `answered` is called by all of them.
void run_calls(const Plan& plan, const Clinic* clinic, const std::function<void(const Answer&)>& answered);

}  // namespace clinic::test
