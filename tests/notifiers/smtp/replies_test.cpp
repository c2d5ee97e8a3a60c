#include "support/catch.hpp"

#include "reply.hpp"

using namespace clinic::smtp;

TEST_CASE("of a reply nothing is shown but its numbers", "[NOTE-2]") {
  CHECK(Reply{550, {"5.1.1 <jane@example.com> unknown"}}.status() == "550 5.1.1");
  CHECK(Reply{550, {"5.1 jane@example.com"}}.status() == "550");
  CHECK(Reply{550, {"5.1.jane"}}.status() == "550");
  CHECK(Reply{550, {"5.123456 jane"}}.status() == "550");
  CHECK(Reply{451, {"first line", "4.7.650 later"}}.status() == "451 4.7.650");
  CHECK(Reply{421, {}}.status() == "421");
}

TEST_CASE("what servers call a mail that they took", "[NOTE-2]") {
  const auto id = [](const char* text) { return Reply{250, {text}}.queue_id(); };
  CHECK(id("2.0.0 Ok: queued as 4F12AB") == "4F12AB");
  CHECK(id("OK id=1rAbCd-0000-2X") == "1rAbCd-0000-2X");
  CHECK(id("2.0.0 4B7x1 Message accepted for delivery") == "4B7x1 Message accepted for delivery");
  CHECK(id("2.6.0 <a@b> [InternalId=7] Queued") == "[InternalId=7] Queued");
  CHECK(id("2.0.0 Ok").empty());
  CHECK(id("OK").empty());
  CHECK(id("").empty());
  CHECK(id("taken for jane@example.com") == "taken for");
  CHECK(id("\xd9\x85 x\x01y z") == "z");
  CHECK(id(std::string(300, 'q').c_str()).size() == 190);
}

TEST_CASE("lines that are none of a reply", "[NOTE-2]") {
  for (const char* line :
       {"", "25", "2x0 ok", "250ok", "150 x", "650 x", "HTTP/1.1 400 Bad Request", "-ERR", "\x16\x03\x01"})
    CHECK(ReplyLine::parse(line).code == 0);
  CHECK(ReplyLine::parse("250").last);
  CHECK(ReplyLine::parse("250-SIZE 1").text == "SIZE 1");
  CHECK_FALSE(ReplyLine::parse("250-SIZE 1").last);
}
