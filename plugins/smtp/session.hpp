#pragma once

#include "options.hpp"
#include "wire.hpp"

#include <map>
#include <string>
#include <string_view>

namespace clinic::smtp {

/// Whom the server is told, apart from the mail itself.
struct Envelope {
  std::string_view from{}, to{};  ///< checked addresses
};

/// The connection was dead before the server had answered the first command about a mail: another one may do.
class Dead : public Lost {
 public:
  explicit Dead(const char* why, int code = 0) : Lost(why), code_(code) {}
  int code() const { return code_; }  ///< what the server answered; 0: nothing

 private:
  int code_;
};

/// A dialogue with a server. Threads: one at a time.
class Session {
 public:
  /// Connects, begins TLS, logs in. Throws plugin::Failure(UNAVAILABLE), whatever the reason is.
  Session(const Options& options, const TlsContext& tls, Deadline whole);

  /// Hands a mail over. Throws Dead, and plugin::Failure: UNAVAILABLE, REFUSED, and OUTCOME_UNKNOWN where no answer
  /// came to the whole mail.
  Reply send(const Envelope& envelope, std::string_view mail, Deadline whole);
  /// Throws plugin::Failure(UNAVAILABLE).
  void check(Deadline whole);
  /// Says good-bye, and waits a moment for the answer. Never fails.
  void quit() noexcept;

  /// Whether it may be asked for more: the server has answered everything, and nothing is half done.
  bool usable() const { return usable_; }
  unsigned mails() const { return mails_; }  ///< that were begun

 private:
  Deadline step() const;
  Reply ask(const std::string& command);
  void open(const TlsContext& tls);
  void greet();
  void start_tls(const TlsContext& tls);
  bool offers(const std::string& keyword) const { return offered_.count(keyword) > 0; }
  std::string mail_command(const Envelope& envelope, std::size_t size) const;
  void announce(const Envelope& envelope, std::size_t size);
  void reset();
  Reply hand_over(std::string_view mail);

  const Options& options_;
  Deadline whole_;
  Wire wire_;
  std::map<std::string, std::string> offered_{};  ///< what EHLO named, in capitals, with what stood behind it
  bool usable_ = false;
  unsigned mails_ = 0;
};

}  // namespace clinic::smtp
