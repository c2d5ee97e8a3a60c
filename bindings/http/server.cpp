/// \file
/// Connections, on Boost.Asio and Boost.Beast. No other file includes them: they take long to compile.

#include "access_line.hpp"
#include "call_pool.hpp"
#include "exchange.hpp"
#include "handler.hpp"
#include "http_date.hpp"
#include "listener.hpp"
#include "tls_certificate.hpp"
#include "wire.hpp"
#include "wrong_setting.hpp"

#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/http.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <atomic>
#include <list>
#include <optional>
#include <thread>

namespace clinic {

namespace net = boost::asio;
namespace bhttp = boost::beast::http;
using boost::beast::flat_buffer;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;
using http::refuse_setting;
using std::chrono::seconds;

namespace {

constexpr auto as_result = net::as_tuple(net::use_awaitable);
constexpr std::size_t kilobyte = 1024;
constexpr std::size_t bytes_of_idle_connection = 512, bytes_at_once = 8 * kilobyte;
constexpr std::size_t most_unread_bytes = kilobyte * kilobyte;
constexpr seconds time_to_close(2);
constexpr std::chrono::milliseconds between_looks(100), after_failed_accept(100);
constexpr seconds between_certificate_looks(2);

/// A connection, as the server watches it.
struct Watched {
  tcp::socket* socket = nullptr;
  Clock::time_point deadline{};
  bool idle = false;    ///< it waits for a request
  bool passed = false;  ///< its time is over, or the server stops
};

/// The length of the head of a request in what was read: up to and with its empty line. 0: it is not all there. A line
/// without CR ends it, too: it will be refused, and nobody waits for what does not come.
std::size_t length_of_head(std::string_view read) {
  const auto end = read.find("\r\n\r\n");
  for (auto line = read.find('\n'); line < std::min(end, read.size()); line = read.find('\n', line + 1))
    if (line == 0 || read[line - 1] != '\r') return line + 1;
  return end == read.npos ? 0 : end + 4;
}

std::string_view text_of(const flat_buffer& buffer) {
  const auto data = buffer.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

/// What `Clinic::open` checks of a configuration, for settings that a program has made itself.
HttpSettings checked(HttpSettings settings) {
  for (const auto& field : describe<HttpSettings>().fields) {
    if (field.type->kind != TypeKind::integer) continue;
    const auto value = *static_cast<const std::int64_t*>(field.address_in(&settings));
    if (value < field.rule->minimum || value > field.rule->maximum)
      refuse_setting("http." + std::string(field.name), "out_of_range",
                     "`" + std::string(field.name) + "` must be between " + std::to_string(field.rule->minimum) +
                         " and " + std::to_string(field.rule->maximum) + ".");
  }
  if (settings.host.empty())
    refuse_setting("http.host", "required", "`host` is empty: 0.0.0.0 and :: are all addresses.");
  if (settings.tls_certificate.has_value() != settings.tls_key.has_value())
    refuse_setting(settings.tls_key ? "http.tls_certificate" : "http.tls_key", "required",
                   "TLS needs a certificate and its key.");
  return settings;
}

}  // namespace

struct HttpServer::Parts {
  Parts(const Clinic& served, HttpSettings given, HttpHost lent)
      : clinic(served),
        settings(checked(std::move(given))),
        host(std::move(lent)),
        handler(clinic, settings, host),
        pool(static_cast<std::size_t>(settings.calls_at_once), static_cast<std::size_t>(settings.calls_waiting)) {
    if (settings.tls_certificate) certificate.emplace(settings);
    listening = http::listen(acceptor, settings, host);
    net::co_spawn(io, accept(), net::detached);
    net::co_spawn(io, watch(), net::detached);
    if (certificate) net::co_spawn(io, watch_certificate(), net::detached);
    thread = std::jthread([this] { io.run(); });
  }

  net::awaitable<void> accept() {
    while (!stopping) {
      auto [failed, socket] = co_await acceptor.async_accept(as_result);
      if (stopping) co_return;
      const bool taken = !failed && take(std::move(socket));
      if (taken) continue;
      // No descriptor or no memory is left: others will end.
      net::steady_timer pause(io, after_failed_accept);
      co_await pause.async_wait(as_result);
    }
  }

  /// Serves a connection, or closes it where there are too many. False: there is no memory for it.
  bool take(tcp::socket socket) try {
    if (connections.size() >= static_cast<std::size_t>(settings.connections)) return true;
    if (certificate)
      net::co_spawn(io, serve_tls(std::move(socket)), net::detached);
    else
      net::co_spawn(io, serve_plain(std::move(socket)), net::detached);
    return true;
  } catch (const std::exception&) {
    return false;
  }

