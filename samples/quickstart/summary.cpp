#include "summary.hpp"

#include <iomanip>
#include <sstream>

namespace {

double per_second(const DeskResult::Effort& effort) {
  return effort.time.count() > 0 ? effort.calls / effort.time.count() : 0;
}

}  // namespace

// Only numbers and the words of errors: nothing that would have to be escaped.
std::string to_json(const Summary& summary) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(3);
  out << "{\"rows\":" << summary.rows << ",\"registered\":" << summary.desk.registered.size() << ",\"refused\":{";
  const char* between = "";
  for (const auto& [word, count] : summary.desk.refused) {
    out << between << '"' << word << "\":" << count;
    between = ",";
  }
  out << "},\"refused_without_name\":" << summary.desk.without_name
      << ",\"with_account\":" << summary.desk.with_account.calls
      << ",\"sign_ups\":{\"linked\":" << summary.sign_ups.linked
      << ",\"new_patients\":" << summary.sign_ups.new_patients << ",\"refused\":" << summary.sign_ups.refused
      << "},\"sync\":{\"users_seen\":" << summary.sync.users_seen << ",\"patients_seen\":" << summary.sync.patients_seen
      << ",\"users_linked\":" << summary.sync.users_linked << ",\"patients_created\":" << summary.sync.patients_created
      << ",\"conflicts\":" << summary.sync.conflict_count
      << "},\"registrations_per_second\":" << per_second(summary.desk.plain)
      << ",\"registrations_with_account_per_second\":" << per_second(summary.desk.with_account)
      << ",\"seconds\":" << summary.seconds << "}";
  return out.str();
}
