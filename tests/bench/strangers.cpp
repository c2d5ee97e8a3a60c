/// \file
/// What a stranger could learn from the time of a login, of a request for a reset or of a registration (AUTH-6, OTP-4):
/// whether there is such an account.

#include "base/ids.hpp"
#include "captured.hpp"
#include "crypto/password.hpp"
#include "folder.hpp"
#include "gateway.hpp"
#include "people.hpp"
#include "scenes.hpp"

#include "support/bare_client.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace clinic::bench {
namespace {

/// 12 is the policy's own; a thousand of those would take minutes, and the difference is not in the hash.
constexpr int hash_cost = 10;

Configuration with_hashes(const std::string& file) {
  auto configured = configuration(file);
  configured.dispatch_messages = false;
  configured.policy.text =
      R"({"audit_seal_seconds":0,"rate_limits":[],"portal_address":"https://portal.example","code_resend_seconds":0,)"
      R"("attempts_per_account":100,"password_hash_cost":)" +
      std::to_string(hash_cost) + '}';
  return configured;
}

std::string unknown_email_of(std::size_t i) { return "Nobody." + padded(i) + "@example.org"; }

/// Accounts with a password each, all with one hash, whose owners have proven their emails.
void make_accounts(const Session& desk, const std::string& file, std::size_t count) {
  const auto hash = hash_password("a long enough passphrase", hash_cost, random_bytes);
  ImportUsers request;
  for (std::size_t i = 0; i < count; ++i)
    request.users.push_back({.email = email_of(i), .imported_hash = hash, .role = Role::nurse});
  desk.users().import_users(request);
  test::bare_sqlite(file)->rows("UPDATE users SET email_verified_at = 1, claimed_at = 1");
}

template <class Call>
void refused(ErrorCode as, Call call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() == as) return;
    throw;
  }
  throw std::logic_error("what is wrong was let in");
}

/// The same, of known names and of such that are not, in turns.
std::vector<Figure> of_both(const Rounds& rounds, const std::function<void(const std::string& email)>& call) {
  return contest(rounds, {{known, [&](std::size_t i) { call(email_of(i)); }},
                          {unknown, [&](std::size_t i) { call(unknown_email_of(i)); }}});
}

}  // namespace

StrangerFigures strangers(const Place& place, std::size_t pairs) {
  const Folder folder(place.folder);
  const auto file = folder.file("strangers");
  Gateway gateway(false);
  Environment environment;
  environment.notifiers = {gateway.notifier()};
  const auto clinic = Clinic::open(with_hashes(file), std::move(environment));
  const Rounds rounds{pairs, 1};
  make_accounts(clinic.act_as(Actor::system("desk")), file, rounds.turns());
  const auto stranger = clinic.act_as(Actor::anonymous()).auth();
  StrangerFigures figures;
  const auto judged = [&](const std::string& what, const std::function<void(const std::string& email)>& call) {
    figures.emplace_back(what, of_both(rounds, call));
    print(what + ", " + std::to_string(pairs) + " pairs, " + place.words, figures.back().second);
  };
  judged("login with a wrong password, bcrypt cost " + std::to_string(hash_cost), [&](const std::string& email) {
    refused(ErrorCode::login_failed, [&] { stranger.log_in({email, "not the passphrase"}); });
  });
  judged("request for a reset", [&](const std::string& email) { stranger.request_password_reset({email}); });
  std::map<std::string, std::string> tokens;
  judged("start of a registration", [&](const std::string& email) {
    tokens[email] = stranger.start_registration({.email = email}).verification_token;
  });
  judged("resend of its code",
         [&](const std::string& email) { stranger.resend_code({.verification_token = tokens.at(email)}); });
  judged("wrong code", [&](const std::string& email) {
    refused(ErrorCode::code_wrong,
            [&] { stranger.verify_contact({.email = email, .code = "x", .verification_token = tokens.at(email)}); });
  });
  return figures;
}

}  // namespace clinic::bench
