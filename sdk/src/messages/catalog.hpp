#pragma once

/// \file
/// The kinds of messages: what each is for, where it goes, and the values that its texts may use.

#include <clinic/words.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace clinic {

enum class VariableType : std::uint8_t {
  text,      ///< one line
  url,       ///< http or https; a path that begins with `/` gets the portal's address in front
  date,      ///< `2026-12-01`
  datetime,  ///< RFC 3339 or milliseconds since 1970; shown in the clinic's time zone
  money,     ///< `{"minor_units": 125000, "currency": "KES"}`, or minor units of the clinic's currency
  count,     ///< a whole number that is not negative
  secret,    ///< one line that is wiped after its use
  markup     ///< HTML of our own; only in the layout of the mails
};

struct MessageVariable {
  std::string_view name;
  VariableType type;
  std::string_view sample;  ///< as text, whatever the type; see sample_values()
  std::string_view help;
  bool optional = false;  ///< may be empty: texts use it only inside a section of its own
  bool needed = false;    ///< every text of the message has to use it, outside of sections
  bool clinical = false;  ///< tells about the person's health: not in an SMS to a shared telephone
};

struct MessageKind {
  std::string_view key;
  std::string_view help;
  std::span<const MessageVariable> variables;
  bool email = true;
  bool sms = true;
  bool security = false;  ///< goes out regardless of opt-out and quiet hours
  bool clinical = false;  ///< has a second SMS for shared telephones, `sms_shared`
  /// Where this is not empty, `link` is `login_url` with the secret as this query parameter. A text that needs the
  /// secret may use the link instead.
  std::string_view link_parameter{};

  bool goes_by(MessageChannel channel) const { return channel == MessageChannel::email ? email : sms; }
  const MessageVariable* find(std::string_view name) const;
  /// The variable that takes the secret of the outbox, or null. There is one at the most.
  const MessageVariable* secret() const;
};

std::span<const MessageKind> message_kinds();
/// The kind of that key, or null.
const MessageKind* find_message_kind(std::string_view key);

/// The variables of the layout of the mails.
std::span<const MessageVariable> layout_variables();

std::string_view type_word(VariableType type);
/// Sample values of all variables but those that the clinic's own settings give, in the form in which render() takes
/// them.
boost::json::object sample_values(const MessageKind& kind);

}  // namespace clinic
