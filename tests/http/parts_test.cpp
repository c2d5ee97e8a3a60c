/// \file
/// The parts of the HTTP server that need no connection.

#include "call_pool.hpp"
#include "client_address.hpp"
#include "etag.hpp"
#include "request_json.hpp"
#include "router.hpp"
#include "support/catch.hpp"
#include "target.hpp"
#include "wire.hpp"

#include <clinic/error.hpp>

#include <atomic>
#include <future>

using namespace clinic;
using namespace clinic::http;

namespace {

using Aliases = std::vector<Alias>;

std::string find(const Router& router, std::string_view method, std::string_view path) {
  const auto found = router.find(method, path);
  return found.place ? found.place->operation->name : found.methods.empty() ? "nothing" : "another method";
}

std::string path_of_error(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.fields().empty() ? std::string(info(error.code()).word) : error.fields().front().path;
  }
  return "none";
}

}  // namespace

TEST_CASE("a path means the operation of its words before that of a parameter", "[HTTP-1]") {
  const Router router(Aliases{});
  CHECK(find(router, "GET", "/patients/search") == "patients.search");
  CHECK(find(router, "GET", "/patients/search/") == "patients.search");
  CHECK(find(router, "GET", "/patients/P1") == "patients.get");
  CHECK(find(router, "HEAD", "/patients/P1") == "patients.get");
  CHECK(find(router, "PATCH", "/patients/search") == "another method");
  CHECK(find(router, "GET", "/patients/P1/medical-history") == "patients.medical_history.get");
  CHECK(find(router, "DELETE", "/users/u1") == "users.update");
  for (const auto* path : {"", "/", "//", "/patients//", "/patients/P1//", "/patients/P1/x", "patients", "/Patients"})
    CHECK(find(router, "GET", path) == "nothing");
}

TEST_CASE("a profile's route comes before the operation's own", "[HTTP-1][CONF-2]") {
  CHECK(find(Router(Aliases{}), "POST", "/auth/register") == "auth.register");
  const Router router(Aliases{{"POST /auth/register", "auth.start_registration"}});
  CHECK(find(router, "POST", "/auth/register") == "auth.start_registration");
  CHECK(find(router, "POST", "/auth/start-registration") == "auth.start_registration");
  for (const auto* alias : {"POST", "POST auth", "", "post /auth", "POST /{user}"})
    CHECK(path_of_error([&] { Router(Aliases{{alias, "auth.login"}}); }) == "policy.route_aliases[0].alias");
  CHECK(path_of_error([&] {
          Router(Aliases{{"POST /a", "auth.login"}, {"POST /a", "auth.me"}});
        }) == "policy.route_aliases[1].alias");
}

TEST_CASE("a target is decoded once, and what is not well formed is none", "[HTTP-1]") {
  const auto target = parse_target("/patients/P%2F1?q=a+b%20c&empty&empty=&q=%25");
  REQUIRE(target);
  CHECK(target->path == "/patients/P%2F1");
  CHECK(percent_decoded("P%2f1") == "P/1");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(target->query == Pairs{{"q", "a b c"}, {"empty", ""}, {"empty", ""}, {"q", "%"}});
  CHECK(parse_target("http://host/x?y=1")->path == "/x");
  CHECK(parse_target("HTTP://host")->path == "/");
  for (const auto* text : {"", "*", "x", "host:443", "/x#y", "/?a=%", "/?a=%4", "/?a=%zz", "/?%00"})
    CHECK_FALSE(parse_target(text));
  for (const auto* text : {"%", "%1", "%g1", "a%00b"})
    CHECK_FALSE(percent_decoded(text));
}

TEST_CASE("a request is made of path, query and body, in the types of its fields", "[HTTP-1]") {
  const Router router(Aliases{});
  const RequestJson json(Aliases{{"patient_id", "patient"}});
  const auto make = [&](std::string_view method, std::string_view path, std::vector<std::string> values,
                        std::vector<std::pair<std::string, std::string>> query, std::string_view body) {
    return json.make(*router.find(method, path).place, values, query, {}, body);
  };
  CHECK(make("GET", "/patients", {}, {{"limit", "5"}, {"after", "5"}}, "") == R"({"limit":5,"after":"5"})");
  CHECK(make("GET", "/patients", {}, {{"limit", "5.0"}}, " ") == R"({"limit":"5.0"})");
  CHECK(make("GET", "/patients", {}, {{"limit", "007"}, {"x\"", "\\"}}, "") == R"({"limit":"007","x\"":"\\"})");
  CHECK(make("GET", "/audit", {}, {{"newest_first", "false"}}, "") == R"({"newest_first":false})");
  CHECK(make("DELETE", "/users/u", {"u"}, {}, "") == R"({"active":false,"user":"u"})");
  CHECK(make("PATCH", "/patients/x", {"a\"b"}, {}, R"( {"first_name":"J"} )") ==
        R"( {"first_name":"J","patient":"a\"b"} )");
  CHECK(make("PATCH", "/patients/x", {"a"}, {}, "{ }") == R"({ "patient":"a"})");
  // What is no object stays as it is, for the SDK to refuse.
  for (const auto* body : {"[]", "{", "}", "null", "\"{}\""})
    CHECK(make("PATCH", "/patients/x", {"a"}, {}, body) == body);
  CHECK(path_of_error([&] { make("POST", "/auth/login", {}, {{"password", "x"}}, ""); }) == "password");
}