  /// Ends what takes too long. One look for all connections: a timer for each would be set anew at each step.
  net::awaitable<void> watch() {
    net::steady_timer timer(io);
    for (;;) {
      timer.expires_after(between_looks);
      co_await timer.async_wait(as_result);
      const auto now = Clock::now();
      for (auto& connection : connections)
        if (connection.deadline <= now) end_wait(connection);  // again at each look: it may have begun another wait
      if (!stopping || stop_at > now) continue;
      pool.drop_waiting();
      io.stop();
    }
  }

  void end_if_done() {
    if (stopping && connections.empty()) io.stop();
  }

  net::awaitable<void> watch_certificate() {
    net::steady_timer timer(io);
    for (;;) {
      timer.expires_after(between_certificate_looks);
      co_await timer.async_wait(as_result);
      try {
        certificate->look(clinic);
      } catch (const std::exception&) {  // the host's log, or no memory: the next look tells
      }
    }
  }

  static void end_wait(Watched& connection) {
    connection.passed = true;
    boost::system::error_code ignored;
    connection.socket->cancel(ignored);
  }

  net::awaitable<void> serve_plain(tcp::socket socket);
  net::awaitable<void> serve_tls(tcp::socket socket);
  template <class Stream>
  class Connection;

  http::Load load() const {
    return {open_connections.load(std::memory_order_relaxed), pool.running(), pool.waiting(), pool.paused()};
  }

  void stop() {
    net::post(io, [this] {
      if (stopping) return;
      stopping = true;
      stop_at = Clock::now() + seconds(settings.stop_seconds);
      boost::system::error_code ignored;
      acceptor.close(ignored);
      for (auto& connection : connections)
        if (connection.idle) end_wait(connection);
      end_if_done();
    });
    const std::lock_guard lock(joining);
    if (thread.joinable()) thread.join();
  }

  const Clinic clinic;
  const HttpSettings settings;
  const HttpHost host;
  const http::Handler handler;
  // Before `io`: what connections still touch when they go with it.
  std::list<Watched> connections;
  std::atomic<std::size_t> open_connections{0};  ///< the same number, for other threads
  bool stopping = false;
  Clock::time_point stop_at{};
  net::io_context io{1};
  tcp::acceptor acceptor{io};
  std::optional<http::TlsCertificate> certificate;
  http::Listening listening;
  http::CallPool pool;  // behind `io`: its calls end before the connections that wait for them are gone
  std::mutex joining;
  std::jthread thread;
};

/// Requests of one connection, one after the other. A `co_await` stands by itself: gcc 12 destroys temporaries twice
/// that stand beside it in a larger expression.
template <class Stream>
class HttpServer::Parts::Connection {
 public:
  Connection(Parts& parts, Stream& stream, tcp::socket& socket, bool secure)
      : parts_(parts),
        stream_(stream),
        socket_(socket),
        secure_(secure),
        // A chunk's extension must fit into it, too: Beast has no other limit for them (RFC 9112, 7.1.1).
        buffer_(static_cast<std::size_t>(parts.settings.header_kilobytes) * kilobyte + bytes_at_once) {
    peer_ = http::peer_of(socket);
    parts.connections.push_front({&socket});
    watched_ = parts.connections.begin();
    ++parts.open_connections;
    wait_at_most(parts.settings.header_seconds);
  }
  ~Connection() {
    parts_.connections.erase(watched_);
    --parts_.open_connections;
    parts_.end_if_done();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void wait_at_most(std::int64_t time) {
    watched_->deadline = Clock::now() + seconds(time);
    watched_->passed = false;
  }

  net::awaitable<void> serve() {
    bool goes_on = true;
    while (goes_on)
      goes_on = co_await serve_one();
  }

  /// Where a request was not read whole: reads what the client still sends, so that it sees the answer and not a broken
  /// connection.
  net::awaitable<void> close() {
    if (!refused_) co_return;
    boost::system::error_code ignored;
    if (!secure_) socket_.shutdown(tcp::socket::shutdown_send, ignored);
    wait_at_most(time_to_close.count());
    std::array<char, bytes_at_once> unread;
    for (std::size_t total = 0; total < most_unread_bytes;) {
      const auto [failed, size] = co_await stream_.async_read_some(net::buffer(unread), as_result);
      if (failed) break;
      total += size;
    }
  }

 private:
  using Parser = bhttp::request_parser<bhttp::string_body>;

  /// Reads some more; false at the end of the connection or of its time.
  net::awaitable<bool> read_some(std::size_t at_most) {
    const auto [failed, size] = co_await stream_.async_read_some(buffer_.prepare(at_most), as_result);
    if (failed) co_return false;
    buffer_.commit(size);
    co_return true;
  }

  /// Waits for the head of a request. 0: the connection has ended, or was told why not.
  net::awaitable<std::size_t> read_head() {
    watched_->idle = buffer_.size() == 0;
    wait_at_most(watched_->idle ? parts_.settings.idle_seconds : parts_.settings.header_seconds);
    if (watched_->idle) {
      if (parts_.stopping) co_return 0;
      const bool begun = co_await read_some(bytes_of_idle_connection);
      if (!begun) co_return 0;
      watched_->idle = false;
      wait_at_most(parts_.settings.header_seconds);
    }
    const auto most = static_cast<std::size_t>(parts_.settings.header_kilobytes) * kilobyte;
    bool past_empty_line = false;
    for (;;) {
      if (!past_empty_line && text_of(buffer_).starts_with("\r\n")) {  // behind the request before (RFC 9112, 2.2)
        buffer_.consume(2);
        past_empty_line = true;
      }
      if (const auto length = length_of_head(text_of(buffer_)); length > 0 && length <= most) co_return length;
      if (buffer_.size() >= most) {
        Error error(ErrorCode::request_too_large,
                    "The headers are longer than " + std::to_string(parts_.settings.header_kilobytes) + " KiB.");
        error.http_status(431);
        co_await refuse(error);
        co_return 0;
      }
      const auto room = std::min(bytes_at_once, most - buffer_.size());
      const bool more = co_await read_some(room);
      if (more) continue;
      if (!watched_->passed || buffer_.size() == 0) co_return 0;
      const Error error(ErrorCode::request_timeout);
      co_await refuse(error);
      co_return 0;
    }
  }

  /// Reads the body; false where the request was refused.
  net::awaitable<bool> read_body(Parser& parser) {
    wait_at_most(parts_.settings.body_seconds);
    constexpr unsigned version_with_expect = 11;
    const auto& message = parser.get();
    if (const auto expected = message.find(bhttp::field::expect);
        expected != message.end() && message.version() >= version_with_expect) {
      if (!boost::beast::iequals(expected->value(), "100-continue")) {
        Error error(ErrorCode::malformed_request, "The only expectation is 100-continue.");
        error.http_status(417);
        co_await refuse(error);
        co_return false;
      }
      if (buffer_.size() == 0 && !parser.is_done()) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [failed, written] = co_await net::async_write(stream_, net::buffer(go_on), as_result);
        if (failed) co_return false;
      }
    }
    if (parser.is_done()) co_return true;
    const auto [failed, size] = co_await bhttp::async_read(stream_, buffer_, parser, as_result);
    if (!failed) co_return true;
    const bool gone =
        failed == net::error::eof || failed == bhttp::error::partial_message || failed == net::error::connection_reset;
    if (gone && !watched_->passed) co_return false;
    const Error error = watched_->passed ? Error(ErrorCode::request_timeout) : wrong_message(failed);
    co_await refuse(error);
    co_return false;
  }

