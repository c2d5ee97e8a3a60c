#include "connection.hpp"

#include "quiet_pipe.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <openssl/ssl.h>

#include <exception>
#include <sstream>

#include <unistd.h>

namespace clinic::sms {
namespace {

namespace http = boost::beast::http;
using plugin::Failure;
using std::chrono::steady_clock;

constexpr std::size_t largest_body = 65536, largest_header = 16384;
/// A router on the way forgets a quiet connection after a minute or more. A request into nowhere would have an unknown
/// outcome; a new connection costs less.
constexpr std::chrono::seconds oldest{30};

/// What Beast reads from: a socket of Poco, until the deadline.
class Incoming {
 public:
  Incoming(Poco::Net::StreamSocket& socket, const Deadline& deadline) : socket_(socket), deadline_(deadline) {}

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, boost::beast::error_code& error) {
    error = {};
    for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
      if (buffer.size() == 0) continue;
      try {
        socket_.setReceiveTimeout(deadline_.left());
        const int size = socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
        if (size > 0) return static_cast<std::size_t>(size);
        error = boost::asio::error::eof;
      } catch (const Poco::TimeoutException&) {
        error = boost::asio::error::timed_out;
      } catch (const Poco::Exception&) {
        error = boost::asio::error::connection_reset;
      }
      return 0;
    }
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    boost::beast::error_code error;
    const auto size = read_some(buffers, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }

 private:
  Poco::Net::StreamSocket& socket_;
  const Deadline& deadline_;
};

std::string bytes_of(const Server& server, const HttpRequest& request) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, server.authority());
  message.set(http::field::user_agent, "clinic");
  for (const auto& [name, value] : request.headers)
    message.set(name, value);
  message.body() = request.body;
  if (!request.body.empty() || request.method != "GET") message.content_length(request.body.size());
  std::ostringstream bytes;
  bytes << message;
  return bytes.str();
}

/// Why a connection cannot be had; the text of an exception may hold what the server sent.
std::string why_not(const Poco::Exception& failure) {
  if (dynamic_cast<const Poco::TimeoutException*>(&failure) != nullptr) return "it does not answer in time";
  if (dynamic_cast<const Poco::Net::SSLException*>(&failure) != nullptr)
    return "no trusted TLS. Its certificate has to be valid, for this very host, and of an authority that the system "
           "or "
           "the option ca knows";
  return failure.name();
}

Failure unreachable(const Server& server, const std::string& why) {
  return Failure::unavailable("the gateway's server " + server.host + " cannot be reached: " + why);
}

Poco::Net::HostEntry::AddressList addresses_of(const Server& server) {
  try {
    if (Poco::Net::IPAddress address; Poco::Net::IPAddress::tryParse(server.host, address)) return {address};
    return Poco::Net::DNS::hostByName(server.host).addresses();
  } catch (const Poco::Exception&) {
    throw unreachable(server, "its name is not known");
  }
}

Poco::Net::StreamSocket connected(const Server& server, const Poco::Net::Context::Ptr& context,
                                  const Poco::Net::IPAddress& address, const Deadline& deadline) {
  const Poco::Net::SocketAddress place(address, server.port);
  if (context.isNull()) {
    Poco::Net::StreamSocket socket;
    socket.connect(place, deadline.left());
    return socket;
  }
  Poco::Net::SecureStreamSocket socket(context);
  socket.setPeerHostName(server.host);
  socket.connect(place, deadline.left());
  return socket;
}

Poco::Net::StreamSocket connected(const Server& server, const Poco::Net::Context::Ptr& context,
                                  const Deadline& deadline) {
  const QuietPipe quiet;
  std::string why = "its name has no address";
  for (const auto& address : addresses_of(server)) {
    try {
      auto socket = connected(server, context, address, deadline);
      socket.setNoDelay(true);
      return socket;
    } catch (const Poco::Exception& failure) {
      why = why_not(failure);
    }
  }
  throw unreachable(server, why);
}

}  // namespace

Poco::Timespan Deadline::left() const {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(end_ - steady_clock::now()).count();
  if (left <= 0) throw Poco::TimeoutException();
  return Poco::Timespan(left);
}

Poco::Net::Context::Ptr tls_context(const Server& server) {
  if (!server.tls) return {};
  try {
    Poco::Net::Context::Params params;
    params.caLocation = server.ca;
    params.loadDefaultCAs = server.ca.empty();
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    Poco::Net::Context::Ptr context(new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params));
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    // OpenSSL itself judges the chain. Poco would ask handlers that are the whole process's: a host that accepts any
    // certificate for its own purposes must not do so for us. The host's name is Poco's part, after the handshake.
    SSL_CTX_set_verify(context->sslContext(), SSL_VERIFY_PEER, nullptr);
    return context;
  } catch (const Poco::Exception&) {
    throw Failure::refused(server.ca.empty() ? "the system's certificates of authorities cannot be used"
                                             : "the URL's option ca names no file of certificates in PEM");
  }
}

Connection::Connection(const Server& server, const Poco::Net::Context::Ptr& context, const Deadline& deadline)
    : socket_(connected(server, context, deadline)) {}

Connection::~Connection() {
  try {
    if (process_ != ::getpid()) {
      // The parent's: TLS would say good-bye in its name. So the child's copy stays open.
      static_cast<void>(new Poco::Net::StreamSocket(socket_));
      return;
    }
    const QuietPipe quiet;  // TLS says good-bye
    socket_.close();
  } catch (const std::exception&) {  // it is closed all the same
  }
}

bool Connection::usable() const {
  if (process_ != ::getpid()) return false;  // after a fork two would write to it
  if (!keeps_alive_ || steady_clock::now() - last_use_ > oldest) return false;
  // Nothing may come unasked: it is the end of the connection, or belongs to an answer that was given up.
  return !socket_.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ | Poco::Net::Socket::SELECT_ERROR);
}

HttpAnswer Connection::exchange(const Server& server, const HttpRequest& request, const Deadline& deadline) {
  const QuietPipe quiet;
  keeps_alive_ = false;  // until all of this went well
  try {
    write(bytes_of(server, request), deadline);
  } catch (const Poco::Exception& failure) {
    throw unreachable(server, std::string("the request could not be written: ") + failure.name());
  }
  return read(deadline);
}

void Connection::write(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    socket_.setSendTimeout(deadline.left());
    const int size = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) throw Poco::Net::ConnectionAbortedException();
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

HttpAnswer Connection::read(const Deadline& deadline) {
  Incoming incoming(socket_, deadline);
  boost::beast::flat_buffer buffer(largest_header + largest_body);
  for (int interim = 0; interim < 5; ++interim) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(largest_header);
    parser.body_limit(largest_body);
    boost::beast::error_code error;
    http::read(incoming, buffer, parser, error);
    if (error == boost::asio::error::timed_out && !parser.is_header_done())
      throw Failure::outcome_unknown("the gateway took the request and does not answer in time");
    if (!parser.is_header_done())
      throw Failure::outcome_unknown(
          "the gateway took the request, and ended the connection without an answer of HTTP");
    const auto& message = parser.get();
    if (message.result_int() < 200 && !error) continue;  // such as 102, before the answer itself
    // A body that was too long, or broke off, is judged by its status, and by as much of it as came.
    HttpAnswer answer{message.result_int(), {}, message.body()};
    for (const auto& field : message)
      answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    keeps_alive_ = !error && message.keep_alive() && buffer.size() == 0;
    last_use_ = steady_clock::now();
    return answer;
  }
  throw Failure::outcome_unknown("the gateway took the request and never comes to an answer");
}

}  // namespace clinic::sms
