/// \file
/// The server in this process, so that sanitizers see it: many clients, and its end while they call.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/http.hpp>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace clinic;
using namespace clinic::test;

namespace {

/// A client with a connection that stays.
class Client {
 public:
  explicit Client(std::uint16_t port) : session_("127.0.0.1", port) { session_.setKeepAlive(true); }

  /// The status; 0 where the server has gone.
  int call(const std::string& method, const std::string& path, const std::string& body = {}) {
    try {
      Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
      request.set("Authorization", "Desk");
      if (!body.empty()) {
        request.setContentType("application/json");
        request.setContentLength(static_cast<std::streamsize>(body.size()));
      }
      session_.sendRequest(request) << body;
      Poco::Net::HTTPResponse response;
      std::string answer;
      Poco::StreamCopier::copyToString(session_.receiveResponse(response), answer);
      return response.getStatus();
    } catch (const Poco::Exception&) {
      session_.reset();
      return 0;
    }
  }

 private:
  Poco::Net::HTTPClientSession session_;
};

HttpHost host() {
  HttpHost host;
  host.authenticate = [](std::string_view authorization) {
    return authorization == "Desk" ? std::optional(Actor::system("desk")) : std::nullopt;
  };
  host.access_log = [](std::string_view) {};
  return host;
}

HttpSettings on_a_free_port() {
  HttpSettings settings;
  settings.port = 0;
  return settings;
}

}  // namespace

TEST_CASE("many clients call one server at once", "[HTTP-4]") {
  TempClinic place;
  HttpServer server(place.clinic(), on_a_free_port(), host());
  std::atomic<int> wrong{0}, registered{0};
  std::vector<std::jthread> clients;
  for (int client = 0; client < 8; ++client)
    clients.emplace_back([&, client] {
      Client calls(server.port());
      const auto is = [&](int status, int expected) { wrong += status != expected; };
      for (int i = 0; i < 10; ++i) {
        const auto name = std::to_string(client) + "x" + std::to_string(i);
        const int made = calls.call("POST", "/api/v1/patients",
                                    R"({"first_name":"A","last_name":"B)" + name + R"(","email":"e)" + name +
                                        R"(@example.org","create_portal_account":true})");
        is(made, 201);
        registered += made == 201;
        is(calls.call("GET", "/api/v1/patients/search?q=b"), 200);
        is(calls.call("GET", "/api/v1/patients/nobody"), 404);
        is(calls.call("GET", "/metrics"), 200);
        is(calls.call("GET", i % 2 ? "/docs" : "/openapi.json"), 200);
        is(calls.call("PUT", "/api/v1/patients"), 405);
      }
    });
  clients.clear();
  CHECK(wrong == 0);
  CHECK(registered == 80);
}

TEST_CASE("a server that has no time to stop leaves nothing behind", "[HTTP-4]") {
  TempClinic place;
  for (int round = 0; round < 3; ++round) {
    auto settings = on_a_free_port();
    settings.stop_seconds = 0;
    settings.calls_at_once = 1;
    HttpServer server(place.clinic(), settings, host());
    const std::string head =
        "POST /api/v1/patients HTTP/1.1\r\nHost: a\r\nAuthorization: Desk\r\nContent-Type: "
        "application/json\r\nContent-Length: 35\r\n\r\n";
    const std::string body = R"({"first_name":"A","last_name":"B"} )";
    std::vector<Poco::Net::StreamSocket> clients(20);
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i].connect(Poco::Net::SocketAddress("127.0.0.1", server.port()));
      const auto sent = i % 2 ? head + body : head + body.substr(0, 7);
      clients[i].sendBytes(sent.data(), static_cast<int>(sent.size()));
    }
    server.stop();
  }
  CHECK(place.call("sync.check").at("valid").as_bool());
}

TEST_CASE("a server that ends while clients call answers what it has begun", "[HTTP-4]") {
  TempClinic place;
  std::atomic<int> registered{0};
  for (int round = 0; round < 5; ++round) {
    HttpServer server(place.clinic(), on_a_free_port(), host());
    std::atomic<int> calls{0};
    std::vector<std::jthread> clients;
    for (int client = 0; client < 6; ++client)
      clients.emplace_back([&, client] {
        Client own(server.port());
        for (int i = 0; i < 1000; ++i) {
          const auto name = std::to_string(round) + "x" + std::to_string(client) + "x" + std::to_string(i);
          const int status =
              own.call("POST", "/api/v1/patients", R"({"first_name":"A","last_name":"B)" + name + R"("})");
          if (status == 0) break;
          registered += status == 201;
          ++calls;
        }
      });
    while (calls < 20)
      std::this_thread::yield();
    // Two that stop it at once.
    std::jthread other([&] { server.stop(); });
    server.stop();
  }
  CHECK(place.database().number("SELECT COUNT(*) FROM patients") == registered);
}
