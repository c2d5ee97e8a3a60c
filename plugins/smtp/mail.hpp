#pragma once

#include "address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clinic::smtp {

/// What a mail is made of. The texts are UTF-8, and may hold anything.
struct Mail {
  Mailbox from{}, to{};
  std::optional<Mailbox> reply_to{};
  std::string_view id{}, locale{}, subject{}, text{}, html{};  ///< html: empty where there is none
  std::int64_t created_at = 0;                                 ///< milliseconds since 1970 UTC
};

/// The mail as RFC 5322 and MIME have it, the same each time: ASCII, but for an address that is not; lines that end
/// with CRLF and have no more than 998 bytes. Throws plugin::Failure(REFUSED) where `to` is no address, the id is empty
/// or the time has no date.
std::string compose(const Mail& mail);

}  // namespace clinic::smtp
