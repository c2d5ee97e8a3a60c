/// \file
/// What messages cost those who write them, and how quickly they go out (NOTE-1).

#include "captured.hpp"
#include "folder.hpp"
#include "gateway.hpp"
#include "on_server.hpp"
#include "people.hpp"
#include "scenes.hpp"

#include "support/bare_client.hpp"
#include "support/messages.hpp"
#include "support/test_database.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>

namespace clinic::bench {
namespace {

Configuration with_messages(Configuration configuration) {
  configuration.policy.text =
      R"({"password_hash_cost":4,"audit_reads":false,"audit_seal_seconds":0,"encrypt_medical_fields":false,)"
      R"("credential_delivery":"invitation","portal_address":"https://portal.example","rate_limits":[]})";
  return configuration;
}

/// A clinic whose messages go to that gateway in the background.
class Sending {
 public:
  Sending(const std::string& file, Gateway* gateway) : gateway_(gateway) {
    Environment environment;
    if (gateway) environment.notifiers = {gateway->notifier()};
    clinic_.emplace(Clinic::open(with_messages(configuration(file)), std::move(environment)));
  }
  ~Sending() {
    if (gateway_) gateway_->release();
  }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  void register_one(std::size_t i, bool with_account) const {
    clinic_->act_as(Actor::system("desk")).patients().register_patient(person(i, with_account));
  }

 private:
  Gateway* gateway_;
  std::optional<Clinic> clinic_;
};

std::vector<Figure> delays(const Place& place, bool with_account, const Rounds& rounds) {
  const Folder folder(place.folder);
  Gateway quick(false), stuck(true);
  const Sending none(folder.file("none"), nullptr), answered(folder.file("quick"), &quick),
      hung(folder.file("stuck"), &stuck);
  // One has a message before, so that the gateway hangs already.
  hung.register_one(rounds.turns(), true);
  return contest(rounds, {{no_notifier, [&](std::size_t i) { none.register_one(i, with_account); }},
                          {at_once, [&](std::size_t i) { answered.register_one(i, with_account); }},
                          {hanging, [&](std::size_t i) { hung.register_one(i, with_account); }}});
}

/// A figure of this process in kilobytes, by its name in /proc.
long kilobytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == name + ':') {
      long value = 0;
      status >> value;
      return value;
    }
  return 0;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

double sent_a_second(const std::string& where, Configuration configuration, std::int64_t messages,
                     std::int64_t connections, const std::function<void(const std::string&)>& sql) {
  configuration = with_messages(std::move(configuration));
  configuration.dispatch_messages = false;
  Gateway gateway(false);
  Environment environment;
  environment.notifiers = {gateway.notifier(connections)};
  std::atomic<std::int64_t> statements = 0;
  const auto desk_of = [](const Clinic& clinic) { return clinic.act_as(Actor::system("desk")); };
  const auto dispatch = [&](const Clinic& clinic, std::int64_t most) {
    return desk_of(clinic).notifications().dispatch({.limit = most}).sent;
  };
  constexpr std::int64_t traced = 64;  // as many as full batches take
  {
    auto logged = environment;
    logged.log = [&](LogLevel level, std::string_view) { statements += level == LogLevel::trace; };
    auto tracing = configuration;
    tracing.log_level = LogLevel::trace;
    const auto clinic = Clinic::open(tracing, logged);
    desk_of(clinic).patients().register_patient(person(0, true));
    sql("UPDATE outbox_messages SET status = 'cancelled'");
    sql(test::copies_of_message(2 * traced));
    if (dispatch(clinic, traced) != traced) throw std::runtime_error("messages were not sent");
    statements = 0;
    if (dispatch(clinic, traced) != traced) throw std::runtime_error("messages were not sent");
  }
  const auto counted = static_cast<double>(statements) / traced;
  const auto clinic = Clinic::open(configuration, std::move(environment));
  sql(test::copies_of_message(messages, 2 * traced));
  forget_peak();
  const auto before = kilobytes("VmHWM");
  const auto began = std::chrono::steady_clock::now();
  if (dispatch(clinic, messages) != messages) throw std::runtime_error("messages were not sent");
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  const auto rate = static_cast<double>(messages) / taken.count();
  std::printf(
      "\n%lld messages to a notifier that does nothing, %lld connections, %s: %.0f a second, %.1f statements "
      "each, %ld KB more memory\n",
      static_cast<long long>(messages), static_cast<long long>(connections), where.c_str(), rate, counted,
      kilobytes("VmHWM") - before);
  return rate;
}

}  // namespace

DelayFigures message_delays(const Place& place, const Rounds& rounds) {
  DelayFigures figures{delays(place, true, rounds), delays(place, false, rounds)};
  print("registration with account and a message, by the notifier, " + place.words, figures.with_message);
  print("registration without account, by the notifier, " + place.words, figures.without);
  return figures;
}

double messages_a_second(const Place& place, std::int64_t messages, std::int64_t connections) {
  const Folder folder(place.folder);
  const auto file = folder.file("messages");
  return sent_a_second(place.words, configuration(file), messages, connections,
                       [&](const std::string& sql) { test::bare_sqlite(file)->rows(sql); });
}

double server_messages_a_second(Server server, std::int64_t messages, std::int64_t connections) {
  const test::TestDatabase database(backend_of(server));
  return sent_a_second("on " + std::string(word(database.backend())), on_server(database), messages, connections,
                       [&](const std::string& sql) { database.rows(sql); });
}

}  // namespace clinic::bench
