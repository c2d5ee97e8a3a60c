/// \file
/// Connections that threads share, for the thread sanitizer, and that were idle. The server is as small as one can be.

#include "support/catch.hpp"

#include "connections.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/DialogSocket.h>
#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace clinic::smtp;

namespace {

class Server {
 public:
  ~Server() {
    ended_ = true;
    accepting_.join();
    for (auto& thread : serving_)
      thread.join();
  }

  std::string url() const {
    return "smtp://127.0.0.1:" + std::to_string(listening_.address().port()) +
           "?tls=none&from=a@clinic.example&connections=3";
  }
  unsigned mails() const { return mails_; }
  unsigned connections() const { return connections_; }
  unsigned quits() const { return quits_; }

 private:
  void accept() {
    while (!ended_)
      if (listening_.poll(Poco::Timespan(0, 10000), Poco::Net::Socket::SELECT_READ)) {
        ++connections_;
        // Only the thread that serves it holds the socket: Poco's count of holders is not seen by the thread sanitizer.
        auto socket = std::make_unique<Poco::Net::DialogSocket>(listening_.acceptConnection());
        serving_.emplace_back([this, socket = std::move(socket)] { serve(*socket); });
      }
  }

  void serve(Poco::Net::DialogSocket& socket) try {
    socket.sendMessage("220 here");
    for (std::string line; line.clear(), socket.receiveMessage(line);) {
      if (line == "DATA") {
        socket.sendMessage("354 go on");
        while (line.clear(), socket.receiveMessage(line) && line != ".") {
        }
        ++mails_;
      }
      if (line == "QUIT") ++quits_;
      socket.sendMessage("250 ok");
    }
  } catch (const Poco::Exception&) {  // the other side has gone
  }

  Poco::Net::ServerSocket listening_{Poco::Net::SocketAddress("127.0.0.1", 0)};
  std::atomic<bool> ended_ = false;
  std::atomic<unsigned> mails_ = 0, connections_ = 0, quits_ = 0;
  std::vector<std::thread> serving_{};
  std::thread accepting_{[this] { accept(); }};
};

}  // namespace

TEST_CASE("threads share a few connections to the mail server", "[NOTE-2]") {
  Server server;
  {
    Connections connections(Options::parse(server.url()));
    std::atomic<unsigned> taken = 0;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int thread = 0; thread < 8; ++thread)
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i)
          if (connections.send({"a@clinic.example", "b@clinic.example"}, "Subject: x\r\n\r\ny\r\n").kind() == 2)
            ++taken;
        connections.check();
      });
    for (auto& thread : threads)
      thread.join();
    CHECK(taken == 200);
  }
  CHECK(server.mails() == 200);
  // Each check makes one and may end a kept one, and one is ended after a hundred mails.
  CHECK(server.connections() <= 3 + 8 + 8 + 2);
}

TEST_CASE("a connection that was idle too long is ended and not used again", "[NOTE-2]") {
  Server server;
  {
    Connections connections(Options::parse(server.url()), std::chrono::milliseconds(0));
    for (int i = 0; i < 3; ++i)
      connections.send({"a@clinic.example", "b@clinic.example"}, "Subject: x\r\n\r\ny\r\n");
    CHECK(server.quits() == 2);
  }
  CHECK(server.mails() == 3);
  CHECK(server.connections() == 3);
  CHECK(server.quits() == 3);
}
