#include "wire.hpp"

#include <array>

namespace clinic::smtp {
namespace {

constexpr std::size_t longest_line = 4096, most_lines = 100;
constexpr const char* no_smtp = "answers something that is not SMTP";

}  // namespace

void Wire::start_tls(const TlsContext& context, const std::string& host, Deadline deadline) {
  if (!unread_.empty()) throw Lost("says more than was asked before TLS begins");
  tls_.emplace(tcp_, context, host, deadline);
}

void Wire::send(std::string_view bytes, Deadline deadline) {
  if (tls_)
    tls_->send(bytes, deadline);
  else
    tcp_.send(bytes, deadline);
}

std::string Wire::line(Deadline deadline) {
  for (std::size_t searched = 0;;) {
    if (const auto end = unread_.find('\n', searched); end != unread_.npos) {
      auto found = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (found.ends_with('\r')) found.pop_back();
      return found;
    }
    searched = unread_.size();
    if (searched > longest_line) throw Lost(no_smtp);
    std::array<char, 2048> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled at once
    const auto size = tls_ ? tls_->receive(buffer.data(), buffer.size(), deadline)
                           : tcp_.receive(buffer.data(), buffer.size(), deadline);
    if (size == 0) throw Lost("closes the connection");
    unread_.append(buffer.data(), size);
  }
}

Reply Wire::receive_reply(Deadline deadline) {
  Reply reply;
  for (;;) {
    const auto text = line(deadline);
    const auto parsed = ReplyLine::parse(text);
    if (parsed.code == 0 || (reply.code != 0 && parsed.code != reply.code) || reply.lines.size() >= most_lines)
      throw Lost(no_smtp);
    reply.code = parsed.code;
    reply.lines.emplace_back(parsed.text);
    if (parsed.last) return reply;
  }
}

void Wire::end(Deadline deadline) {
  if (tls_) tls_->end(deadline);
}

}  // namespace clinic::smtp
