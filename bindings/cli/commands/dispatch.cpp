#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../terminal.hpp"
#include "commands.hpp"

#include <clinic/open.hpp>
#include <clinic/services/notification_service.hpp>

#include <boost/json.hpp>

#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

namespace clinic::cli {
namespace {

volatile std::sig_atomic_t stopped = 0;

extern "C" void stop(int) { stopped = 1; }

/// What one look for due messages takes up, so that a person sees it go on, and a signal does not wait for long.
constexpr std::int64_t at_once = 20;

void add(MessagesDispatched& total, const MessagesDispatched& some) {
  total.sent += some.sent;
  total.later += some.later;
  total.unknown += some.unknown;
  total.dead += some.dead;
  total.cancelled += some.cancelled;
  total.waiting = some.waiting;
}

std::string in_words(const MessagesDispatched& total) {
  std::string line = "sent " + std::to_string(total.sent);
  const auto part = [&](std::int64_t count, const char* word) {
    if (count > 0) line += std::string(", ") + word + " " + std::to_string(count);
  };
  part(total.later, "later");
  part(total.unknown, "unknown");
  part(total.dead, "given up");
  part(total.cancelled, "not wanted");
  return line + ", waiting " + std::to_string(total.waiting);
}

void print(const MessagesDispatched& total, const Globals& globals) {
  if (!prints_json(globals)) {
    std::cout << in_words(total) << '\n';
    return;
  }
  std::cout << boost::json::object{{"sent", total.sent}, {"later", total.later},         {"unknown", total.unknown},
                                   {"dead", total.dead}, {"cancelled", total.cancelled}, {"waiting", total.waiting}}
            << '\n';
}

int dispatch(const Globals& globals, std::optional<int> every_seconds) {
  return with_session(
      globals,
      [&](const Session& session) {
        std::signal(SIGINT, stop);
        std::signal(SIGTERM, stop);
        const auto notifications = session.notifications();
        MessagesDispatched total;
        while (!stopped) {
          const auto some = notifications.dispatch({.limit = at_once}, {.origin = globals.origin.value_or("")});
          add(total, some);
          const bool taken = some.sent + some.later + some.unknown + some.dead + some.cancelled > 0;
          if (errors_go_to_terminal() && taken) std::cerr << '\r' << in_words(total) << "   " << std::flush;
          if (taken) continue;
          if (!every_seconds) break;
          for (int tenths = 0; tenths < *every_seconds * 10 && !stopped; ++tenths)
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        if (errors_go_to_terminal()) std::cerr << '\n';
        if (total.later + total.unknown + total.dead > 0)
          std::cerr << "`clinic notifications list` shows why messages were not sent.\n";
        print(total, globals);
        return done;
      },
      MissingFile::refused);
}

}  // namespace

void add_dispatch_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("dispatch", "Send all messages that are due, and show how it goes")->group("Commands");
  const auto every = std::make_shared<std::optional<int>>();
  command->add_option("--watch", *every, "Stay, and look again after so many seconds")->check(CLI::Range(1, 3600));
  command->footer(
      "Notifiers are named in the configuration (docs/messages.md). Several processes may send at once: each message "
      "goes\n"
      "out once. SIGTERM ends it when the messages that it has taken up, at most twenty, have been answered.");
  actions[command] = [&globals, every] { return dispatch(globals, *every); };
}

}  // namespace clinic::cli
