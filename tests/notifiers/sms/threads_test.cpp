#include "pool.hpp"
#include "support/catch.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace clinic::sms;

namespace {

std::atomic<int> taken = 0;

/// Answers as Twilio does; every fifth answer ends its connection.
class Answering : public Poco::Net::HTTPRequestHandler {
  void handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) override {
    const std::string body(std::istreambuf_iterator<char>(request.stream()), {});
    response.setStatus(Poco::Net::HTTPResponse::HTTP_CREATED);
    response.setKeepAlive(++taken % 5 != 0);
    const std::string answer = "{\"sid\": \"" + std::to_string(body.size()) + "\"}";
    response.sendBuffer(answer.data(), answer.size());
  }
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return new Answering;
  }
};

}  // namespace

TEST_CASE("many threads share a pool of connections", "[NOTE-3]") {
  Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  Poco::Net::HTTPServer server(new Factory, socket, new Poco::Net::HTTPServerParams);
  server.start();
  const auto settings = Settings::parse("sms:twilio?account=AC1&token=t&from=f&connections=3&url=http://127.0.0.1:" +
                                        std::to_string(socket.address().port()) + "/");
  Pool pool(settings);
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 25; ++i) {
        clinic_outgoing_message message{};
        const auto text = std::string(static_cast<std::size_t>(thread * 25 + i + 1), 'x');
        message.struct_size = sizeof message;
        message.id = "id";
        message.channel = "sms";
        message.recipient = "+4915112345678";
        message.text = text.c_str();
        const auto request = request_for(settings, message);
        clinic_submission submission{};
        judge(settings, pool.exchange(request), std::chrono::system_clock::now(), submission);
        if (submission.gateway_id == std::to_string(request.body.size())) ++accepted;  // its own answer
      }
    });
  for (auto& thread : threads)
    thread.join();
  server.stopAll();
  CHECK(accepted == 200);
  CHECK(taken == 200);
}
