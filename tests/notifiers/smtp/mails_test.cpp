/// \file
/// Mails, byte by byte. That other readers find in them what was put there, test_mails.py says.

#include "support/catch.hpp"

#include "body.hpp"
#include "header.hpp"
#include "mail.hpp"
#include "text.hpp"

#include <clinic/plugin/plugin.hpp>

using namespace clinic::smtp;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Mail mail_to(std::string address) {
  Mail mail;
  mail.from = {"Clinic", "noreply@clinic.example"};
  mail.to = {"Jane Doe", std::move(address)};
  mail.id = "0190a7c0-0000-7000-8000-000000000001";
  mail.locale = "en";
  mail.subject = "Your appointment";
  mail.text = "See you tomorrow.";
  mail.created_at = 1764374400123;
  return mail;
}

std::string refusal(const Mail& mail) {
  try {
    compose(mail);
  } catch (const clinic::plugin::Failure& failure) {
    CHECK(failure.code() == CLINIC_PLUGIN_REFUSED);
    return failure.what();
  }
  FAIL("it was composed");
  return {};
}

}  // namespace

TEST_CASE("a mail is made of these bytes each time", "[NOTE-2]") {
  CHECK(compose(mail_to("jane@example.com")) ==
        "From: Clinic <noreply@clinic.example>\r\n"
        "To: Jane Doe <jane@example.com>\r\n"
        "Subject: Your appointment\r\n"
        "Date: Sat, 29 Nov 2025 00:00:00 +0000\r\n"
        "Message-ID: <0190a7c0-0000-7000-8000-000000000001@clinic.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "Content-Language: en\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "See you tomorrow.\r\n");
}

TEST_CASE("what ends a line is a blank in a header", "[NOTE-2]") {
  auto mail = mail_to("jane@example.com");
  mail.subject = "one\r\nBcc: two@example.com\ttwo\x7f";
  mail.to.name = "Jane\nBcc: two@example.com";
  const auto text = compose(mail);
  CHECK_THAT(text, Contains("Subject: =?UTF-8?Q?one__Bcc=3A_two=40example=2Ecom_two_?=\r\n"));
  CHECK_THAT(text, Contains("To: \"Jane Bcc: two@example.com\" <jane@example.com>\r\n"));
}

TEST_CASE("a text that is no UTF-8 is mended, and controls and Unicode's line ends are blanks", "[NOTE-2]") {
  CHECK(one_line("a\xff\xc3(\xe2\x80\xa8\xc2\x85z") == "a\xef\xbf\xbd\xef\xbf\xbd(  z");
  CHECK(one_line(std::string_view("a\0b", 3)) == "a b");
  CHECK(with_crlf("a\rb\nc\r\nd\n\re\xff") == "a\r\nb\r\nc\r\nd\r\n\r\ne\xef\xbf\xbd\r\n");
  CHECK(with_crlf("").empty());
}

TEST_CASE("an address that is not one plain address is refused, and not shown", "[NOTE-2]") {
  for (const char* address : {"",
                              "jane",
                              "@example.com",
                              "jane@",
                              "jane@@example.com",
                              "jane@example.com\r\nRCPT TO:<two@example.com>",
                              "jane@example.com\n",
                              "jane doe@example.com",
                              "<jane@example.com>",
                              "jane@example.com,two@example.com",
                              "Jane <jane@example.com>",
                              "\"jane\"@example.com",
                              "jane@[127.0.0.1]",
                              "jane@-example.com",
                              "jane@example..com",
                              ".jane@example.com",
                              "jane.@example.com",
                              "jane@example.com.",
                              "jane(x)@example.com",
                              "jane@exa mple.com",
                              "jane\x01@example.com",
                              "jane\xff@example.com",
                              "ja\xe2\x80\xaene@example.com",
                              "ja\xc2\xa0ne@example.com"}) {
    CAPTURE(address);
    const auto words = refusal(mail_to(address));
    CHECK_THAT(words, StartsWith("the recipient is no email address: "));
    CHECK_THAT(words, !Contains("jane") && !Contains("example"));
  }
  CHECK_THAT(refusal(mail_to("jane@two@example.com")), Contains("not one @"));
  CHECK_THAT(refusal(mail_to(std::string(65, 'j') + "@example.com")), Contains("too long"));
  CHECK_THAT(refusal(mail_to("j@" + std::string(250, 'e') + ".com")), Contains("too long"));
  for (const char* address :
       {"jane@localhost", "j.a+n_e'!#$%&*/=?^`{|}~-@example.com", "j\xc3\xbcrgen@m\xc3\xbcller.example"})
    CHECK_THAT(compose(mail_to(address)), Contains(std::string("To: Jane Doe <") + address + ">\r\n"));
}

TEST_CASE("an id that a Message-ID cannot hold is hashed into it, the same each time", "[NOTE-2]") {
  auto mail = mail_to("jane@example.com");
  mail.id = "a>\r\nBcc: x@y";
  mail.html = "<p>x</p>";
  const auto text = compose(mail);
  CHECK_THAT(text, !Contains("Bcc") && Contains("@clinic.example>\r\n") && Contains("boundary=\"=_"));
  CHECK(text == compose(mail));
  mail.id = "";
  CHECK_THAT(refusal(mail), Contains("no id"));
  mail.id = "x", mail.created_at = -1;
  CHECK_THAT(refusal(mail), Contains("no date"));
}

TEST_CASE("a locale that is no language tag is left out", "[NOTE-2]") {
  auto mail = mail_to("jane@example.com");
  mail.locale = "en\r\nBcc: x@y";
  CHECK_THAT(compose(mail), !Contains("Content-Language") && !Contains("Bcc"));
}

TEST_CASE("a body is written in the shorter way", "[NOTE-2]") {
  std::string latin, arabic;
  add_text_part(latin, "text/plain",
                "Gr\xc3\xb6\xc3\x9f"
                "e, and some more of it");
  CHECK_THAT(latin, Contains("quoted-printable\r\n\r\nGr=C3=B6=C3=9Fe, and some more of it\r\n"));
  add_text_part(arabic, "text/plain", "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf");
  CHECK_THAT(arabic, Contains("base64\r\n\r\n2YXYrdmF2K8NCg==\r\n"));
}

TEST_CASE("no line of the mail ends it", "[NOTE-2]") {
  CHECK(dot_stuffed(".\r\n..a\r\n.b\r\nc.\r\n") == "..\r\n...a\r\n..b\r\nc.\r\n.\r\n");
  CHECK(dot_stuffed("\r\n") == "\r\n.\r\n");
}
