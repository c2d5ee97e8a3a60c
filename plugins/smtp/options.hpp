#pragma once

#include "address.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clinic::smtp {

enum class Security { starttls, implicit, none };
enum class Login { automatic, plain, login, cram_md5, none };

/// `smtp://[user:password@]host[:port]?from=mailbox[&option=value…]`, each part percent-encoded.
struct Options {
  std::string host{};
  std::uint16_t port = 587;
  std::string user{}, password{};
  Security security = Security::starttls;
  Login login = Login::automatic;
  Mailbox from{};
  std::optional<Mailbox> reply_to{};
  std::string ca{};                  ///< a file of certificates; empty: the system's
  std::string helo{};                ///< empty: this machine's name, or its address
  unsigned connections = 4;          ///< at once
  std::chrono::seconds timeout{15};  ///< of one step

  /// How long a whole mail may take: four steps, and less than the minute that the host waits.
  std::chrono::seconds whole_timeout() const { return std::min(4 * timeout, std::chrono::seconds(55)); }

  /// Throws plugin::Failure(REFUSED), which names what is wrong and shows no value of it.
  static Options parse(std::string_view url);
};

}  // namespace clinic::smtp
