#pragma once

#include "people_file.hpp"

#include <clinic/clinic.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// What came of a morning at the desk.
struct DeskResult {
  struct Registered {
    Person person;
    clinic::PatientView patient;
    bool has_account = false;
  };
  struct Effort {
    int calls = 0;
    std::chrono::duration<double> time{};
  };
  std::vector<Registered> registered;
  std::map<std::string, int> refused;  ///< by the word of the error
  int without_name = 0;                ///< of those, the ones that lack a first or a last name
  Effort plain, with_account;          ///< registrations that were done, and how long they took
};

/// Registers everybody, one after the other. `progress` hears the number of the row.
DeskResult register_people(const clinic::Session& desk, const std::vector<Person>& people,
                           const std::function<void(int row)>& progress);
