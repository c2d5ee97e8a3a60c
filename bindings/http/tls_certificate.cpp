#include "tls_certificate.hpp"

#include "wrong_setting.hpp"

#include <boost/asio/ssl/context.hpp>

#include <exception>

namespace clinic::http {
namespace {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> load(const std::string& certificate, const std::string& key) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  // Otherwise OpenSSL asks for the passphrase of an encrypted key on the terminal, and all connections wait.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  boost::system::error_code failed;
  context->use_certificate_chain_file(certificate, failed);
  if (failed)
    refuse_setting("http.tls_certificate", "not_applicable",
                   "The certificate " + certificate + " cannot be used: " + failed.message() + ".");
  context->use_private_key_file(key, ssl::context::pem, failed);
  if (failed)
    refuse_setting("http.tls_key", "not_applicable",
                   "The key " + key + " cannot be used with the certificate: " + failed.message() + ".");
  return context;
}

}  // namespace

TlsCertificate::TlsCertificate(const HttpSettings& settings)
    : certificate_(*settings.tls_certificate), key_(*settings.tls_key) {
  read_ = written();  // before they are read: what is written meanwhile is another change
  context_ = load(certificate_, key_);
}

TlsCertificate::Times TlsCertificate::written() const {
  std::error_code missing;
  return {std::filesystem::last_write_time(certificate_, missing), std::filesystem::last_write_time(key_, missing)};
}

std::string TlsCertificate::reload() try {
  context_ = load(certificate_, key_);
  return {};
} catch (const Error& error) {
  return error.detail();
} catch (const std::exception& failure) {
  return failure.what();
}

void TlsCertificate::look(const Clinic& clinic) {
  const auto now = written();
  if (now == read_) {
    refused_ = read_;
    return;
  }
  const auto wrong = reload();
  if (wrong.empty()) {
    read_ = now;
    clinic.log(LogLevel::info, "http: new connections have the certificate that was written to " + certificate_);
  } else if (now != refused_) {
    refused_ = now;
    told_ = false;
  } else if (!told_) {
    told_ = true;
    clinic.log(LogLevel::error, "http: the server goes on with the certificate that it has. " + wrong);
  }
}

}  // namespace clinic::http
