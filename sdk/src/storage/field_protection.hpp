#pragma once

#include "../core/sealer.hpp"

#include <clinic/model/patient.hpp>

#include <string>
#include <vector>

namespace clinic {

/// Medical fields at rest (ACCESS-5): encrypted on their way into the store and decrypted on their way out, so that
/// nothing above the repositories knows of it. They go together into `sealed_fields`, with a key of the row's own, so
/// that one row's cannot be put into another. A national ID is found by a keyed hash of its normal form. Thread-safe.
class FieldProtection {
 public:
  /// Where not `active`, rows are written in clear; encrypted ones are read all the same.
  FieldProtection(const Sealer& sealer, bool active) : sealer_(sealer), active_(active) {}

  bool active() const { return active_; }
  void seal(Patient& patient) const;
  void seal(MedicalHistory& history) const;
  /// Throws Error(key_wrong).
  void unseal(Patient& patient) const;
  void unseal(MedicalHistory& history) const;

  /// Whether the row is stored as it would be now; of a row as stored.
  bool up_to_date(const Patient& stored) const;
  bool up_to_date(const MedicalHistory& stored) const;
  /// The forms in which a national ID may be stored: hashed, and in clear.
  std::vector<std::string> stored_national_id_keys(const std::string& key) const;

 private:
  const Sealer& sealer_;
  bool active_;
};

/// Records that it protects.
template <class Record>
concept Protected = requires(const FieldProtection& protection, Record& record) {
  protection.seal(record);
};

}  // namespace clinic
