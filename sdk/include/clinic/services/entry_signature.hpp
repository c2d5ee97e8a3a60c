#pragma once

#include <clinic/data_dictionary.hpp>

#include <boost/describe/enum.hpp>

namespace clinic {

/// Whether the MAC of an audit entry is valid. If it is not, somebody changed or inserted the entry beside the SDK;
/// `audit.verify` says more.
enum class EntrySignature {
  valid,    ///< the entry is what was written
  invalid,  ///< the entry was changed or inserted, or its MAC was removed
  none      ///< the entry is from before signing began, and has no MAC
};
BOOST_DESCRIBE_ENUM(EntrySignature, valid, invalid, none)

/// The rule of the field `signature`, wherever entries are shown.
inline constexpr FieldRule signature_rule{"signature", "Whether the entry is what was written, as its MAC says"};

}  // namespace clinic
