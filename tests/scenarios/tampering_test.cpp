/// \file
/// Random tampering with the audit beside the SDK, against what docs/audit.md says of it: whatever was edited, removed,
/// inserted or emptied is found, but for what is named there as beyond it (AUDIT-3).

#include "records/records.hpp"
#include "sealed_clinic.hpp"

#include <cstdlib>
#include <map>
#include <random>
#include <regex>
#include <set>
#include <sstream>

using namespace clinic;
using namespace clinic::test;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class List>
  const auto& of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937 engine_;
};

/// A clinic with three seals and something behind them, and the state to which each round goes back.
class Bench {
 public:
  enum class Kind { plain, anchored, upgraded };

  explicit Bench(Kind kind) : kind_(kind), clinic_(kind == Kind::plain ? Anchoring::none : Anchoring::file) {
    clinic_.now = 1800000000000;
    if (kind == Kind::upgraded) {  // with four entries from before signing began
      clinic_.register_people(4);
      clinic_.rows("UPDATE audit_entries SET mac = NULL");
      clinic_.now += 1000;
      clinic_.register_people(1);
      clinic_.make_key_of_0_1();
      clinic_.open();
    }
    for (int seal = 0; seal < 3; ++seal) {
      clinic_.register_people(2);
      clinic_.audit().seal();
    }
    clinic_.register_people(1);
    clinic_.now += std::chrono::milliseconds(std::chrono::minutes(10)).count();
    clinic_.keep();
    for (const auto& row : clinic_.rows("SELECT id, mac IS NULL AS old FROM audit_entries"))
      if (row.at("old").as_int64() != 0) seal_of_[std::string(row.at("id").as_string())] = 0;
    for (const auto& row : clinic_.rows("SELECT id, entry_ids FROM audit_seals ORDER BY id")) {
      seals_.emplace_back(row.at("id").as_string());
      std::istringstream ids{std::string(row.at("entry_ids").as_string())};
      for (std::string id; std::getline(ids, id, ',');)
        seal_of_[id] = seals_.size();
    }
    entries_ = clinic_.entry_ids();
    if (kind != Kind::plain) anchors_ = contents(clinic_.anchor_file());
    REQUIRE(clinic_.audit().verify().valid);
  }

  const SealedClinic& clinic() const { return clinic_; }
  bool anchored() const { return kind_ != Kind::plain; }
  const std::vector<std::string>& ids(const std::string& table) const {
    return table == "audit_seals" ? seals_ : entries_;
  }
  const std::string& anchors() const { return anchors_; }

  void run(const std::string& sql) const {
    try {
      clinic_.rows("PRAGMA synchronous = OFF; BEGIN; " + sql + "; COMMIT");
    } catch (const std::runtime_error&) {
      // the database does not take it: then nothing has changed
    }
  }
  void write_anchors(const std::string& text) const { std::ofstream(clinic_.anchor_file(), std::ios::trunc) << text; }
  void put_back() const {
    clinic_.rows(
        "PRAGMA synchronous = OFF; BEGIN; DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM "
        "kept_entries; DELETE FROM audit_seals; INSERT INTO audit_seals SELECT * FROM kept_seals; COMMIT");
    if (anchored()) write_anchors(anchors_);
  }

  bool as_it_was() const {
    return count(beside("audit_entries", "kept_entries")) + count(beside("kept_entries", "audit_entries")) +
                   count(beside("audit_seals", "kept_seals")) + count(beside("kept_seals", "audit_seals")) ==
               0 &&
           (!anchored() || contents(clinic_.anchor_file()) == anchors_);
  }

  /// Whether what is there now is named in docs/audit.md as beyond the proof: nothing is there that was not there, and
  /// what is gone is behind the newest seal that is left: with anchors, behind the newest one that they name.
  bool beyond_the_proof() const {
    if (count(beside("audit_entries", "kept_entries")) + count(beside("audit_seals", "kept_seals")) > 0) return false;
    std::size_t left = 0;
    for (const auto& row : clinic_.rows("SELECT id FROM audit_seals ORDER BY id"))
      if (row.at("id").as_string() != seals_[left++]) return false;
    for (const auto& row : clinic_.rows(beside("kept_entries", "audit_entries")))
      if (const auto seal = seal_of_.find(std::string(row.at("id").as_string()));
          seal != seal_of_.end() && seal->second <= left)
        return false;
    return !anchored() || anchors_fit(left);
  }

 private:
  static std::string beside(const std::string& these, const std::string& those) {
    return "SELECT * FROM " + these + " EXCEPT SELECT * FROM " + those;
  }
  std::size_t count(const std::string& query) const { return clinic_.rows(query).size(); }

