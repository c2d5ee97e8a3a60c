#pragma once

/// \file
/// Requests and answers, as all but the connections see them.

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

struct Header {
  std::string_view name, value;

  /// In whatever case.
  bool is(std::string_view other) const { return boost::beast::iequals(name, other); }
};

/// A request as it came. Its texts live as long as the connection waits for the answer.
struct Request {
  std::string_view method, target;
  std::vector<Header> headers{};
  std::string_view body{};
  std::string_view peer{};  ///< the address at the other end of the connection
  bool secure = false;      ///< whether the connection has TLS

  /// The first header of that name, in whatever case.
  std::optional<std::string_view> header(std::string_view name) const {
    const auto found =
        std::find_if(headers.begin(), headers.end(), [&](const Header& header) { return header.is(name); });
    return found == headers.end() ? std::nullopt : std::optional(found->value);
  }

  auto count(std::string_view name) const {
    return std::count_if(headers.begin(), headers.end(), [&](const Header& header) { return header.is(name); });
  }
};

struct Response {
  int status = 200;
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::shared_ptr<const std::string> page{};  ///< in place of the body: one that many answers have

  std::string_view text() const { return page ? std::string_view(*page) : body; }
  void set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

}  // namespace clinic::http
