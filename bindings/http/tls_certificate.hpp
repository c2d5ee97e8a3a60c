#pragma once

#include <clinic/open.hpp>

#include <array>
#include <filesystem>
#include <memory>

namespace boost::asio::ssl {
class context;
}

namespace clinic::http {

/// The server's certificate and key, read again when their files change.
class TlsCertificate {
 public:
  /// Throws Error(configuration_invalid). \pre both settings are given
  explicit TlsCertificate(const HttpSettings& settings);

  /// For new connections.
  const std::shared_ptr<boost::asio::ssl::context>& context() const { return context_; }
  /// Reads the files again if they changed. What cannot be used leaves the certificate as it was. It may be half
  /// written: it is tried again at each look, and logged by the second look that finds the same, once.
  void look(const Clinic& clinic);

 private:
  using Times = std::array<std::filesystem::file_time_type, 2>;
  Times written() const;
  /// What is wrong with the files; empty where the certificate is theirs now.
  std::string reload();

  const std::string certificate_, key_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  Times read_{}, refused_{};
  bool told_ = false;  ///< what is wrong with the files that were refused
};

}  // namespace clinic::http
