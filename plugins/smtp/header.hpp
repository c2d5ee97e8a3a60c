#pragma once

/// \file
/// The fields of a mail's header. No value can end its line: control characters are spaces before anything else.

#include "address.hpp"

#include <string>
#include <string_view>

namespace clinic::smtp {

/// `Name: token`, for values of our own making.
void add_field(std::string& mail, std::string_view name, std::string_view value);
/// `Subject: any text`, in encoded words (RFC 2047) where it is not plain ASCII that fits into one line.
void add_text_field(std::string& mail, std::string_view name, std::string_view text);
/// `To: name <address>`. The address has been checked.
void add_mailbox_field(std::string& mail, std::string_view name, const Mailbox& mailbox);

}  // namespace clinic::smtp
