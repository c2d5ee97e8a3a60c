#pragma once

#include "crypto/sealer.hpp"
#include "records/record_model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

class Log;

/// Records with medical fields.
template <class Record>
concept Protected = requires(Record record) {
  record.sealed_fields;
};

/// Encrypts medical fields on their way into the store and decrypts them on their way out (ACCESS-5), so that nothing
/// above the repositories knows of it. The fields of a row go together into its `sealed_fields`. They are bound to that
/// row: the sealed fields of one row cannot be put into another. A row without any medical value has `sealed_fields`,
/// too: a row without `sealed_fields` has lost them. Which fields are medical, and which keys are stored as keyed
/// hashes, is declared with the record. Thread-safe.
///
/// A record that was read and still has `sealed_fields` is damaged: they could not be decrypted. Its medical fields are
/// empty, and its stored `sealed_fields` stay as they are.
class FieldProtection {
 public:
  /// Where `active` is false, rows are written in clear; encrypted rows are read all the same. `log` is told of damaged
  /// records; it may be null.
  FieldProtection(const Sealer& sealer, bool active, const Log* log = nullptr)
      : sealer_(sealer), active_(active), log_(log) {}

  bool active() const { return active_; }

  /// Throws Error(record_damaged) for a damaged record that was given medical fields: they would replace what a backup
  /// may still save.
  void seal(const RecordType& type, void* record) const;
  void unseal(const RecordType& type, void* record) const;
  /// Whether a row, as it is stored, is stored as it would be now.
  bool up_to_date(const RecordType& type, const void* stored) const;

  template <Protected Record>
  void seal(Record& record) const {
    seal(type_of<Record>(), &record);
  }
  template <Protected Record>
  void unseal(Record& record) const {
    unseal(type_of<Record>(), &record);
  }
  template <Protected Record>
  bool up_to_date(const Record& stored) const {
    return up_to_date(type_of<Record>(), &stored);
  }

  /// The forms in which a key may be stored: hashed, and in clear.
  std::vector<std::string> stored_forms(const HashedKey& hashed, const std::string& key) const;

 private:
  /// None where it was changed, or sealed for another row.
  std::optional<std::string> unsealed(const RecordType& type, const void* record, const std::string& sealed) const;
  /// Tells the log of a damaged record.
  void report(const RecordType& type, const void* record) const;

  const Sealer& sealer_;
  bool active_;
  const Log* log_;
};

/// Throws Error(record_damaged), which names the record, for one that was read and is damaged.
void require_readable(const RecordType& type, const void* record);
template <Protected Record>
void require_readable(const Record& record) {
  if (record.sealed_fields) require_readable(type_of<Record>(), &record);
}

/// Whether a record that is in clear has anything to encrypt.
bool has_medical_fields(const RecordType& type, const void* record);
/// Whether there is a key whose medical field is missing: it was among those that were taken out of the row.
bool key_without_value(const RecordType& type, const void* record);
/// Whether a record that was read has lost its encrypted fields: an empty text stands in their place.
template <Protected Record>
bool fields_taken_out(const Record& read) {
  return read.sealed_fields && read.sealed_fields->empty();
}

}  // namespace clinic