  /// The lines that are left are those that were made, and the last of them is of the newest seal.
  bool anchors_fit(std::size_t seals) const {
    static const std::regex form("([0-9]+) ([0-9a-f]{64})( .*)?");
    if (!std::filesystem::exists(clinic_.anchor_file())) return seals == 0;
    const auto made = lines_of(anchors_), found = lines_of(contents(clinic_.anchor_file()));
    const auto beginning = [](const std::string& line) { return line.substr(0, line.find(' ') + 65); };
    std::size_t newest = 0;
    for (const auto& line : found) {
      if (line.empty()) continue;
      std::smatch parts;
      if (!std::regex_match(line, parts, form)) {
        // One that is being written at this moment is none yet.
        if (&line == &found.back() && !contents(clinic_.anchor_file()).ends_with('\n')) continue;
        return false;
      }
      if (std::none_of(made.begin(), made.end(), [&](const auto& one) { return beginning(one) == beginning(line); }))
        return false;
      newest = std::max<std::size_t>(newest, std::stoul(parts[1]));
    }
    return newest == seals;
  }

  Kind kind_;
  SealedClinic clinic_;
  std::vector<std::string> entries_, seals_;
  std::map<std::string, std::size_t> seal_of_;  // 0: from before signing began
  std::string anchors_;
};

/// A deed as SQL, random in everything.
std::string random_sql(const Bench& bench, Dice& dice) {
  const std::string table = dice.one_in(3) ? "audit_seals" : "audit_entries";
  const auto& type = table == "audit_seals" ? describe<AuditSeal>() : describe<AuditEntry>();
  const auto& ids = bench.ids(table);
  const auto column = [&] { return '"' + std::string(dice.of(type.fields).name) + '"'; };
  const auto id = [&] { return in_quotes(dice.of(ids)); };
  const auto value = [&](const std::string& of) -> std::string {
    switch (dice.below(8)) {
      case 0:
        return "NULL";
      case 1:
        return "''";
      case 2:
        return "(SELECT " + of + " FROM " + table + " WHERE id = " + id() + ")";
      case 3:
        return of + " + 1";
      case 4:
        return "COALESCE(" + of + ", '') || ' '";
      case 5:
        return "substr(" + of + ", 2)";
      case 6:
        return "'" + std::string(64, '0') + "'";
      default:
        return dice.one_in(2) ? "0" : "'nonsense'";
    }
  };
  const auto where = [&]() -> std::string {
    switch (dice.below(6)) {
      case 0:
        return " WHERE id >= " + id();
      case 1:
        return " WHERE id <= " + id();
      case 2:
        return dice.one_in(3) ? "" : " WHERE id IN (" + id() + ", " + id() + ")";
      default:
        return " WHERE id = " + id();
    }
  };
  switch (dice.below(6)) {
    case 0: {  // removed
      return "DELETE FROM " + table + where();
    }
    case 1: {  // inserted: a copy with another id, and perhaps another value
      const auto other = dice.one_in(3)   ? std::string("'00000000-0000-7000-8000-000000000000'")
                         : dice.one_in(2) ? std::string("'ffffffff-ffff-7fff-8fff-ffffffffffff'")
                                          : id() + " || 'a'";
      const auto number = "'00000000000" + std::to_string(dice.below(8)) + "'";
      const auto changed = column();
      std::string columns, values;
      for (const auto& field : type.fields) {
        const auto name = '"' + std::string(field.name) + '"';
        columns += (columns.empty() ? "" : ", ") + name;
        values += (values.empty() ? "" : ", ") + (field.name == "id" ? (table == "audit_seals" ? number : other)
                                                  : name == changed  ? value(name)
                                                                     : name);
      }
      return "INSERT INTO " + table + " (" + columns + ") SELECT " + values + " FROM " + table + " WHERE id = " + id();
    }
    case 2: {  // two rows change places in a column
      const auto name = column(), one = id(), other = id();
      if (name == "\"id\"")
        return "UPDATE " + table + " SET id = 'x' WHERE id = " + one + "; UPDATE " + table + " SET id = " + one +
               " WHERE id = " + other + "; UPDATE " + table + " SET id = " + other + " WHERE id = 'x'";
      return "CREATE TEMP TABLE a AS SELECT " + name + " AS v FROM " + table + " WHERE id = " + one +
             "; CREATE TEMP TABLE b AS SELECT " + name + " AS v FROM " + table + " WHERE id = " + other + "; UPDATE " +
             table + " SET " + name + " = (SELECT v FROM b) WHERE id = " + one + "; UPDATE " + table + " SET " + name +
             " = (SELECT v FROM a) WHERE id = " + other + "; DROP TABLE a; DROP TABLE b";
    }
    case 3: {  // an entry taken out of its seal, with its row or without
      const auto entry = dice.of(bench.ids("audit_entries"));
      return "UPDATE audit_seals SET entry_ids = replace(replace(entry_ids, '" + entry + ",', ''), '" + entry +
             "', '')" + (dice.one_in(2) ? "" : "; DELETE FROM audit_entries WHERE id = " + in_quotes(entry));
    }
    default: {  // edited or emptied
      const auto name = column();
      return "UPDATE " + table + " SET " + name + " = " + value(name) + where();
    }
  }
}

