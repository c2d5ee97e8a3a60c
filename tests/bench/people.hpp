#pragma once

#include "meta/json.hpp"

#include <clinic/clinic.hpp>

#include <array>
#include <string>

namespace clinic::bench {

inline std::string padded(std::size_t i) {
  auto digits = std::to_string(i);
  return std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

inline std::string email_of(std::size_t i) { return "Person." + padded(i) + "@example.org"; }

/// Somebody whom the desk registers: a full form, all values different from the others'.
inline RegisterPatient person(std::size_t i, bool with_account) {
  static constexpr std::array first{"Jane", "Siti", "Ahmad", "María", "Chen", "Olga", "فاطمة", "John"};
  static constexpr std::array last{"Smith", "Nurhaliza", "García", "Wei", "Petrova", "الهاشمي", "Brown", "Kowalski"};
  RegisterPatient request;
  request.first_name = first[i % first.size()];
  request.last_name = std::string(last[i / 8 % last.size()]) + " " + std::to_string(i);
  request.birth_date = Date(std::chrono::year(static_cast<int>(1940 + i % 70)), std::chrono::month(i % 12 + 1),
                            std::chrono::day(i % 28 + 1));
  request.gender = i % 2 ? Gender::male : Gender::female;
  request.phone = "+1 415 " + std::to_string(2000000 + i);
  request.email = email_of(i);
  request.national_id = "ID-" + padded(i);
  request.address = "12 Long Street, Springfield, apartment " + std::to_string(i);
  request.allergies = "penicillin";
  request.create_portal_account = with_account;
  return request;
}

inline std::string json_of(const auto& request) {
  std::string text;
  write_json(describe<std::remove_cvref_t<decltype(request)>>(), &request, WriteSecrets::yes, text);
  return text;
}

}  // namespace clinic::bench
