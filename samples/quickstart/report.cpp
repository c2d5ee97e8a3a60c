#include "report.hpp"

#include "demo_database.hpp"
#include "screen.hpp"

#include <cstdio>
#include <filesystem>
#include <iostream>

namespace {

constexpr std::size_t pairs_shown = 4;
constexpr std::size_t metadata_shown = 52;

void title(const std::string& text) { std::cout << '\n' << bold(text) << '\n'; }

void count(const std::string& what, long number, const std::string& remark = {}) {
  std::cout << "  " << left(what, 44) << right(thousands(number), 7) << (remark.empty() ? "" : "   " + dim(remark))
            << '\n';
}

void fact(const std::string& name, const std::string& text) { std::cout << "  " << dim(left(name, 9)) << text << '\n'; }

std::string decimals(double number, int places) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", places, number);
  return text;
}

void print_desk(const DeskResult& desk) {
  title("The desk registers everybody");
  count("registered", static_cast<long>(desk.registered.size()),
        std::to_string(desk.with_account.calls) + " of them with a portal account at once");
  for (const auto& [word, number] : desk.refused) {
    auto why = word == "validation_failed"       ? "refused: no first or no last name"
               : word == "duplicate_national_id" ? "refused: the national ID is another patient's"
                                                 : "refused";
    count(why, number, word);
  }
}

void print_sign_ups(const SignUpResult& sign_ups) {
  title("Patients sign up for the portal, by email");
  count("linked to the patient whom the desk knew", sign_ups.linked, "email typed in capitals: no matter");
  count("new people: user and patient made together", sign_ups.new_patients);
  count("refused: the patient has an account", sign_ups.refused, "duplicate_email");
}

void print_sync(const clinic::SyncReport& sync) {
  title("sync.run looks for what is not linked yet");
  count("users without a patient", sync.users_seen);
  count("patients without a user, but with a contact", sync.patients_seen);
  const auto changed = sync.users_linked + sync.patients_created;
  count("linked or made now", changed, changed == 0 ? "none left: links are made with the records" : "");
  if (sync.conflict_count != 0) count("conflicts", sync.conflict_count);
}

void print_pairs(const SignUpResult& sign_ups) {
  title("Some of the pairs: one person, one id");
  std::cout << "  " << dim(left("id of both", 38) + left("patient", 11) + left("name", 22) + "user") << '\n';
  std::size_t shown = 0;
  for (const auto& [user, patient, was_at_the_desk] : sign_ups.pairs) {
    if (!was_at_the_desk || shown++ == pairs_shown) continue;
    const auto sign = user.id == patient.id && user.patient_id == patient.id ? green("⇔ ") : yellow("≠ ");
    std::cout << "  " << left(patient.id, 38) << left(patient.number, 11)
              << left(patient.first_name + " " + patient.last_name, 20) << sign << *user.email << '\n';
    if (shown == pairs_shown) break;
  }
}

void print_audit(const std::vector<clinic::AuditEntryView>& audit) {
  title("From the audit: the newest entries, and the newest refusals");
  for (const auto& entry : audit) {
    const auto time = entry.created_at.time_since_epoch().count() / 1000 % 86400;
    char clock[16];
    std::snprintf(clock, sizeof clock, "%02d:%02d:%02dZ", static_cast<int>(time / 3600),
                  static_cast<int>(time / 60 % 60), static_cast<int>(time % 60));
    auto remark = entry.error_code ? *entry.error_code : entry.metadata.text;
    if (remark.size() > metadata_shown) {
      remark.resize(metadata_shown);
      remark += "…";
    }
    std::cout << "  " << dim(clock) << "  " << left(entry.actor_name, 12) << left(entry.action, 18)
              << left(clinic::word(entry.outcome), 9) << dim(remark) << '\n';
  }
}

void print_speed(const Summary& summary) {
  const auto& [plain, account] = std::pair(summary.desk.plain, summary.desk.with_account);
  title("How fast");
  if (plain.calls != 0)
    std::cout << "  " << left("a registration", 24) << right(decimals(1000 * plain.time.count() / plain.calls, 2), 8)
              << " ms  " << bold(right(thousands(static_cast<long>(plain.calls / plain.time.count())), 6) + " /s")
              << dim("   one transaction with its audit, fsync before the answer") << '\n';
  if (account.calls != 0)
    std::cout << "  " << left("… with a portal account", 24)
              << right(decimals(1000 * account.time.count() / account.calls, 2), 8) << " ms  "
              << bold(right(thousands(static_cast<long>(account.calls / account.time.count())), 6) + " /s")
              << dim("   most of it password hashing (bcrypt cost " +
                     std::to_string(summary.policy.password_hash_cost) + ")")
              << '\n';
  std::cout << "  " << left("the whole demo", 24) << right(decimals(summary.seconds, 1), 8) << " s\n";
}

void print_further(const Summary& summary) {
  title("Look further");
  const auto& storage = summary.arguments.storage;
  const auto* name = storage.find("://") == storage.npos || storage.starts_with("sqlite:") ? storage.c_str() : "URL";
  for (const auto* command : {"patients search kayla", "audit list --outcome refused"})
    std::cout << "  ./dev clinic --storage " << name << " " << command << '\n';
}

/// As seen from here, where that is shorter.
std::string shown_path(const std::string& path) {
  const auto whole = std::filesystem::absolute(path).lexically_normal();
  const auto near = whole.lexically_proximate(std::filesystem::current_path());
  return (near.string().size() < whole.string().size() ? near : whole).string();
}

}  // namespace

void print_beginning(const Summary& summary) {
  std::cout << bold("clinic quickstart") << "  version " << clinic::version() << "\n\n";
  fact("people", shown_path(summary.arguments.data) + ", " + thousands(summary.rows) +
                     " rows; nobody real; emails at example.org invented for some");
  fact("database", shown_url(summary.arguments.storage) + ", made anew");
  fact("profile", summary.profile + ", but contacts may be missing; for this demo, passwords are hashed");
  fact("", "with bcrypt cost " + std::to_string(summary.policy.password_hash_cost) +
               " instead of 12, a sixteenth of the work: never for real ones");
}

void print_report(const Summary& summary) {
  print_desk(summary.desk);
  print_sign_ups(summary.sign_ups);
  print_sync(summary.sync);
  print_pairs(summary.sign_ups);
  print_audit(summary.audit);
  print_speed(summary);
  print_further(summary);
}
