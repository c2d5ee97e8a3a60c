#include "people_file.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <boost/tokenizer.hpp>

#include <cctype>
#include <charconv>
#include <fstream>
#include <map>
#include <stdexcept>

namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result;
  for (auto cell : boost::tokenizer<boost::escaped_list_separator<char>>(line))
    result.push_back(boost::algorithm::trim_copy(cell));
  return result;
}

/// YYYYMMDD, where there is such a day.
std::optional<std::chrono::year_month_day> day(const std::string& text) {
  unsigned number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.size() != 8 || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number / 10000)),
                                   std::chrono::month(number / 100 % 100), std::chrono::day(number % 100)};
  return date.ok() ? std::optional(date) : std::nullopt;
}

void append(std::string& text, const char* between, const std::string& more) {
  if (!more.empty()) text += (text.empty() ? "" : between) + more;
}

std::string address(const Row& row) {
  std::string result;
  append(result, " ", row.at("street_number"));
  append(result, " ", row.at("address_1"));
  for (const auto* column : {"address_2", "suburb", "state"})
    append(result, ", ", row.at(column));
  append(result, " ", row.at("postcode"));
  return result;
}

std::string letters(const std::string& name) {
  std::string result;
  for (unsigned char character : name)
    if (std::isalnum(character)) result += static_cast<char>(std::tolower(character));
  return result;
}

std::string capitalised(std::string name) {
  bool begins = true;
  for (auto& character : name) {
    if (begins) character = static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
    begins = character == ' ' || character == '-' || character == '\'';
  }
  return name;
}

}  // namespace

std::vector<Person> read_people(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("there is nothing to read in " + path);
  const auto columns = cells(line);
  std::vector<Person> people;
  while (std::getline(file, line)) {
    const auto values = cells(line);
    if (values.size() != columns.size())
      throw std::runtime_error("line " + std::to_string(people.size() + 2) + " of " + path +
                               " has another number of columns");
    Row row;
    for (std::size_t i = 0; i < columns.size(); ++i)
      row[columns[i]] = values[i];
    people.push_back({static_cast<int>(people.size()) + 1, capitalised(row.at("given_name")),
                      capitalised(row.at("surname")), address(row), row.at("soc_sec_id"),
                      day(row.at("date_of_birth"))});
  }
  return people;
}

std::string invented_email(const Person& person) {
  std::string box = letters(person.given_name);
  append(box, ".", letters(person.surname));
  return box + std::to_string(person.row) + "@example.org";
}
