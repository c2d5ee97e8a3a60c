#pragma once

/// \file
/// The model as a later SDK may have it: every record has a field more, and every struct that may grow has grown.

#include "records/user.hpp"

#include <clinic/plugin/storage.h>

#include <optional>
#include <string>

namespace clinic::conformance {

inline constexpr const char* added_field = "added_later";

/// For the records as they are: the added field reads as NULL, and takes what it is given without keeping it.
const clinic_model& grown_model();

/// A user with a place for the added field.
struct GrownUser {
  User user;  // first: its own accessors find it at the same address
  std::optional<std::string> added_later;
};

/// As grown_model(), with users that are GrownUsers.
const clinic_model& model_with_grown_users();

}  // namespace clinic::conformance
