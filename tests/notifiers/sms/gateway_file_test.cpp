#include "gateway.hpp"
#include "presets.hpp"
#include "quiet_pipe.hpp"
#include "request.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <clinic/plugin/plugin.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <csignal>
#include <fstream>

#include <sys/socket.h>
#include <unistd.h>

using namespace clinic::sms;
using clinic::plugin::Failure;

namespace {

const std::string smallest =
    R"({"name": "G", "options": {"key": {"secret": true}}, "request": {"url": "https://g.example/", "form": {"to": "{to}"}},
        "answer": {"accepted": {"status": [200]}}})";

/// The smallest file with another value at a path of keys; what reading it answers.
std::string with(const std::vector<std::string>& path, const std::string& json) {
  auto file = boost::json::parse(smallest);
  auto* place = &file;
  for (const auto& key : path)
    place = &(place->is_object() ? * place : * place = boost::json::object()).as_object()[key];
  *place = boost::json::parse(json);
  try {
    read_gateway(boost::json::serialize(file));
    return "read";
  } catch (const Failure& failure) {
    CHECK(failure.code() == CLINIC_PLUGIN_REFUSED);
    return failure.what();
  }
}

clinic_outgoing_message message_of(const char* text) {
  clinic_outgoing_message message{};
  message.struct_size = sizeof message;
  message.id = "id-1";
  message.channel = "sms";
  message.recipient = "+4915112345678";
  message.text = text;
  message.sms_encoding = CLINIC_SMS_GSM7;
  return message;
}

}  // namespace

TEST_CASE("a gateway file's mistakes are named by their path", "[NOTE-3]") {
  CHECK(with({}, smallest) == "read");
  const std::vector<std::tuple<std::vector<std::string>, std::string, std::string>> mistakes = {
      {{"answers"}, "{}", "answers is no key"},
      {{"answer", "accepted", "statuses"}, "[200]", "answer.accepted.statuses is no key"},
      {{"answer", "accepted"}, "{}", "answer.accepted names no status"},
      {{"answer", "accepted", "status"}, "[20]", "answer.accepted.status"},
      {{"answer", "accepted", "status"}, "[\"6xx\"]", "answer.accepted.status"},
      {{"answer", "accepted", "code"}, "[\"0\"]", "answer.code is missing"},
      {{"answer", "code"}, R"({"json": "code"})", "answer.code.json is no JSON pointer"},
      {{"answer", "code"}, R"({"pattern": "[0-9]+"})", "answer.code.pattern has no group"},
      {{"answer", "code"}, R"({"pattern": "("})", "answer.code.pattern is no regular"},
      {{"answer", "code"}, R"([{"json": "/a", "header": "b"}])", "answer.code[] has not exactly one key of json"},
      {{"answer", "id"}, R"({"query": "id"})", "answer.id has not exactly one key of json"},
      {{"options", "timeout"}, "{}", "options.timeout is an option that every gateway has"},
      {{"options", "text"}, "{}", "options.text is a placeholder"},
      {{"options", "key", "secrte"}, "true", "options.key.secrte is no key"},
      {{"options", "key", "required"}, "1", "options.key.required is neither"},
      {{"request", "form", "text"}, R"("{txt}")", "request.form.text has the unknown placeholder {txt}"},
      {{"request", "form", "text"}, R"("{text")", "request.form.text has the unknown placeholder {}"},
      {{"request", "url"}, R"("https://g.example/{to}")", "request.url has the unknown placeholder {to}"},
      {{"request", "headers"}, R"({"Content-Length": "1"})", "request.headers has a name"},
      {{"request", "headers"}, R"({"X: a\r\nY": "1"})", "request.headers has a name"},
      {{"request", "json"}, "{}", "request.json excludes request.form"},
      {{"request", "ucs2"}, R"({"json": {"a": ["{b}"]}})", "request.ucs2.json.a[] has the unknown placeholder {b}"},
      {{"request", "basic"}, R"({"user": "{key}"})", "request.basic.password is missing"},
      {{"request", "method"}, "\"DELETE\"", "request.method is none of POST, GET, PUT"},
      {{"request", "number"}, "\"national\"", "request.number is none of e164, digits"},
      {{"health"}, R"({"path": "status"})", "health.path does not begin"},
      {{"receipts"}, R"({"state": {"form": "s"}})", "receipts.authentication is missing"},
      {{"receipts"}, R"({"authentication": []})", "receipts.authentication is no list"},
      {{"receipts"},
       R"({"authentication": [{"kind": "none", "secret": "key"}]})",
       "receipts.authentication[].kind is none of"},
      {{"receipts"},
       R"({"authentication": [{"kind": "token", "secret": "key"}]})",
       "receipts.authentication[].at belongs"},
      {{"receipts"},
       R"({"authentication": [{"kind": "twilio", "secret": "k"}]})",
       "receipts.authentication[].secret names no"},
  };
  for (const auto& [path, json, told] : mistakes)
    CHECK_THAT(with(path, json), Catch::Matchers::Contains(told));
  CHECK_THROWS_AS(read_gateway("{"), Failure);
  CHECK_THROWS_AS(read_gateway("[]"), Failure);
}

TEST_CASE("the presets are gateway files", "[NOTE-3]") {
  CHECK(presets().size() == 4);
  for (const auto& preset : presets())
    CHECK_NOTHROW(read_gateway(preset.json));
}

TEST_CASE("texts are written as their place wants it, and looked at once", "[NOTE-3]") {
  const clinic::test::TempFolder folder;
  const auto path = folder.path() / "gateway.json";
  std::ofstream(path) << R"({"name": "G", "options": {"key": {}, "none": {}},
    "request": {"url": "https://g.example/{key}?a=b", "query": {"t{": "<{text}>", "none": "{none}"}, "headers": {"X-Key": "{key} {{"},
                "json": {"text": "{text}", "list": ["{to}", 1, "{none}"], "none": "{none}", "id": "{id}-{none}"},
                "gsm7": {"json": {"coding": 0}}, "ucs2": {"json": {"coding": 8}}},
    "answer": {"accepted": {"status": [200]}}})";
  const auto settings = Settings::parse("sms:" + path.string() + "?key=a/b%3F%20%7Btext%7D");
  for (const char* text :
       {"{to}{text}{id}", "\"\\\n\t\x01", "a&b=c%20+#?", "\U0001F468\u200D\U0001F469 \u0645\u0631", "{", "}{{"}) {
    const auto request = request_for(settings, message_of(text));
    CHECK(boost::json::parse(request.body) ==
          boost::json::value{{"text", text}, {"list", {"+4915112345678", 1}}, {"id", "id-1-"}, {"coding", 0}});
    const std::string before = "/a%2Fb%3F%20%7Btext%7D?a=b&t%7B=";
    REQUIRE(request.target.substr(0, before.size()) == before);
    const auto query = parameters(request.target.substr(request.target.find('?') + 1), false, "");
    CHECK(query.size() == 2);
    CHECK(query[1] == std::pair<std::string, std::string>("t{", "<" + std::string(text) + ">"));
    CHECK(request.target.find_first_of(" \n\"#+<>") == std::string::npos);
    CHECK(request.headers.front() == std::pair<std::string, std::string>("X-Key", "a/b? {text} {"));
  }
}

TEST_CASE("a broken connection does not kill the process", "[NOTE-3]") {
  // Whatever this process was started with: the signal kills.
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  close(ends[1]);
  {
    const QuietPipe quiet;
    CHECK(send(ends[0], "x", 1, 0) == -1);
  }
  close(ends[0]);
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
  std::signal(SIGPIPE, before);
}
