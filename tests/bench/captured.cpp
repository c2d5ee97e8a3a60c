#include "captured.hpp"

#include <algorithm>
#include <stdexcept>

namespace clinic::bench {

Configuration configuration(const std::string& file, const std::string& options) {
  Configuration configuration;
  configuration.storage = "sqlite:" + file + options;
  configuration.policy =
      Json{R"({"password_hash_cost":4,"audit_reads":false,"audit_seal_seconds":0,"encrypt_medical_fields":false})"};
  configuration.plugin_directories = {CLINIC_PLUGIN_DIR};
  return configuration;
}

Traced::Traced(Configuration traced)
    : clinic_([&] {
        traced.log_level = LogLevel::trace;
        Environment environment;
        environment.log = [this](LogLevel level, std::string_view line) {
          if (level != LogLevel::trace) return;
          std::lock_guard lock(mutex_);
          statements_.emplace_back(line);
        };
        return Clinic::open(traced, std::move(environment));
      }()) {}

Statements Traced::during(const std::function<void(const Session&)>& work) {
  statements_.clear();
  work(desk());
  std::lock_guard lock(mutex_);
  return statements_;
}

std::vector<Statements> transactions_with(const Statements& statements, const std::string& beginning) {
  std::vector<Statements> transactions;
  Statements transaction;
  bool found = false;
  for (const auto& sql : statements) {
    if (sql.starts_with("BEGIN")) transaction.clear();
    transaction.push_back(sql);
    found = found || sql.starts_with(beginning);
    if (!found || !(sql.starts_with("COMMIT") || sql.starts_with("ROLLBACK"))) continue;
    transactions.push_back(std::move(transaction));
    transaction.clear();
    found = false;
  }
  return transactions;
}

Statements transaction_with(const Statements& statements, const std::string& beginning) {
  auto transactions = transactions_with(statements, beginning);
  if (transactions.empty()) throw std::runtime_error("the SDK logged no transaction with " + beginning);
  return std::move(transactions.front());
}

}  // namespace clinic::bench
