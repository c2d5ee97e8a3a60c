#pragma once

#include <string>
#include <string_view>

namespace clinic::smtp {

/// A display name, which may be empty, and an address.
struct Mailbox {
  std::string name{}, address{};
};

/// Throws plugin::Failure(REFUSED), which names `what` and not the address, unless the address is one addr-spec without
/// quotes, comments or an address literal. Its characters outside of ASCII need a server with SMTPUTF8.
void check_address(std::string_view address, std::string_view what);

/// Whether it is a host's name in ASCII: labels of letters, digits and hyphens.
bool is_domain(std::string_view name);

/// `jane@clinic.example`, `Jane Doe <jane@clinic.example>`, `"Doe, Jane" <jane@clinic.example>`, with an address in
/// ASCII. Throws plugin::Failure(REFUSED).
Mailbox parse_mailbox(std::string_view text, std::string_view what);

/// What comes after the last @.
std::string_view domain_of(std::string_view address);

}  // namespace clinic::smtp
