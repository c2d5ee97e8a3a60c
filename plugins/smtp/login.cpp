#include "login.hpp"

#include "body.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Base64Decoder.h>
#include <Poco/Exception.h>
#include <Poco/HMACEngine.h>
#include <Poco/MD5Engine.h>

#include <iterator>
#include <sstream>

namespace clinic::smtp {
namespace {

using plugin::Failure;

constexpr std::string_view words[] = {"", "PLAIN", "LOGIN", "CRAM-MD5"};

bool offers(std::string_view mechanisms, std::string_view word) {
  const auto padded = " " + std::string(mechanisms) + " ";
  return padded.find(" " + std::string(word) + " ") != padded.npos;
}

/// CRAM-MD5 hides the password from who listens, and lets who stores it know it: it is for connections without TLS.
Login chosen(const Options& options, std::string_view offered) {
  if (options.login != Login::automatic) return options.login;
  if (options.security == Security::none && offers(offered, "CRAM-MD5")) return Login::cram_md5;
  for (const auto login : {Login::plain, Login::login})
    if (offers(offered, words[static_cast<std::size_t>(login)])) return login;
  throw Failure::unavailable(
      "the mail server offers no way to log in that is known here (PLAIN, LOGIN): is it the port for sending, 587 or "
      "465, or is it to be used without user and password?");
}

std::string from_base64(const std::string& text) try {
  std::istringstream encoded(text);
  Poco::Base64Decoder decoder(encoded);
  return {std::istreambuf_iterator<char>(decoder), {}};
} catch (const Poco::Exception&) {
  throw Failure::unavailable("the mail server's challenge for CRAM-MD5 is not base64: try another login (option auth)");
}

std::string answer_to_challenge(const Options& options, const Reply& challenge) {
  Poco::HMACEngine<Poco::MD5Engine> engine(options.password);
  engine.update(from_base64(challenge.lines.empty() ? std::string() : challenge.lines.back()));
  return options.user + " " + Poco::DigestEngine::digestToHex(engine.digest());
}

void check(const Reply& reply, int wanted) {
  if (reply.kind() == wanted) return;
  std::string message = "the mail server answers " + reply.status() + " to the login";
  if (reply.kind() == 5)
    message += ": is the URL's user or password wrong, or does it want another way to log in (option auth)?";
  throw Failure(CLINIC_PLUGIN_UNAVAILABLE, message, {}, reply.code);
}

}  // namespace

void log_in(const Options& options, std::string_view offered, const std::function<Reply(const std::string&)>& ask) {
  const auto login = chosen(options, offered);
  const std::string word(words[static_cast<std::size_t>(login)]);
  if (!offers(offered, word))
    throw Failure::unavailable("the mail server does not offer the login of the URL's option auth, " + word);
  if (login == Login::plain) {
    using namespace std::string_literals;
    check(ask("AUTH PLAIN " + to_base64("\0"s + options.user + "\0"s + options.password)), 2);
    return;
  }
  const auto first = ask("AUTH " + word);
  check(first, 3);
  if (login == Login::cram_md5) {
    check(ask(to_base64(answer_to_challenge(options, first))), 2);
  } else {
    check(ask(to_base64(options.user)), 3);
    check(ask(to_base64(options.password)), 2);
  }
}

}  // namespace clinic::smtp
