#include "connections.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Redis/Command.h>
#include <Poco/Redis/Error.h>

#include <utility>

namespace clinic::redis {

using plugin::Failure;
using Poco::Redis::RedisType;

namespace {

constexpr std::size_t kept_connections = 8, most_connections = 64;

RedisType::Ptr checked(RedisType::Ptr reply, Step step) {
  if (reply->type() == Poco::Redis::RedisTypeTraits<Poco::Redis::Error>::TypeId)
    throw ServerError(dynamic_cast<Poco::Redis::Type<Poco::Redis::Error>&>(*reply).value().getMessage(), step);
  return reply;
}

constexpr std::string_view permissions =
    "the account lacks a permission that a limiter needs: +@scripting +time +get +set +del +select, and the keys that "
    "begin with the URL's prefix (~clinic:limit:*)";

/// What is likely wrong; empty where it may pass.
std::string_view advice(std::string_view word, Step step) {
  if (word == "NOAUTH") return "it wants a password, and the URL has none: redis://:password@host";
  if (word == "WRONGPASS") return "the URL's user or password is wrong";
  if (word == "NOPERM") return permissions;
  if (word == "DENIED") return "it takes no connections from other machines (protected mode), as it is configured";
  if (word != "ERR") return {};
  switch (step) {
    case Step::password:
      return "it knows no password for this account: leave the password out of the URL, or give Redis one";
    case Step::database:
      return "it has no database of the URL's number: most have 0 to 15";
    case Step::work:
      return permissions;  // within a script they are told so; or it is too old for the script
  }
  return {};
}

}  // namespace

ServerError::ServerError(const std::string& message, Step step)
    : word_(message.substr(0, message.find(' '))),
      advice_(message.starts_with("ERR max number of clients") ? std::string_view() : advice(word_, step)),
      what_("Redis answers " + word_) {
  if (lasting()) what_.append(": ").append(advice_);
}

/// A connection on loan. They are lent unconnected, since the pool lends under a lock.
class Connections::Borrowed {
 public:
  Borrowed(Poco::ObjectPool<Client, Client::Ptr>& pool, std::chrono::milliseconds patience)
      : pool_(pool), client_(pool.borrowObject(static_cast<long>(patience.count()))) {
    if (client_.isNull()) throw Failure::busy("all connections to Redis are in use");
  }
  ~Borrowed() { pool_.returnObject(client_); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  Client& operator*() { return *client_; }
  Client* operator->() { return client_.get(); }

 private:
  Poco::ObjectPool<Client, Client::Ptr>& pool_;
  Client::Ptr client_;
};

Connections::Connections(Address address) : address_(std::move(address)), pool_(kept_connections, most_connections) {}

void Connections::connect(Client& client) const {
  const Poco::Timespan timeout(address_.timeout.count() * Poco::Timespan::MILLISECONDS);
  client.connect(Poco::Net::SocketAddress(address_.host, address_.port), timeout);
  client.setReceiveTimeout(timeout);
  if (!address_.password.empty()) {
    Poco::Redis::Command command("AUTH");
    if (!address_.user.empty()) command << address_.user;
    checked(client.sendCommand(command << address_.password), Step::password);
  }
  if (address_.database != 0)
    checked(client.sendCommand(Poco::Redis::Command("SELECT") << std::to_string(address_.database)), Step::database);
}

RedisType::Ptr Connections::call(const Poco::Redis::Array& command) {
  Borrowed client(pool_, address_.timeout);
  for (bool kept = client->isConnected();; kept = false) {
    try {
      if (!client->isConnected()) connect(*client);
      return checked(client->sendCommand(command), Step::work);
    } catch (const ServerError& error) {
      // Replies of a server that is not ready, or not the one that was meant, come on connections that are of no use.
      if (error.word() != "NOSCRIPT") client->disconnect();
      throw;
    } catch (const Poco::TimeoutException&) {
      client->disconnect();
      throw Failure::unavailable("Redis does not answer in time");
    } catch (const Poco::Exception& failure) {
      client->disconnect();
      if (!kept) throw Failure::unavailable(std::string("Redis cannot be reached: ") + failure.name());
    } catch (...) {  // what is left of an answer must not be taken for the next one
      client->disconnect();
      throw;
    }
  }
}

}  // namespace clinic::redis
