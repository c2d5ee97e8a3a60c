#pragma once

#include <clinic/data_dictionary.hpp>

#include <boost/describe/enum.hpp>

namespace clinic {

/// What the MAC of an audit entry says of it. Where it is not valid, somebody changed the entry beside the SDK, or put
/// it in: `audit.verify` says more.
enum class EntrySignature {
  valid,    ///< it is what was written
  invalid,  ///< it was changed or put in, or its MAC taken away
  none      ///< from before signing began: the entry alone does not tell
};
BOOST_DESCRIBE_ENUM(EntrySignature, valid, invalid, none)

/// Of the field `signature`, wherever entries are shown.
inline constexpr FieldRule signature_rule{"signature", "Whether the entry is what was written, as its MAC says"};

}  // namespace clinic
