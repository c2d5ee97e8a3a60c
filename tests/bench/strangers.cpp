/// \file
/// What a stranger could learn from the time of a login or of a request for a reset (AUTH-6): whether there is such an
/// account.

#include "base/ids.hpp"
#include "captured.hpp"
#include "crypto/password.hpp"
#include "folder.hpp"
#include "people.hpp"
#include "scenes.hpp"

namespace clinic::bench {
namespace {

/// 12 is the policy's own; a thousand of those would take minutes, and the difference is not in the hash.
constexpr int hash_cost = 10;

Configuration with_hashes(const std::string& file) {
  auto configured = configuration(file);
  configured.policy.text =
      R"({"audit_seal_seconds":0,"rate_limits":[],"password_hash_cost":)" + std::to_string(hash_cost) + '}';
  return configured;
}

std::string unknown_email_of(std::size_t i) { return "Nobody." + padded(i) + "@example.org"; }

/// Accounts with a password each, all with one hash.
void make_accounts(const Session& desk, std::size_t count) {
  const auto hash = hash_password("a long enough passphrase", hash_cost, random_bytes);
  ImportUsers request;
  for (std::size_t i = 0; i < count; ++i)
    request.users.push_back({.email = email_of(i), .imported_hash = hash, .role = Role::nurse});
  desk.users().import_users(request);
}

template <class Call>
void refused(Call call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::login_failed) return;
    throw;
  }
  throw std::logic_error("a wrong password was let in");
}

}  // namespace

StrangerFigures strangers(const Place& place, std::size_t pairs) {
  const Folder folder(place.folder);
  const auto clinic = Clinic::open(with_hashes(folder.file("strangers")));
  const Rounds rounds{pairs, 1};
  make_accounts(clinic.act_as(Actor::system("desk")), rounds.turns());
  const auto stranger = clinic.act_as(Actor::anonymous()).auth();
  // Each name is tried once, so that none is locked.
  const auto login_of = [&](const std::string& email) {
    refused([&] { stranger.log_in({email, "not the passphrase"}); });
  };
  StrangerFigures figures;
  figures.login = contest(rounds, {{known, [&](std::size_t i) { login_of(email_of(i)); }},
                                   {unknown, [&](std::size_t i) { login_of(unknown_email_of(i)); }}});
  figures.reset =
      contest(rounds, {{known, [&](std::size_t i) { stranger.request_password_reset({email_of(i)}); }},
                       {unknown, [&](std::size_t i) { stranger.request_password_reset({unknown_email_of(i)}); }}});
  const auto of_pairs = std::to_string(pairs) + " pairs, " + place.words;
  print("a login with a wrong password, bcrypt cost " + std::to_string(hash_cost) + ", " + of_pairs, figures.login);
  print("a request for a reset, " + of_pairs, figures.reset);
  return figures;
}

}  // namespace clinic::bench