TEST_CASE("only a trusted proxy says who is behind it", "[HTTP-4]") {
  const std::vector<std::string> proxies{"10.0.0.0/8", "::1", "192.0.2.1"};
  const ClientAddress addresses(proxies), other_header(proxies, ProxyHeader::forwarded);
  const auto of = [&](std::string_view peer, std::vector<Header> headers) {
    return (peer == "::1" ? other_header : addresses).of({"GET", "/", std::move(headers), {}, peer, false});
  };
  CHECK(of("198.51.100.7", {{"X-Forwarded-For", "203.0.113.9"}}) == "198.51.100.7");
  CHECK(of("10.1.2.3", {}) == "10.1.2.3");
  CHECK(of("10.1.2.3", {{"x-forwarded-for", "203.0.113.9"}}) == "203.0.113.9");
  CHECK(of("::ffff:10.1.2.3", {{"X-Forwarded-For", "203.0.113.9:4711"}}) == "203.0.113.9");
  // What the client itself claims stands to the left of what the proxy saw.
  CHECK(of("10.1.2.3", {{"X-Forwarded-For", "1.1.1.1, 203.0.113.9, 10.9.9.9"}}) == "203.0.113.9");
  CHECK(of("10.1.2.3", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.9");
  CHECK(of("10.1.2.3", {{"X-Forwarded-For", "1.1.1.1, what?"}}) == "10.1.2.3");
  CHECK(of("::1", {{"Forwarded", "for=1.1.1.1, For=\"[2001:db8::7]:80\";proto=https"},
                   {"X-Forwarded-For", "9.9.9.9"}}) == "2001:db8::7");
  CHECK(of("::1", {{"Forwarded", "for=_hidden"}}) == "::1");
  // The header that the proxies pass on from their clients.
  CHECK(of("10.1.2.3", {{"Forwarded", "for=6.6.6.6"}, {"X-Forwarded-For", "203.0.113.9"}}) == "203.0.113.9");
  CHECK(of("10.1.2.3", {{"X-Forwarded-For", "10.1"}}) == "10.1.2.3");
  const auto secure = [&](std::string_view peer, std::vector<Header> headers) {
    return addresses.secure({"GET", "/", std::move(headers), {}, peer, false});
  };
  CHECK(secure("10.0.0.1", {{"X-Forwarded-Proto", "https"}}));
  CHECK_FALSE(secure("203.0.113.9", {{"X-Forwarded-Proto", "https"}}));
  for (const auto* network : {"10.0.0.0/33", "10/8", "x", "", "10.0.0.0/", "10.0.0.0/-1", "::/129"})
    CHECK(path_of_error([&] { ClientAddress({network}); }) == "http.trusted_proxies[0]");
}

TEST_CASE("an entity tag changes with the version and with the rest of the answer", "[HTTP-5]") {
  const auto tag = entity_tag(R"({"user":{"version":9},"text":"\"version\":8","version":7,"age":40})");
  REQUIRE(tag);
  CHECK(version_of(*tag) == 7);
  CHECK(tag != entity_tag(R"({"user":{"version":9},"text":"\"version\":8","version":7,"age":41})"));
  CHECK_FALSE(entity_tag(R"({"items":[{"version":7}],"next":null})"));
  CHECK(version_of("\"12\"") == 12);
  CHECK(version_of("W/\"7-1\"") == 7);
  for (const auto* text : {"", "\"", "\"\"", "7", "w/\"7\"", "\"x\"", "\"7x\"", "\"7\", \"8\""})
    CHECK_FALSE(version_of(text));
  CHECK(names_tag("\"1-a\", W/" + *tag, *tag));
  CHECK(names_tag("*", *tag));
  CHECK_FALSE(names_tag("\"7\"", *tag));
}

TEST_CASE("what frames a request in two ways is refused", "[HTTP-4]") {
  const auto status = [](std::string_view head) {
    const auto problem = check_head(head, 8);
    return problem ? problem->status : 200;
  };
  const auto with = [&](std::string_view headers) {
    return status("POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n");
  };
  CHECK(with("Content-Length: 3\r\n") == 200);
  CHECK(with("Transfer-Encoding: chunked\r\n") == 200);
  CHECK(with("Transfer-Encoding: Chunked \r\n") == 200);
  CHECK(with("Content-Length: 3\r\nContent-Length: 3\r\n") == 400);
  CHECK(with("Content-Length: 3, 3\r\n") == 400);
  CHECK(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(with("Transfer-Encoding: gzip, chunked\r\n") == 501);
  CHECK(with("Transfer-Encoding: identity\r\n") == 501);
  CHECK(with("Transfer-Encoding:\r\n") == 501);
  for (const auto* length : {"+3", "-3", "0x3", "3 ", "3\t", " 3"})
    CHECK(with("Content-Length: " + std::string(length) + "\r\n") ==
          (length[0] == '3' || length[0] == ' ' ? 200 : 400));
  CHECK(with("Content-Length: \r\n") == 400);
  CHECK(with("Content-Length: 9999999999999999999\r\n") == 400);
  CHECK(with("Content-Length : 3\r\n") == 400);
  CHECK(with("X: a\r\n Content-Length: 3\r\n") == 400);
  CHECK(with("X: a\r\n\tb\r\n") == 400);
  CHECK(with(std::string_view("X: a\0b\r\n", 8)) == 400);
  CHECK(with("X: a\x01\r\n") == 400);
  CHECK(with("X\r\n") == 400);
  CHECK(with(": a\r\n") == 400);
  CHECK(with("X: a\nY: b\r\n") == 400);
  CHECK(with("X: a\rY: b\r\n") == 400);
  CHECK(with("Host: b\r\n") == 400);
  CHECK(with("X: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1\r\n") == 431);
  CHECK(status("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.0\r\n\r\n") == 200);
  CHECK(status("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.1\r\nHost: a<script>\r\n\r\n") == 400);
  for (const auto* line : {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "G(T / HTTP/1.1",
                           "GET /\t HTTP/1.1", "GET / http/1.1", "GET / HTCPCP/1.0", ""})
    CHECK(status(std::string(line) + "\r\nHost: a\r\n\r\n") == 400);
  for (const auto* version : {"HTTP/2.0", "HTTP/1.1\t", "HTTP/1.10"})
    CHECK(status("GET / " + std::string(version) + "\r\nHost: a\r\n\r\n") == 505);
}

TEST_CASE("calls that wait for a hash leave their place to others", "[HTTP-4]") {
  std::promise<void> hashed, other_done;
  auto hash = hashed.get_future().share();
  CallPool pool(1, 2);
  REQUIRE(pool.submit([&] {
    pool.pause();
    hash.wait();
    pool.go_on();
  }));
  REQUIRE(pool.submit([&] { other_done.set_value(); }));
  other_done.get_future().wait();
  CHECK(pool.paused() == 1);
  hashed.set_value();
}

TEST_CASE("a pool ends although a thread of it has no place", "[HTTP-4]") {
  std::promise<void> hashed, hurried, gone_on, stopped;
  auto hash = hashed.get_future().share(), hurry = hurried.get_future().share(), stop = stopped.get_future().share();
  std::thread stopping;
  std::atomic<bool> waited{false};
  {
    CallPool pool(2, 1);
    REQUIRE(pool.submit([&] {
      pool.pause();
      hash.wait();
      pool.go_on();
      gone_on.set_value();
      stop.wait();
    }));
    while (pool.paused() < 1)
      std::this_thread::yield();
    REQUIRE(pool.submit([&] { hurry.wait(); }));
    REQUIRE(pool.submit([&] { stop.wait(); }));
    while (pool.running() < 2)
      std::this_thread::yield();
    hashed.set_value();
    hurried.set_value();  // its thread has no call from here on
    gone_on.get_future().wait();
    REQUIRE(pool.submit([&] { waited = true; }));
    stopping = std::thread([&] {
      std::this_thread::yield();
      stopped.set_value();
    });
  }
  stopping.join();
  CHECK(waited);
}

TEST_CASE("of too many calls those that came last are sent away, and those that were taken are done", "[HTTP-4]") {
  std::atomic<int> done{0};
  std::promise<void> go;
  auto gone = go.get_future().share();
  {
    CallPool pool(2, 3);
    std::atomic<int> begun{0};
    int taken = 0;
    for (int call = 0; call < 20; ++call) {
      taken += pool.submit([&] {
        ++begun;
        gone.wait();
        ++done;
      });
      while (begun < std::min(taken, 2))
        std::this_thread::yield();
    }
    CHECK(taken == 5);
    CHECK(pool.running() == 2);
    CHECK(pool.waiting() == 3);
    go.set_value();
  }
  CHECK(done == 5);
}
