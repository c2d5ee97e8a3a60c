#pragma once

/// \file
/// A clinic whose audit is tampered with beside it.

#include "old_key.hpp"

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace clinic::test {

enum class Anchoring { none, file };

/// A clinic that seals when it is told to.
class SealedClinic {
 public:
  explicit SealedClinic(const std::string& policy = R"({"audit_seal_seconds":0})") : policy_(policy) { open(); }
  explicit SealedClinic(Anchoring anchoring) : policy_(R"({"audit_seal_seconds":0})"), anchoring_(anchoring) { open(); }

  void open() {
    clinic_.reset();
    auto configuration = test_configuration(database_, "standard", policy_);
    if (anchoring_ == Anchoring::file) configuration.audit_anchor_file = anchor_file();
    Environment environment;
    environment.log = [this](LogLevel, std::string_view line) { log.add(line); };
    environment.audit_anchor = [this](std::int64_t number, std::string_view mac) {
      if (refuse_anchors) throw std::runtime_error("no room");
      anchors += std::to_string(number) + ' ' + std::string(mac) + '\n';
    };
    environment.now = [this] {
      return now.load() ? Timestamp(std::chrono::milliseconds(now.load()))
                        : std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    };
    clinic_ = Clinic::open(configuration, std::move(environment));
  }
  void close() { clinic_.reset(); }
  /// As clinic 0.1 left it, in a database that an older version had begun: nothing says since when entries are signed.
  void make_key_of_0_1() {
    close();
    forget_signing_start(database_, master_key());
  }
  std::string master_key() const {
    const auto given = database_.master_key();
    return given ? *given : contents(database_.file() + ".key").substr(0, 64);
  }

  Session desk() const { return clinic_->act_as(Actor::system("desk", Role::admin)); }
  Clinic& clinic() { return *clinic_; }
  AuditService audit() const { return desk().audit(); }
  void register_people(int count) {
    for (int i = 0; i < count; ++i)
      desk().patients().register_patient({.first_name = "A", .last_name = "B"});
  }
  /// So many seals of three entries; the operation's own entry is the first of the next.
  void make_seals(int count) {
    for (int i = 0; i < count; ++i) {
      register_people(i == 0 ? 3 : 2);
      REQUIRE(audit().seal().entries_sealed == 3);
    }
  }

  boost::json::array rows(const std::string& sql) const { return database_.rows(sql); }
  std::vector<std::string> entry_ids() const {
    std::vector<std::string> ids;
    for (const auto& row : rows("SELECT id FROM audit_entries ORDER BY id"))
      ids.emplace_back(row.at("id").as_string());
    return ids;
  }
  /// Keeps both tables, and puts them back after each tampering.
  void keep() const {
    rows("CREATE TABLE kept_entries AS SELECT * FROM audit_entries");
    rows("CREATE TABLE kept_seals AS SELECT * FROM audit_seals");
  }
  void put_back() const {
    rows("DELETE FROM audit_entries");
    rows("INSERT INTO audit_entries SELECT * FROM kept_entries");
    rows("DELETE FROM audit_seals");
    rows("INSERT INTO audit_seals SELECT * FROM kept_seals");
  }
  std::string anchor_file() const { return (database_.folder().path() / "anchors").string(); }
  const TestDatabase& database() const { return database_; }

  std::string anchors;
  LogLines log;
  std::atomic<bool> refuse_anchors = false;
  std::atomic<std::int64_t> now = 0;

 private:
  TestDatabase database_;
  std::string policy_;
  Anchoring anchoring_ = Anchoring::file;
  std::optional<Clinic> clinic_;
};

inline std::string words_of(const AuditVerified& verified) {
  std::string words;
  for (const auto& problem : verified.problems)
    words += std::string(word(problem.code)) + " seal " + std::to_string(problem.seal) + " entry " +
             problem.entry_id.value_or("-") + ": " + problem.message + "\n";
  return words;
}

inline bool names(const AuditVerified& verified, AuditFault code, std::int64_t seal, const std::string& entry = {}) {
  return std::any_of(verified.problems.begin(), verified.problems.end(), [&](const AuditProblem& problem) {
    return problem.code == code && problem.seal == seal && problem.entry_id.value_or("") == entry;
  });
}

inline std::string in_quotes(const std::string& text) { return "'" + text + "'"; }

}  // namespace clinic::test
