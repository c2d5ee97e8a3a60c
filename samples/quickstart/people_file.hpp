#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// A row of the file, as a clerk would read it.
struct Person {
  int row = 0;  ///< from 1
  std::string given_name, surname, address, national_id;
  std::optional<std::chrono::year_month_day> birth_date;  ///< none where the file has none that exists
};

/// Reads the whole file. Throws std::runtime_error.
std::vector<Person> read_people(const std::string& path);

/// The file names no contacts: an address that this person could have, a different one for each row.
std::string invented_email(const Person& person);
