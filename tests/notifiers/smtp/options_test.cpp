#include "support/catch.hpp"

#include "options.hpp"
#include "tls.hpp"

#include <clinic/plugin/plugin.hpp>

using namespace clinic::smtp;
using Catch::Matchers::Contains;

namespace {

template <class Action>
std::string refusal_of(Action action) {
  try {
    action();
  } catch (const clinic::plugin::Failure& failure) {
    CHECK(failure.code() == CLINIC_PLUGIN_REFUSED);
    return failure.what();
  }
  FAIL("it was taken");
  return {};
}
std::string refusal(const std::string& url) {
  return refusal_of([&] { Options::parse(url); });
}

}  // namespace

TEST_CASE("the smtp URL: what it says, and what goes without saying", "[NOTE-2]") {
  const auto options = Options::parse(
      "smtp://user%40x:p%3A%2F%40+%25w@mail.example:2525?from=The%20Clinic%20<no+reply@clinic.example>&timeout=3"
      "&connections=2&auth=login&helo=desk.example&ca=/a%20b.pem&reply_to=%22Desk,%20A%22%20<desk@clinic.example>");
  CHECK(options.host == "mail.example");
  CHECK(options.port == 2525);
  CHECK(options.user == "user@x");
  CHECK(options.password == "p:/@+%w");
  CHECK(options.security == Security::starttls);
  CHECK(options.login == Login::login);
  CHECK(options.from.name == "The Clinic");
  CHECK(options.from.address == "no+reply@clinic.example");
  CHECK(options.reply_to.value().name == "Desk, A");
  CHECK(options.ca == "/a b.pem");
  CHECK(options.helo == "desk.example");
  CHECK(options.connections == 2);
  CHECK(options.timeout.count() == 3);
  CHECK(options.whole_timeout().count() == 12);

  CHECK(Options::parse("smtp://h?from=a@b").port == 587);
  CHECK(Options::parse("smtp://h?from=a@b&tls=implicit").port == 465);
  CHECK(Options::parse("smtp://h?from=a@b&tls=none").port == 25);
  CHECK(Options::parse("smtp://h?from=a@b").whole_timeout().count() < 60);
  CHECK(Options::parse("smtp://[::1]:2525?from=a@b").host == "::1");
  CHECK(Options::parse("smtp://u:p@127.0.0.1?from=a@b&tls=none").security == Security::none);
}

TEST_CASE("an smtp URL that is wrong is refused: what is wrong is named, and no secret shown", "[NOTE-2][PLUG-1]") {
  const std::string good = "smtp://mail.example?from=a@b";
  CHECK_THAT(refusal("smtps://mail.example?from=a@b"), Contains("smtp://"));
  CHECK_THAT(refusal(good + "&tsl=none"), Contains("option tsl"));
  CHECK_THAT(refusal(good + "&from=c@d"), Contains("from is there twice"));
  CHECK_THAT(refusal(good + "&tls=maybe"), Contains("option tls") && Contains("implicit, none, starttls"));
  CHECK_THAT(refusal(good + "&auth=xoauth2"), Contains("option auth"));
  CHECK_THAT(refusal(good + "&connections=0"), Contains("connections"));
  CHECK_THAT(refusal(good + "&timeout=1m"), Contains("timeout"));
  CHECK_THAT(refusal(good + "&helo=a%0d%0aMAIL"), Contains("helo"));
  CHECK_THAT(refusal(good + "&auth=plain"), Contains("wants a user"));
  CHECK_THAT(refusal(good + "&verify=no"), Contains("option verify is none"));
  CHECK_THAT(refusal("smtp://mail.example"), Contains("no option from"));
  CHECK_THAT(refusal("smtp://mail.example?from=nobody"), Contains("from is no email address"));
  CHECK_THAT(refusal("smtp://mail.example?from=a@b%0d%0aRCPT"), Contains("control character"));
  CHECK_THAT(refusal("smtp://mail.example?from=%22x<a@b>"), Contains("quotes"));
  CHECK_THAT(refusal("smtp://mail.example?from=j%C3%BC@b"), Contains("ASCII"));
  CHECK_THAT(refusal("smtp://?from=a@b"), Contains("no host"));
  CHECK_THAT(refusal("smtp://m%C3%BCller.example?from=a@b"), Contains("host"));
  CHECK_THAT(refusal("smtp://m\xc3\xbcller.example?from=a@b"), Contains("xn--"));
  CHECK_THAT(refusal("smtp://mail.example/box?from=a@b"), Contains("path"));
  CHECK_THAT(refusal("smtp://u@mail.example?from=a@b"), Contains("without a password"));
  CHECK_THAT(refusal("smtp://u:p@mail.example?from=a@b&auth=none"), Contains("auth=none"));
  CHECK_THAT(refusal("smtp://u:p@mail.example?from=a@b&tls=none"), Contains("without encryption"));
  for (const char* account :
       {"user@x:canary", "user:canary@x", "user:can#ary", "user:can/ary", "user:canary%", "user:canary%00"}) {
    CAPTURE(account);
    CHECK_THAT(refusal("smtp://" + std::string(account) + "@mail.example?from=a@b"),
               Contains("%") || Contains("control"));
    CHECK_THAT(refusal("smtp://" + std::string(account) + "@mail.example?from=a@b"), !Contains("can"));
  }
}

TEST_CASE("a file of certificates that is none is refused", "[NOTE-2]") {
  CHECK_THAT(refusal_of([] { TlsContext("/nowhere.pem"); }), Contains("option ca"));
  CHECK_THAT(refusal_of([] { TlsContext("/dev/null"); }), Contains("option ca"));
}
