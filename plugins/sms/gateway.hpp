#pragma once

/// \file
/// What a gateway file says, checked. docs/messages.md has its keys as a table.

#include "template.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::sms {

/// An option of the notifier's URL that this gateway has.
struct Option {
  bool required = false;
  bool secret = false;  ///< never shown
};

/// Where something stands in an answer or in a receipt.
struct Place {
  enum class In {
    json,     ///< of the body, by JSON pointer
    header,   ///< by name
    pattern,  ///< the first group of a regular expression, in the beginning of the body
    query,    ///< a parameter of the address
    form,     ///< a field of the body
    param     ///< a parameter wherever it is: in the body, as JSON or form, or in the address
  };
  In in;
  std::string name;
};

/// Statuses of HTTP and codes of the gateway. Status 5 stands for all of 500 to 599.
struct Rule {
  std::vector<unsigned> statuses{};
  std::vector<std::string> codes{};

  bool has_status(unsigned status) const;
  bool has_code(std::string_view code) const;
};

using FieldTemplates = std::vector<std::pair<std::string, Template>>;

/// What is written into a request.
struct Parts {
  FieldTemplates query{}, form{}, headers{};
  boost::json::object json{};  ///< its texts are templates
};

struct Request {
  std::string method = "POST";
  Template url{};  ///< empty: the option `url` has it
  bool is_json = false;
  Parts always{}, gsm7{}, ucs2{};
  Parts with_receipts{};                                 ///< where the option `receipts` is given
  std::optional<std::pair<Template, Template>> basic{};  ///< user and password
  std::optional<Template> bearer{};
  bool plus = true;  ///< whether numbers are written with their plus
};

struct Answer {
  std::vector<Place> code{};  ///< the first that is there counts
  std::optional<Place> id{};
  Rule accepted{}, again{}, account{}, refused{};
};

/// How a receipt shows that it is the gateway's.
struct Authentication {
  enum class Kind { twilio, vonage_jwt, vonage_signature, token };
  Kind kind;
  std::string secret;         ///< the option with it
  std::optional<Place> at{};  ///< of a token
};

struct Receipts {
  Template query{};  ///< what is added to the option `receipts`
  std::vector<Authentication> authentications{};
  std::optional<Place> message_id{}, gateway_id{}, reason{};
  Place state{};
  std::map<std::string, int, std::less<>> states{};  ///< clinic_delivery by the gateway's word
  bool one_part = false;
};

struct Gateway {
  std::string name;
  std::map<std::string, Option, std::less<>> options{};
  bool plain_http = false;  ///< whether `tls=none` may be said
  Request request{};
  Answer answer{};
  std::optional<Receipts> receipts{};
  Template health{};  ///< the path that is asked for; empty: a connection is enough

  /// Whether the request tells the gateway where receipts go.
  bool tells_receipt_url() const;
};

/// The options that every gateway has.
bool is_common_option(std::string_view name);

/// Reads a gateway file. Throws plugin::Failure(REFUSED), which names the path of what is wrong.
Gateway read_gateway(std::string_view json);

/// The text of a preset, or of the file at an absolute path. Throws plugin::Failure(REFUSED).
std::string gateway_text(const std::string& name);

}  // namespace clinic::sms
