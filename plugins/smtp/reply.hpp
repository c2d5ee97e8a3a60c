#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace clinic::smtp {

/// What the server answers to one command (RFC 5321, 4.2).
struct Reply {
  int code = 0;
  std::vector<std::string> lines{};  ///< without the code

  int kind() const { return code / 100; }  ///< 2 done, 3 go on, 4 not now, 5 no
  /// `550 5.1.1`: the code and, where there is one, the enhanced status code (RFC 3463). Nothing else of a reply is
  /// shown to anybody, since it may hold an address.
  std::string status() const;
  /// What the server calls the mail that it took; empty where it does not say. Without a word that has an @, and no
  /// longer than 190 bytes of ASCII.
  std::string queue_id() const;
};

/// One line of a reply, without its CRLF.
struct ReplyLine {
  int code = 0;
  bool last = true;
  std::string_view text{};

  /// Code 0: the line is none of a reply.
  static ReplyLine parse(std::string_view line);
};

}  // namespace clinic::smtp
