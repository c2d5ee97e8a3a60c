#pragma once

#include "gateway.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace clinic::sms {

/// Where requests go.
struct Server {
  bool tls = true;
  std::string host{};
  std::uint16_t port = 443;
  std::string target{};  ///< path and query
  std::string ca{};      ///< a file of certificates; empty: those of the system

  /// As it stands in the header Host.
  std::string authority() const;
};

/// What the notifier's URL says: `sms:<gateway>?<options>`.
struct Settings {
  Gateway gateway;
  Values options{};  ///< those that the gateway file declares
  Server server{};
  std::string receipts{};            ///< the address that the gateway calls; empty: none
  std::chrono::seconds timeout{15};  ///< of waiting for a connection, and of the call
  unsigned connections = 4;

  /// The address for the receipts of one message; empty where none is given.
  std::string receipt_url(const Values& values) const;
  /// What shows that receipts are authentic: the first way whose secret is given; null: none is.
  const Authentication* authentication() const;

  /// Throws plugin::Failure(REFUSED), which names the option and never shows a value.
  static Settings parse(std::string_view url);
};

/// The decoded parameters of a query or a form, in their order. Throws plugin::Failure(REFUSED), which calls them
/// `what`, at an escape that is none.
std::vector<std::pair<std::string, std::string>> parameters(std::string_view text, bool plus_is_space,
                                                            const std::string& what);

}  // namespace clinic::sms