/// The same with the lines of the anchor file.
std::string tampered_anchors(std::string text, Dice& dice) {
  auto lines = lines_of(text);
  const auto at = dice.below(lines.size());
  auto& line = lines[at];
  switch (dice.below(8)) {
    case 0:  // cut off anywhere
      return text.substr(0, dice.below(text.size()));
    case 1:
      return "";
    case 2:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 3:
      lines.resize(at);
      break;
    case 4:
      line[dice.below(line.size())] = "0 x9"[dice.below(4)];
      break;
    case 5:
      std::swap(line, lines[dice.below(lines.size())]);
      break;
    case 6:
      line = std::to_string(dice.below(9)) + line.substr(line.find(' '));
      break;
    default:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), dice.one_in(2) ? line : "nonsense");
  }
  text.clear();
  for (const auto& one : lines)
    text += one + '\n';
  return text;
}

std::size_t rounds(std::size_t usual) {
  const char* factor = std::getenv("CLINIC_SOAK");
  const auto soak = factor && *factor ? std::atof(factor) : 1.0;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  usual /= 10;
#endif
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(usual) * soak));
}

}  // namespace

TEST_CASE("no tampering with the audit is missed that the docs do not name as beyond it", "[AUDIT-3][sqlite]") {
  const auto kind = GENERATE(Bench::Kind::plain, Bench::Kind::anchored, Bench::Kind::upgraded);
  const auto wanted = rounds(kind == Bench::Kind::plain ? 800 : 600);
  const unsigned seed = 907 + static_cast<unsigned>(kind);
  Bench bench(kind);
  Dice dice(seed);
  std::size_t done = 0, beyond = 0;
  while (done < wanted) {
    std::string deed;
    const auto parts = dice.one_in(4) ? 2 : 1;
    for (int part = 0; part < parts; ++part) {
      if (bench.anchored() && dice.one_in(4)) {
        const auto text = contents(bench.clinic().anchor_file());
        if (text.empty()) continue;
        const auto tampered = tampered_anchors(text, dice);
        deed += "anchors:\n" + tampered + '\n';
        bench.write_anchors(tampered);
      } else {
        const auto sql = random_sql(bench, dice);
        deed += sql + '\n';
        bench.run(sql);
      }
    }
    if (!bench.as_it_was()) {
      ++done;
      const auto expected = bench.beyond_the_proof();
      beyond += expected ? 1 : 0;
      const auto verified = bench.clinic().audit().verify();
      INFO("seed " << seed << ", round " << done << "\n" << deed << words_of(verified));
      REQUIRE(verified.valid == expected);
    }
    bench.put_back();
  }
  CHECK(beyond < wanted / 5);  // else this proves little
  CHECK(bench.clinic().audit().verify().valid);
}

TEST_CASE("a key that was tampered with opens nothing", "[AUDIT-3][CONF-3][sqlite]") {
  SealedClinic clinic;
  clinic.make_seals(1);
  clinic.close();
  clinic.rows("CREATE TABLE kept_keys AS SELECT * FROM data_keys");
  Dice dice(11);
  const auto sealed = std::string(clinic.rows("SELECT sealed_key FROM data_keys").at(0).at("sealed_key").as_string());
  for (int round = 0; round < 20; ++round) {
    std::string sql;
    auto changed = sealed;
    auto& character = changed[dice.below(sealed.size() - 4)];
    character = character == 'A' ? 'B' : 'A';
    switch (dice.below(4)) {
      case 0:
        sql = "DELETE FROM data_keys";
        break;
      case 1:
        sql = "UPDATE data_keys SET id = 'another'";
        break;
      case 2:
        sql = "UPDATE data_keys SET sealed_key = substr(sealed_key, 1, " + std::to_string(dice.below(sealed.size())) +
              ")";
        break;
      default:
        sql = "UPDATE data_keys SET sealed_key = " + in_quotes(changed);
    }
    clinic.rows(sql);
    INFO(sql);
    try {
      clinic.open();
      FAIL("it was opened");
    } catch (const Error& error) {
      CHECK((error.code() == ErrorCode::key_wrong || error.code() == ErrorCode::key_missing));
    }
    clinic.rows("DELETE FROM data_keys; INSERT INTO data_keys SELECT * FROM kept_keys");
  }
  clinic.open();
  CHECK(clinic.audit().verify().valid);
}
