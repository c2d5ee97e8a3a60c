/// \file
/// Requests that are almost right, by the thousand: a minute under the address sanitizer, which sees most; CLINIC_SOAK
/// makes it longer.

#include "support/catch.hpp"
#include "support/soak.hpp"
#include "support/temp_clinic.hpp"

#include <clinic/http.hpp>

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace clinic;
using namespace clinic::test;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int usual_seconds = 60;
#else
constexpr int usual_seconds = 4;
#endif

/// Connections that are open together, so that the server need not wait for this test between two requests.
constexpr std::size_t at_once = 8;

const std::vector<std::string> seeds{
    "GET /api/v1/patients/search?q=smith&limit=5 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n",
    "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
    R"({"login":"a@b","password":"none"})",
    "POST /api/v1/patients HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\n{\"fir\r\n1c;x=y\r\nst_name\":\"A\",\"last_name\":2}  \r\n0\r\nX: y\r\n\r\n",
    "PATCH /api/v1/patients/P%201 HTTP/1.1\r\nHost: a:80\r\nIf-Match: \"7-ab\"\r\nIdempotency-Key: k\r\nContent-Type: "
    "application/json; charset=utf-8\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}",
    "OPTIONS /api/v1/patients HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Method: POST\r\n\r\n",
    "HEAD /openapi.json HTTP/1.0\r\nAccept-Encoding: gzip, br;q=0\r\nAccept-Language: ar, en;q=0.5\r\n\r\n",
    "DELETE /api/v1/patients/P1/identifiers?system=a&value=b HTTP/1.1\r\nHost: a\r\nForwarded: "
    "for=\"[::1]:4\";proto=https\r\n"
    "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nCookie: __Host-clinic_access=x; a=b\r\nClinic-Session: cookie\r\n\r\n",
    "GET http://a/metrics HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nConnection: close\r\n\r\n"};

const std::vector<std::string> pieces{"\r\n",
                                      "\n",
                                      "\r",
                                      std::string(1, '\0'),
                                      " ",
                                      "\t",
                                      ":",
                                      "%",
                                      "%00",
                                      "%2f",
                                      "..",
                                      "//",
                                      "?",
                                      "&",
                                      "\"",
                                      "{",
                                      "}",
                                      "[",
                                      "\\u0000",
                                      "\xff",
                                      "\xc3\x28",
                                      "chunked",
                                      "0\r\n",
                                      "-1",
                                      "99999999999999999999",
                                      ";",
                                      ",",
                                      "*",
                                      "Host: b\r\n",
                                      "Content-Length: 5\r\n",
                                      "Transfer-Encoding: chunked\r\n",
                                      "HTTP/1.1"};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string request() {
    auto text = seeds[below(seeds.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes)
      change(text);
    return below(4) == 0 ? text + seeds[below(seeds.size())] : text;
  }

 private:
  std::size_t below(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_); }

  void change(std::string& text) {
    const auto at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, pieces[below(pieces.size())]);
        return;
      case 1:
        text.erase(at, 1 + below(8));
        return;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        return;
      case 3:
        text.insert(at, text.substr(at, below(60)));
        return;
      case 4:
        text.resize(at);
        return;
      default:
        text.insert(at, std::string(1 + below(3000), static_cast<char>(below(256))));
    }
    if (text.empty()) text = "\r\n";
  }

  std::minstd_rand random_;
};

/// A request on a connection of its own.
struct Asked {
  std::string request{};
  Poco::Net::StreamSocket socket{};

  void begin(std::uint16_t port, std::string text) {
    request = std::move(text);
    socket.connect(Poco::Net::SocketAddress("127.0.0.1", port));
    socket.setReceiveTimeout(Poco::Timespan(10, 0));
    try {
      socket.sendBytes(request.data(), static_cast<int>(request.size()));
      socket.shutdownSend();
    } catch (const Poco::Exception&) {  // the server has closed it before all was sent
    }
  }

  /// What the server says until it closes the connection.
  std::string answers() {
    std::string said;
    try {
      std::array<char, 16384> some;
      for (int size = 0; (size = socket.receiveBytes(some.data(), some.size())) > 0;)
        said.append(some.data(), static_cast<std::size_t>(size));
    } catch (const Poco::TimeoutException&) {
      FAIL("the server neither answers nor closes the connection");
    } catch (const Poco::Exception&) {  // as above
    }
    return said;
  }
};

}  // namespace

TEST_CASE("requests that are almost right are answered or refused, and the server lives", "[HTTP-4]") {
  TempClinic place({.policy = R"({"rate_limits":[]})"});
  HttpSettings settings;
  settings.port = 0;
  settings.cookies = true;
  settings.allowed_origins = {"https://b"};
  settings.trusted_proxies = {"127.0.0.1"};
  HttpServer server(place.clinic(), settings);
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  Mutator mutator(seed);
  const std::set<std::string> known{"100", "200", "204", "303", "400", "401", "403", "404", "405", "408",
                                    "412", "413", "415", "417", "421", "429", "431", "501", "505"};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(soak(usual_seconds));
  int requests = 0;
  while (std::chrono::steady_clock::now() < end) {
    std::array<Asked, at_once> asked;
    for (auto& each : asked)
      each.begin(server.port(), mutator.request());
    for (auto& each : asked) {
      const auto said = each.answers();
      ++requests;
      if (said.empty()) continue;  // it was not whole
      if (said.starts_with("HTTP/1.") && known.contains(said.substr(9, 3))) continue;
      CAPTURE(each.request, said);
      FAIL("no answer that is known");
    }
  }
  CHECK(requests > 100);
  Asked last;
  last.begin(server.port(), "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(last.answers().starts_with("HTTP/1.1 200"));
}
