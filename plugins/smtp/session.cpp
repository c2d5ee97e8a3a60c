#include "session.hpp"

#include "body.hpp"
#include "login.hpp"
#include "text.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Environment.h>
#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <optional>

namespace clinic::smtp {
namespace {

using plugin::Failure;

Failure unavailable(const Lost& lost) { return Failure::unavailable(std::string("the mail server ") + lost.what()); }

/// What the server's no to a step before any mail means: it, or the URL, can be mended.
Failure not_ready(const Reply& reply, std::string_view what, std::string_view advice = {}) {
  return {CLINIC_PLUGIN_UNAVAILABLE,
          "the mail server answers " + reply.status() + " to " + std::string(what).append(advice),
          {},
          reply.code};
}

/// What the server's no to a mail means.
Failure not_taken(const Reply& reply, std::string_view what) {
  constexpr int wants_login = 530;  // RFC 4954 and 3207: it is not the mail that is wrong
  const bool lasting = reply.kind() == 5 && reply.code != wants_login;
  std::string message = "the mail server answers " + reply.status() + " to " + std::string(what);
  if (reply.code == wants_login) message += ": it wants TLS, or the URL lacks user and password";
  return {lasting ? CLINIC_PLUGIN_REFUSED : CLINIC_PLUGIN_UNAVAILABLE, message, {}, reply.code};
}

/// A host's name with a dot in it, or the address: what servers want to hear.
std::string own_name(const Options& options, const Wire& wire) {
  if (!options.helo.empty()) return options.helo;
  auto name = Poco::Environment::nodeName();
  if (name.find('.') != name.npos && is_domain(name)) return name;
  const auto address = wire.own_address();
  return (address.family() == Poco::Net::IPAddress::IPv6 ? "[IPv6:" : "[") + address.toString() + "]";
}

}  // namespace

Session::Session(const Options& options, const TlsContext& tls, Deadline whole) try
    : options_(options), whole_(whole), wire_(options.host, options.port, step()) {
  open(tls);
  usable_ = true;
} catch (const Lost& lost) {
  throw unavailable(lost);
}

Deadline Session::step() const { return std::min(Clock::now() + options_.timeout, whole_); }

Reply Session::ask(const std::string& command) {
  wire_.send(command + "\r\n", step());
  return wire_.receive_reply(step());
}

void Session::open(const TlsContext& tls) {
  if (options_.security == Security::implicit) wire_.start_tls(tls, options_.host, step());
  Reply greeting;
  try {
    greeting = wire_.receive_reply(step());
  } catch (const Lost& lost) {
    if (options_.security != Security::starttls) throw;
    throw Failure::unavailable(std::string("the mail server ") + lost.what() +
                               " when connected: does it want tls=implicit at this port?");
  }
  if (greeting.kind() != 2) throw not_ready(greeting, "the connection");
  greet();
  if (options_.security == Security::starttls) start_tls(tls);
  if (options_.user.empty()) return;
  if (!offers("AUTH"))
    throw Failure::unavailable(
        "the mail server offers no login: is it the port for sending, 587 or 465, or is it to be used without user and "
        "password?");
  log_in(options_, offered_["AUTH"], [this](const std::string& line) { return ask(line); });
}

void Session::greet() {
  const auto reply = ask("EHLO " + own_name(options_, wire_));
  if (reply.kind() != 2) throw not_ready(reply, "EHLO");
  offered_.clear();
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {
    auto line = Poco::toUpper(reply.lines[i]);
    if (line.starts_with("AUTH=")) line[4] = ' ';  // as servers older than the standard write it
    const auto blank = std::min(line.find(' '), line.size());
    auto& behind = offered_[line.substr(0, blank)];
    behind += line.substr(blank);
  }
}

void Session::start_tls(const TlsContext& tls) {
  if (!offers("STARTTLS"))
    throw Failure::unavailable(
        "the mail server offers no STARTTLS, and nothing is sent without TLS: is it the right port, or is tls=implicit "
        "(port 465) meant?");
  const auto reply = ask("STARTTLS");
  if (reply.code != 220)
    throw not_ready(reply, "STARTTLS", ", and nothing is sent without TLS: its TLS is to be mended");
  wire_.start_tls(tls, options_.host, step());
  greet();  // what was offered in the open does not count
}

std::string Session::mail_command(const Envelope& envelope, std::size_t size) const {
  auto command = "MAIL FROM:<" + std::string(envelope.from) + ">";
  if (offers("SIZE")) command += " SIZE=" + std::to_string(size);
  if (!is_ascii(envelope.to)) command += " SMTPUTF8";
  return command;
}

/// MAIL, RCPT and DATA, at once where the server can take them so. Returns when it waits for the mail.
void Session::announce(const Envelope& envelope, std::size_t size) {
  struct Command {
    std::string_view name;
    std::string text;
    int wanted;
  };
  const std::array<Command, 3> commands{{{"MAIL FROM", mail_command(envelope, size) + "\r\n", 2},
                                         {"RCPT TO", "RCPT TO:<" + std::string(envelope.to) + ">\r\n", 2},
                                         {"DATA", "DATA\r\n", 3}}};
  const bool at_once = offers("PIPELINING");
  std::optional<Failure> refusal;
  bool waits_for_mail = false;
  bool answered = false;  // whether anything was
  try {
    if (at_once) wire_.send(commands[0].text + commands[1].text + commands[2].text, step());
    for (const auto& command : commands) {
      if (!at_once && refusal) break;
      if (!at_once) wire_.send(command.text, step());
      const auto reply = wire_.receive_reply(step());
      if (!answered && reply.code == 421) throw Dead("answers 421 to MAIL FROM", 421);  // so it ends idle connections
      answered = true;
      waits_for_mail = reply.kind() == 3;
      if (reply.kind() != command.wanted && !refusal) refusal = not_taken(reply, command.name);
      if (reply.code == 421) break;
    }
  } catch (const Dead&) {
    throw;
  } catch (const Lost& lost) {
    if (!answered) throw Dead(lost.what());
    if (!refusal) throw unavailable(lost);
    throw Failure(*refusal);
  }
  if (!refusal) return;
  // A server that waits for the mail of nobody is left alone.
  if (!waits_for_mail && refusal->native_code() != 421) reset();
  throw Failure(*refusal);
}

/// Makes it usable again after a no.
void Session::reset() {
  try {
    usable_ = ask("RSET").kind() == 2;
  } catch (const Lost&) {  // it stays of no use
  }
}

Reply Session::hand_over(std::string_view mail) {
  constexpr std::size_t piece = 1 << 18;  // each within the time of a step
  try {
    for (auto left = mail; !left.empty(); left.remove_prefix(std::min(left.size(), piece)))
      wire_.send(left.substr(0, piece), step());
  } catch (const Lost& lost) {  // and the dot that makes it a mail was not sent
    throw unavailable(lost);
  }
  try {
    auto reply = wire_.receive_reply(whole_);
    if (reply.kind() == 3) throw Lost("asks for more");
    return reply;
  } catch (const Lost& lost) {
    throw Failure::outcome_unknown(std::string("the mail server ") + lost.what() +
                                   " when it has the whole mail: it may have taken it");
  }
}

Reply Session::send(const Envelope& envelope, std::string_view mail, Deadline whole) {
  whole_ = whole;
  if (!is_ascii(envelope.to) && !offers("SMTPUTF8"))
    throw Failure::refused(
        "the recipient's address has characters outside of ASCII, and the mail server takes none (SMTPUTF8)");
  usable_ = false;
  ++mails_;
  announce(envelope, mail.size());
  auto reply = hand_over(dot_stuffed(mail));
  usable_ = reply.code != 421;
  if (reply.kind() != 2) throw not_taken(reply, "the mail");
  return reply;
}

void Session::check(Deadline whole) {
  whole_ = whole;
  try {
    if (const auto reply = ask("NOOP"); reply.kind() != 2) throw not_ready(reply, "NOOP");
  } catch (const Lost& lost) {
    throw unavailable(lost);
  }
}

void Session::quit() noexcept {
  try {
    whole_ = Clock::now() + std::chrono::seconds(1);
    if (usable_) ask("QUIT");
    wire_.end(whole_);
  } catch (const std::exception&) {  // it goes anyway
  }
}

}  // namespace clinic::smtp