  /// What the parser found.
  Error wrong_message(const boost::system::error_code& found) const {
    if (found == bhttp::error::body_limit)
      return Error(ErrorCode::request_too_large,
                   "The body is longer than " + std::to_string(parts_.settings.body_kilobytes) + " KiB.");
    if (found == bhttp::error::buffer_overflow)
      return Error(ErrorCode::request_too_large, "A chunk's extension, or what stands behind the chunks, is too long.");
    return Error(ErrorCode::malformed_request, found.message() + ".");
  }

  net::awaitable<bool> serve_one() {
    const auto length = co_await read_head();
    if (length == 0) co_return false;
    const auto head = text_of(buffer_).substr(0, length);
    if (const auto wrong = http::check_head(head, static_cast<std::size_t>(parts_.settings.headers))) {
      Error error(wrong->status == 431 ? ErrorCode::request_too_large : ErrorCode::malformed_request, wrong->detail);
      error.http_status(wrong->status);
      co_await refuse(error);
      co_return false;
    }
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(length + 1));
    parser.body_limit(static_cast<std::uint64_t>(parts_.settings.body_kilobytes) * kilobyte);
    boost::system::error_code failed;
    parser.put(net::buffer(head), failed);
    if (failed) {
      const Error error = wrong_message(failed);
      co_await refuse(error);
      co_return false;
    }
    buffer_.consume(length);
    // Before the body: fields behind a chunked one are no headers (RFC 9110, 6.5.1).
    http::Exchange exchange{request_of(parser.get())};
    const bool whole = co_await read_body(parser);
    if (!whole) co_return false;

    const auto& message = parser.get();
    exchange.request.body = message.body();
    auto answer = parts_.handler.begin(exchange);
    if (!answer) {
      auto called = co_await call(exchange);
      answer = std::move(called);
    }
    const bool keep = message.keep_alive() && !parts_.stopping;
    const bool sent = co_await send(exchange, std::move(*answer), message.version(), keep);
    if (!sent) co_return false;
    co_return keep;
  }

