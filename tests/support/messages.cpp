#include "support/messages.hpp"

namespace clinic::test {
namespace {

constexpr std::int64_t number_of_first = 100000000000;
constexpr const char* beginning_of_ids = "01910000-0000-7000-8000-";

}  // namespace

std::string message_id(std::int64_t number) { return beginning_of_ids + std::to_string(number_of_first + number); }

std::string copies_of_message(std::int64_t count, std::int64_t first) {
  std::string digits = "(SELECT 0 AS n";
  for (int digit = 1; digit < 10; ++digit)
    digits += " UNION ALL SELECT " + std::to_string(digit);
  digits += ") ";
  const std::string number = "(a.n + 10 * b.n + 100 * c.n + 1000 * d.n)";
  return "INSERT INTO outbox_messages (id, channel, message_template, locale, recipient, data, sealed_secret, status, "
         "attempts, due_at, patient_id, user_id, created_at, version) SELECT '" +
         std::string(beginning_of_ids) + "' || (" + std::to_string(number_of_first + first) + " + " + number +
         "), channel, message_template, locale, recipient, data, sealed_secret, 'pending', 0, due_at, patient_id, "
         "user_id, created_at, 1 FROM outbox_messages CROSS JOIN " +
         digits + "a CROSS JOIN " + digits + "b CROSS JOIN " + digits + "c CROSS JOIN " + digits +
         "d WHERE status = 'cancelled' AND " + number + " < " + std::to_string(count);
}

}  // namespace clinic::test
