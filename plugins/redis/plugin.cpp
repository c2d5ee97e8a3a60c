/// \file
/// A limiter that counts in Redis, so that all processes share their limits: a token bucket for each key, kept as the
/// time at which it will be full again (GCRA), by the server's own clock.

#include "connections.hpp"

#include <clinic/plugin/limiter.hpp>

#include <Poco/Redis/Command.h>
#include <Poco/SHA1Engine.h>

#include <algorithm>

namespace {

using clinic::plugin::Failure;
using Poco::Redis::Array;

// Numbers are whole and below 2^53, as Lua has them; `%.0f` since Lua would write large ones as 1.8e+15.
constexpr const char* take_script = R"lua(
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
if limit == 0 then return {0, 0, math.ceil(window / 1000), 0} end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local one = math.max(math.floor(window / limit), 1)
local whole = one * limit
local function keep(taken)
  redis.call('SET', KEYS[1], string.format('%.0f', now + taken), 'PX', string.format('%.0f', math.ceil(taken / 1000)))
end
local taken = math.max((tonumber(redis.call('GET', KEYS[1])) or now) - now, 0)
if taken > whole then
  taken = whole
  keep(taken)
end
local left = math.floor((whole - taken) / one)
if cost > limit then return {0, left, math.ceil(window / 1000), 0} end
local wanted = taken + one * cost
if wanted > whole then return {0, left, math.ceil((wanted - whole) / 1000), 0} end
if wanted > 0 then keep(wanted) end
return {1, math.floor((whole - wanted) / one), 0, math.ceil(wanted / 1000)}
)lua";

/// A year of windows and a million million calls: beyond, numbers would not be exact, and nothing would be limited.
constexpr std::uint64_t longest_window = 31622400000, largest_limit = 1000000000000;

std::string sha1(const char* text) {
  Poco::SHA1Engine engine;
  engine.update(std::string(text));
  return Poco::DigestEngine::digestToHex(engine.digest());
}

class RedisLimiter final : public clinic::plugin::Limiter {
 public:
  RedisLimiter(clinic::plugin::Host host, std::string_view url)
      : address_(clinic::redis::Address::parse(url)), connections_(address_), take_hash_(sha1(take_script)) {
    try {
      ask("opening", 1, 1, 1);  // all that a limiter does: whether the account may is known here, not at the first call
    } catch (const clinic::redis::ServerError& error) {
      if (error.lasting()) throw Failure::refused(error.what());
      host.log(CLINIC_LOG_WARNING, error.what());
    } catch (const Failure& failure) {  // it may come later
      host.log(CLINIC_LOG_WARNING, failure.what());
    }
  }

  Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
              std::uint64_t cost) override {
    limit = std::min(limit, largest_limit);
    const auto milliseconds = std::min(static_cast<std::uint64_t>(window.count()), longest_window);
    const auto reply = answered([&] { return ask(key, limit, milliseconds, cost); });
    const auto* numbers = dynamic_cast<const Poco::Redis::Type<Array>*>(reply.get());
    if (numbers == nullptr || numbers->value().size() != 4) throw Failure::unavailable("Redis answers something else");
    const auto number = [&](std::size_t index) { return numbers->value().get<Poco::Int64>(index); };
    return {number(0) == 1, static_cast<std::uint64_t>(number(1)), std::chrono::milliseconds(number(2)),
            std::chrono::milliseconds(number(3))};
  }

  void reset(std::string_view key) override {
    answered([&] { return connections_.call(Poco::Redis::Command("DEL") << name(key)); });
  }

 private:
  std::string name(std::string_view key) const { return address_.prefix + std::string(key); }

  /// Throws ServerError, and what a call throws.
  Poco::Redis::RedisType::Ptr ask(std::string_view key, std::uint64_t limit, std::uint64_t milliseconds,
                                  std::uint64_t cost) {
    try {
      return connections_.call(script("EVALSHA", take_hash_, key, limit, milliseconds, cost));
    } catch (const clinic::redis::ServerError& error) {
      if (error.word() != "NOSCRIPT") throw;
      return connections_.call(script("EVAL", take_script, key, limit, milliseconds, cost));
    }
  }

  Array script(const char* command, const std::string& text, std::string_view key, std::uint64_t limit,
               std::uint64_t milliseconds, std::uint64_t cost) const {
    Array array;
    array << command << text << std::string("1") << name(key) << std::to_string(limit) << std::to_string(milliseconds)
          << std::to_string(cost);
    return array;
  }

  /// A server that answers with an error is as good as away: it loads its data, is a replica, or has no memory left.
  template <class Ask>
  static Poco::Redis::RedisType::Ptr answered(Ask ask) {
    try {
      return ask();
    } catch (const clinic::redis::ServerError& error) {
      throw Failure::unavailable(error.what());
    }
  }

  clinic::redis::Address address_;
  clinic::redis::Connections connections_;
  std::string take_hash_;
};

}  // namespace

CLINIC_LIMITER_PLUGIN(RedisLimiter, "redis", CLINIC_PLUGIN_VERSION, "MIT");