  http::Request request_of(const Parser::value_type& message) const {
    http::Request request{message.method_string(), message.target()};
    constexpr std::size_t usual_headers = 16;
    request.headers.reserve(usual_headers);
    for (const auto& field : message)
      request.headers.push_back({field.name_string(), field.value()});
    request.peer = peer_;
    request.secure = secure_;
    return request;
  }

  /// Runs the call in the pool, and comes back to this thread with its answer.
  net::awaitable<http::Response> call(http::Exchange& exchange) {
    watched_->deadline = Clock::time_point::max();  // the SDK has time limits of its own
    auto answered = co_await net::async_initiate<const net::use_awaitable_t<>, void(http::Response)>(
        [this, &exchange](auto handler) {
          auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
          const auto answer = [&io = parts_.io, waiting](http::Response response) {
            net::post(io, [waiting, response = std::move(response)]() mutable { (*waiting)(std::move(response)); });
          };
          const bool taken = parts_.pool.submit([this, &exchange, answer] {
            const auto hashing = [this](bool waits) {
              if (waits)
                parts_.pool.pause();
              else
                parts_.pool.go_on();
            };
            answer(parts_.handler.run(exchange, hashing, [this] { return parts_.load(); }));
          });
          if (!taken) {
            Error busy(ErrorCode::busy, "Too many calls wait.");
            busy.retry_after_seconds(1);
            answer(parts_.handler.refuse(exchange, busy));
          }
        },
        net::use_awaitable);
    co_return answered;
  }

  /// Refuses what is no request that could be answered. The connection ends.
  net::awaitable<void> refuse(const Error& error) {
    http::Exchange exchange{http::Request{"-", "-"}};
    exchange.request.peer = peer_;
    auto response = parts_.handler.refuse_unread(exchange, error);
    refused_ = true;
    constexpr unsigned version = 11;
    co_await send(exchange, std::move(response), version, false);
  }

  net::awaitable<bool> send(const http::Exchange& exchange, http::Response response, unsigned version, bool keep) {
    wait_at_most(parts_.settings.body_seconds);
    parts_.handler.finish(exchange, response);
    const bool no_body = response.status == 204 || response.status == 304;
    const auto text = response.text();
    const auto size = text.size();
    const auto fill = [&](auto& message) {
      for (const auto& [name, value] : response.headers)
        message.insert(name, value);
      message.set(bhttp::field::date, http::http_date());
      message.keep_alive(keep);
      if (!no_body) message.content_length(size);
    };
    const auto status = static_cast<bhttp::status>(response.status);
    boost::system::error_code failed;
    if (no_body || exchange.request.method == "HEAD") {
      bhttp::response<bhttp::empty_body> message(status, version);
      fill(message);
      bhttp::response_serializer<bhttp::empty_body> serializer(message);
      const auto [wrong, written] = co_await bhttp::async_write_header(stream_, serializer, as_result);
      failed = wrong;
    } else {
      bhttp::response<bhttp::span_body<const char>> message(status, version, text);
      fill(message);
      const auto [wrong, written] = co_await bhttp::async_write(stream_, message, as_result);
      failed = wrong;
    }
    if (parts_.host.access_log) parts_.host.access_log(http::access_line(exchange, response.status, size));
    co_return !failed;
  }

  Parts& parts_;
  Stream& stream_;
  tcp::socket& socket_;
  const bool secure_;
  std::string peer_;
  std::list<Watched>::iterator watched_;
  flat_buffer buffer_;
  bool refused_ = false;
};

net::awaitable<void> HttpServer::Parts::serve_plain(tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  Connection connection(*this, socket, socket, false);
  co_await connection.serve();
  co_await connection.close();
}

net::awaitable<void> HttpServer::Parts::serve_tls(tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto context = certificate->context();  // as it is now, for as long as this connection
  net::ssl::stream<tcp::socket> stream(std::move(socket), *context);
  Connection connection(*this, stream, stream.next_layer(), true);
  const auto [failed] = co_await stream.async_handshake(net::ssl::stream_base::server, as_result);
  if (failed) co_return;
  co_await connection.serve();
  co_await connection.close();
  connection.wait_at_most(time_to_close.count());
  co_await stream.async_shutdown(as_result);
}

void HttpServer::check(const HttpSettings& settings) {
  http::Handler::check(checked(settings));
  if (settings.tls_certificate) http::TlsCertificate certificate(settings);
}

HttpServer::HttpServer(Clinic clinic, HttpSettings settings, HttpHost host)
    : parts_(std::make_unique<Parts>(clinic, std::move(settings), std::move(host))) {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() { parts_->stop(); }

std::uint16_t HttpServer::port() const noexcept { return parts_->listening.port; }

std::string HttpServer::address() const {
  const auto& [address, port] = parts_->listening;
  if (port == 0) return address;
  return (parts_->settings.tls_certificate ? "https://" : "http://") + address;
}

}  // namespace clinic
