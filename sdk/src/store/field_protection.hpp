#pragma once

#include "crypto/sealer.hpp"

#include <clinic/model/patient.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

class Error;
class Log;

/// Medical fields at rest (ACCESS-5): encrypted on their way into the store and decrypted on their way out, so that
/// nothing above the repositories knows of it. They go together into `sealed_fields`, with a key of the row's own, so
/// that one row's cannot be put into another; and they go there also where there are none, so that a row without
/// `sealed_fields` has lost them. A national ID is found by a keyed hash of its normal form. Thread-safe.
///
/// A record that was read and still has `sealed_fields` is damaged: they could not be unsealed. Its medical fields are
/// empty, and what is stored of them stays as it is.
class FieldProtection {
 public:
  /// Where not `active`, rows are written in clear; encrypted ones are read all the same. `log`, where there is one,
  /// is told of damaged records.
  FieldProtection(const Sealer& sealer, bool active, const Log* log = nullptr)
      : sealer_(sealer), active_(active), log_(log) {}

  bool active() const { return active_; }
  /// Throws Error(record_damaged) for a damaged record that was given medical fields: they would take the place of what
  /// may be saved yet.
  void seal(Patient& patient) const;
  void seal(MedicalHistory& history) const;
  void unseal(Patient& patient) const;
  void unseal(MedicalHistory& history) const;

  /// Whether the row is stored as it would be now; of a row as stored.
  bool up_to_date(const Patient& stored) const;
  bool up_to_date(const MedicalHistory& stored) const;
  /// The forms in which a national ID may be stored: hashed, and in clear.
  std::vector<std::string> stored_national_id_keys(const std::string& key) const;

 private:
  /// None where it was changed, or sealed for another row.
  std::optional<std::string> unsealed(std::string_view type, const std::string& id, const std::string& sealed) const;

  const Sealer& sealer_;
  bool active_;
  const Log* log_;
};

/// Throws Error(record_damaged), which names the record, for one that was read and is damaged.
void require_readable(const Patient& patient);
void require_readable(const MedicalHistory& history);

/// Whether there is anything to encrypt in a record that is in clear.
bool has_medical_fields(const Patient& patient);
bool has_medical_fields(const MedicalHistory& history);
/// Whether a record that was read has lost its encrypted fields: an empty text stands in their place.
bool fields_taken_out(const Patient& read);

/// Records that it protects.
template <class Record>
concept Protected = requires(const FieldProtection& protection, Record& record) {
  protection.seal(record);
};

}  // namespace clinic
