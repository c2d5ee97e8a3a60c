#include "pool.hpp"
#include "support/catch.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace clinic::sms;

namespace {

/// Answers as Twilio does, with the length of the request's body as the id; every fifth answer ends its connection.
/// (Not Poco's HTTPServer: the thread sanitizer does not see all that it does.)
class LocalGateway {
 public:
  LocalGateway() : listening_(Poco::Net::SocketAddress("127.0.0.1", 0)), accepting_([this] { accept(); }) {}
  ~LocalGateway() {
    stopped_ = true;
    Poco::Net::StreamSocket(listening_.address()).close();  // wakes it
    accepting_.join();
    for (auto& thread : answering_)
      thread.join();
  }

  std::string url() const { return "http://" + listening_.address().toString() + "/"; }
  int taken() const { return taken_; }
  int connections() const { return connections_; }

 private:
  void accept() {
    for (;;) {
      auto socket = std::make_unique<Poco::Net::StreamSocket>(listening_.acceptConnection());
      if (stopped_) return;
      ++connections_;
      answering_.emplace_back([this, socket = std::move(socket)] { answer(*socket); });
    }
  }

  void answer(Poco::Net::StreamSocket& socket) {
    std::string request;
    char buffer[4096];
    for (bool goes_on = true; goes_on;) {
      const int size = socket.receiveBytes(buffer, sizeof buffer);
      if (size <= 0) return;
      request.append(buffer, static_cast<std::size_t>(size));
      const auto end = request.find("\r\n\r\n"), length = request.find("Content-Length: ");
      if (end == request.npos || request.size() - end - 4 < std::stoul(request.substr(length + 16))) continue;
      const auto json = "{\"sid\": \"" + std::to_string(request.size() - end - 4) + "\"}";
      goes_on = ++taken_ % 5 != 0;
      const auto text = "HTTP/1.1 201 Created\r\nContent-Length: " + std::to_string(json.size()) +
                        (goes_on ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n") + json;
      socket.sendBytes(text.data(), static_cast<int>(text.size()));
      request.clear();
    }
  }

  std::atomic<bool> stopped_ = false;
  std::atomic<int> taken_ = 0, connections_ = 0;
  Poco::Net::ServerSocket listening_;
  std::vector<std::thread> answering_{};
  std::thread accepting_;
};

HttpRequest request_with(const Settings& settings, const std::string& text) {
  clinic_outgoing_message message{};
  message.struct_size = sizeof message;
  message.id = "id";
  message.channel = "sms";
  message.recipient = "+4915112345678";
  message.text = text.c_str();
  return request_for(settings, message);
}

/// Whether the answer is that to this very request.
bool is_answered(const Settings& settings, Pool& pool, const std::string& text) {
  const auto request = request_with(settings, text);
  clinic_submission submission{};
  judge(settings, pool.exchange(request), std::chrono::system_clock::now(), submission);
  return submission.gateway_id == std::to_string(request.body.size());
}

Settings settings_for(const LocalGateway& gateway) {
  return Settings::parse("sms:twilio?account=AC1&token=t&from=f&connections=3&url=" + gateway.url());
}

}  // namespace

TEST_CASE("many threads share a pool of connections", "[NOTE-3]") {
  const LocalGateway gateway;
  const auto settings = settings_for(gateway);
  auto pool = std::make_unique<Pool>(settings);
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 25; ++i)
        if (is_answered(settings, *pool, std::string(static_cast<std::size_t>(thread * 25 + i + 1), 'x'))) ++accepted;
    });
  for (auto& thread : threads)
    thread.join();
  pool.reset();  // ends the connections
  CHECK(accepted == 200);
  CHECK(gateway.taken() == 200);
}

TEST_CASE("a process that was forked has connections of its own", "[NOTE-3]") {
  const LocalGateway gateway;
  const auto settings = settings_for(gateway);
  auto pool = std::make_unique<Pool>(settings);
  CHECK(is_answered(settings, *pool, "parent"));
  CHECK(gateway.connections() == 1);
  const auto child = fork();
  if (child == 0) _exit(is_answered(settings, *pool, "child") ? 0 : 1);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(gateway.connections() == 2);
  CHECK(is_answered(settings, *pool, "parent again"));
  CHECK(gateway.connections() == 2);
  pool.reset();
}
