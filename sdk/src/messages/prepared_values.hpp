#pragma once

#include "messages/catalog.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace clinic {

/// Overwrites a text inside of JSON. Does nothing if the value is null or no text.
void wipe_json(boost::json::value* value);

/// The values of one message with what the clinic's settings add: its name, whole addresses, and the link. What is
/// secret in them is wiped at the end.
class PreparedValues {
 public:
  PreparedValues(boost::json::object values, const MessageKind& kind, std::string_view clinic_name,
                 std::string_view portal_address);
  ~PreparedValues();
  PreparedValues(const PreparedValues&) = delete;
  PreparedValues& operator=(const PreparedValues&) = delete;

  const boost::json::object& get() const { return values_; }

 private:
  void complete(std::string_view name, std::string_view portal_address);
  void add_link(const MessageKind& kind);

  boost::json::object values_;
  const MessageVariable* secret_;
};

}  // namespace clinic
