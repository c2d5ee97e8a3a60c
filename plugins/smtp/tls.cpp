#include "tls.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Net/IPAddress.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <new>

namespace clinic::smtp {
namespace {

using plugin::Failure;

constexpr std::size_t piece = 16384;  // a record of TLS

/// How a certificate that is not believed is mended.
std::string advice(long problem) {
  switch (problem) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "it is for another name: let the URL name the server as its certificate does";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "it is out of date, or this machine's clock is wrong";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "nobody known has signed it: name the file of the clinic's own authority with the option ca, or let the "
             "server send the certificates between";
    default:
      return X509_verify_cert_error_string(problem);
  }
}

}  // namespace

TlsContext::TlsContext(const std::string& ca) : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(get(), SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();
  const int loaded =
      ca.empty() ? SSL_CTX_set_default_verify_paths(get()) : SSL_CTX_load_verify_locations(get(), ca.c_str(), nullptr);
  ERR_clear_error();
  if (loaded != 1)
    throw Failure::refused("the file of the URL's option ca cannot be read, or has no certificates (PEM)");
}

Tls::Tls(Tcp& tcp, const TlsContext& context, const std::string& host, Deadline deadline)
    : tcp_(tcp), session_(SSL_new(context.get())) {
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  if (!session_ || in == nullptr || out == nullptr) throw std::bad_alloc();
  SSL_set_bio(session_.get(), in, out);
  SSL_set_connect_state(session_.get());
  name(host);
  shake_hands(deadline);
}

void Tls::name(const std::string& host) {
  Poco::Net::IPAddress address;
  int done = 0;
  if (Poco::Net::IPAddress::tryParse(host, address)) {
    done = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), host.c_str());
  } else {
    SSL_set_hostflags(session_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    done = SSL_set1_host(session_.get(), host.c_str()) &&
           SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str()));
  }
  if (done != 1) throw Failure::unavailable("TLS cannot be told the name of the URL's host");
}

void Tls::shake_hands(Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    const int error = SSL_get_error(session_.get(), result);
    const auto problem = SSL_get_verify_result(session_.get());
    if (result != 1 && error != SSL_ERROR_WANT_READ) {
      const auto reason = ERR_GET_REASON(ERR_peek_error());
      ERR_clear_error();
      try {
        flush(deadline);       // the alert that tells the server why
      } catch (const Lost&) {  // it has gone already
      }
      if (problem != X509_V_OK)
        throw Failure::unavailable("the mail server's certificate is not accepted: " + advice(problem));
      if (reason == SSL_R_WRONG_VERSION_NUMBER)
        throw Failure::unavailable(
            "the mail server does not begin with TLS: is tls=implicit meant for this port (465)?");
      throw Failure::unavailable("the mail server and this side agree on no TLS (1.2 or newer)");
    }
    flush(deadline);
    if (result == 1) return;
    if (!fill(deadline)) throw Lost("closes the connection while TLS begins");
  }
}

void Tls::flush(Deadline deadline) {
  BIO* const out = SSL_get_wbio(session_.get());
  std::array<char, piece> buffer{};
  for (int size = 0; (size = BIO_read(out, buffer.data(), static_cast<int>(buffer.size()))) > 0;)
    tcp_.send({buffer.data(), static_cast<std::size_t>(size)}, deadline);
}

bool Tls::fill(Deadline deadline) {
  std::array<char, piece> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled at once
  const auto size = tcp_.receive(buffer.data(), buffer.size(), deadline);
  if (size > 0) BIO_write(SSL_get_rbio(session_.get()), buffer.data(), static_cast<int>(size));
  return size > 0;
}

void Tls::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    ERR_clear_error();
    // never waits: what it writes to is memory, and nothing here renegotiates
    if (SSL_write(session_.get(), part.data(), static_cast<int>(part.size())) != static_cast<int>(part.size()))
      throw Lost("breaks TLS");
    flush(deadline);
    bytes.remove_prefix(part.size());
  }
}

std::size_t Tls::receive(char* buffer, std::size_t size, Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    const int received = SSL_read(session_.get(), buffer, static_cast<int>(size));
    if (received > 0) return static_cast<std::size_t>(received);
    switch (SSL_get_error(session_.get(), received)) {
      case SSL_ERROR_ZERO_RETURN:
        return 0;
      case SSL_ERROR_WANT_READ:
        flush(deadline);  // answers of TLS itself
        if (!fill(deadline)) return 0;
        break;
      default:
        ERR_clear_error();
        throw Lost("breaks TLS");
    }
  }
}

void Tls::end(Deadline deadline) {
  ERR_clear_error();
  SSL_shutdown(session_.get());
  ERR_clear_error();
  flush(deadline);
}

}  // namespace clinic::smtp
