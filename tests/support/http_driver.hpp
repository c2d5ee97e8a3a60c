#pragma once

#include "support/scenario.hpp"

#include <clinic/http.hpp>

#include <Poco/Net/HTTPClientSession.h>
#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace clinic::test {

/// Scenarios over HTTP: each call goes to its operation's route, over one connection that stays.
class HttpDriver : public ScenarioDriver {
 public:
  void open(const std::string& configuration_json) override;
  void close() override;
  ScenarioReply call(const ScenarioCall& call) override;

  /// Calls that went over HTTP, and those that no address can say, which went to the SDK: a path without its parameter,
  /// a null or an object in a query.
  std::size_t sent() const { return sent_; }
  std::size_t unsayable() const { return unsayable_; }

 private:
  ScenarioReply call_sdk(const ScenarioCall& call) const;
  /// Compares an answer with what the server's OpenAPI says of it.
  void check_described(const std::string& operation, int status, const boost::json::value& answer) const;

  std::optional<Clinic> clinic_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<Poco::Net::HTTPClientSession> client_;
  boost::json::value openapi_;
  std::size_t sent_ = 0, unsayable_ = 0;
};

}  // namespace clinic::test
