#include "../demo_clinic.hpp"
#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../service_manager.hpp"
#include "../terminal.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"

#include <clinic/http.hpp>

#include <boost/json.hpp>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

namespace clinic::cli {
namespace {

struct ServeOptions {
  std::optional<std::string> host;
  std::optional<std::int64_t> port;
  bool access_log = false, demo = false;
};

/// Blocked before the server's threads begin, so that they come to the thread that waits for them.
sigset_t block_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void print_line(std::string_view line) { std::cout << line << std::endl; }  // at once: somebody may read along

/// Prints lines of the access log without ever waiting: where nobody reads them, they are dropped and counted. It runs
/// on the thread of all connections.
void print_access(std::string_view line) {
  static std::uint64_t dropped = 0;
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  // A pipe that takes anything takes PIPE_BUF bytes; a line has fewer.
  if (::poll(&output, 1, 0) != 1 || (output.revents & POLLOUT) == 0) {
    ++dropped;
    return;
  }
  std::string text(line);
  if (dropped > 0) text.insert(text.size() - 1, ",\"lines_dropped\":" + std::to_string(dropped));
  dropped = 0;
  text += '\n';
  const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
  if (written < 0) ++dropped;
}

/// What somebody needs who has just started a demo.
void introduce(const std::string& address) {
  std::cout << "A clinic of invented people. It is removed when this program ends.\n\n  "
            << styled(address + "/docs", Style::bold)
            << "   every endpoint, with lines to copy\n\nLog in as one of them, with the password `"
            << DemoClinic::password << "`:\n";
  for (const auto& [name, role] : DemoClinic::logins())
    std::cout << "  " << name << "   " << role << '\n';
  std::cout << std::endl;
}

int serve(const Globals& globals, const ServeOptions& options) {
  std::optional<DemoClinic> demo;
  if (options.demo) {
    if (globals.storage || globals.config || globals.profile || globals.policy)
      throw UsageError("--demo has a database and a configuration of its own: leave the others out");
    demo.emplace();
  }
  return with_errors(globals, [&] {
    auto chosen = demo ? Configuration() : configuration(globals, Runs::on).with_server_environment();
    if (demo)
      demo->configure(chosen);
    else
      refuse_missing_file(chosen);
    if (options.host) chosen.http.host = *options.host;
    if (options.port) chosen.http.port = *options.port;
    const auto signals = block_signals();
    HttpHost host;
    host.socket = socket_of_service_manager();
    if (host.socket && (options.host || options.port))
      throw UsageError("the service manager has opened a socket: leave --host and --port out");
    if (options.access_log) host.access_log = print_access;
    HttpServer::check(chosen.http);            // before a database is made or brought forward
    const auto clinic = Clinic::open(chosen);  // with the log, also where nobody sits before it
    if (demo) DemoClinic::fill(clinic);
    HttpServer server(clinic, chosen.http, std::move(host));
    if (!demo && chosen.notifiers.empty())
      clinic.log(LogLevel::warning,
                 "no notifier is configured: codes, invitations and notices wait in the outbox (docs/messages.md)");
    if (demo && !prints_json(globals))
      introduce(server.address());
    else if (prints_json(globals))
      print_line(boost::json::serialize(boost::json::object{{"listening", server.address()}}));
    else
      print_line("listening on " + server.address() + "   (Ctrl-C ends it)");
    const auto tell = [&](std::string_view state) {
      if (!tell_service_manager(state))
        clinic.log(LogLevel::warning, "NOTIFY_SOCKET: the service manager could not be told " + std::string(state));
    };
    tell("READY=1");
    int signal = 0;
    ::sigwait(&signals, &signal);
    tell("STOPPING=1");
    server.stop();
    return done;
  });
}

}  // namespace

void add_serve_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("serve", "Serve the clinic over HTTP, until SIGTERM or Ctrl-C")->group("Commands");
  const auto options = std::make_shared<ServeOptions>();
  command->add_option("--host", options->host, "Address to listen on (else http.host of the configuration, 127.0.0.1)")
      ->option_text("ADDRESS");
  command->add_option("--port", options->port, "Port to listen on; 0: a free one (else http.port, 8080)")
      ->option_text("PORT")
      ->check(CLI::Range(0, 65535));
  command->add_flag("--access-log", options->access_log, "Print a line of JSON for each request");
  command->add_flag("--demo", options->demo,
                    "Serve a clinic of invented people, in a database that goes with the program");
  command->footer(
      "All other settings are under `http` in the configuration (docs/configuration.md, docs/http.md). A socket that "
      "systemd has opened is taken in place of address and port. A request that has begun is answered before it ends.");
  actions[command] = [&globals, options] { return serve(globals, *options); };
}

}  // namespace clinic::cli
