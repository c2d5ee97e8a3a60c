/// \file
/// The notifier promises.

#include "../core/expect.hpp"
#include "../core/suites.hpp"
#include "../core/together.hpp"
#include "bench.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace clinic::conformance {

namespace {

void foreign_url(const Target& target) {
  const auto& table = load_notifier(target);
  for (const char* url : {"surely-another:gateway", ""}) {
    const RecordedHost host;
    clinic_notifier* notifier = nullptr;
    clinic_plugin_error error{};
    error.struct_size = sizeof error;
    const int code = table.open(&host.view(), url, &notifier, &error);
    if (code == CLINIC_PLUGIN_OK) table.close(notifier);
    if (code != CLINIC_PLUGIN_REFUSED) unmet("open of " + show(url) + " answers REFUSED", code_name(code));
    expect_true("a refusal has words", error.message[0] != '\0', "an empty message");
  }
}

void again_and_again(const Target& target) {
  for (int i = 0; i < 10; ++i)
    Notifier(target).served_channel();
}

void handed_over(const Target& target) { Notifier(target).served_channel(); }

void each_channel(const Target& target) {
  Notifier notifier(target);
  for (const char* channel : {"email", "sms"}) {
    const int code = notifier.send(Message::over(channel));
    if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_REFUSED)
      unmet("a message by " + std::string(channel) + " is handed over, or REFUSED by who does not serve it",
            code_name(code) + ": " + notifier.last_words());
  }
  const int code = notifier.send(Message::over("pigeon"));
  if (code != CLINIC_PLUGIN_REFUSED) unmet("a message over an unknown channel is REFUSED", code_name(code));
}

void with_and_without_parts(const Target& target) {
  Notifier notifier(target);
  auto message = Message::over(notifier.served_channel());
  expect("what a message without HTML answers", code_name(notifier.send(message)), code_name(CLINIC_PLUGIN_OK));
  if (message.channel != "email") return;
  message.html = "<p>See you tomorrow.</p>";
  expect("what a message with HTML answers", code_name(notifier.send(message)), code_name(CLINIC_PLUGIN_OK));
}

void repeated(const Target& target) {
  Notifier notifier(target);
  const auto message = Message::over(notifier.served_channel());
  for (int i = 0; i < 3; ++i)
    expect("what a message with an id that was sent before answers", code_name(notifier.send(message)),
           code_name(CLINIC_PLUGIN_OK));
}

void any_text(const Target& target) {
  Notifier notifier(target);
  auto message = Message::over(notifier.served_channel());
  for (const std::string& text :
       {std::string("Zo\u00eb \u4e2d\u6587 \U0001F468\u200D\U0001F469 \u202e"), std::string(100000, 'x'),
        std::string(".\n.\nQUIT\r\nDATA\r\n.\r\n"), std::string("%s%n\\0'\"`$(true)"), std::string()}) {
    message.text = text;
    const int code = notifier.send(message);
    if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_REFUSED)
      unmet("the text " + show(text) + " is handed over, or REFUSED", code_name(code) + ": " + notifier.last_words());
  }
}

/// `submit` and `send` are two ways to the same gateway.
void submitted(const Target& target) {
  Notifier notifier(target);
  for (const char* channel : {"email", "sms", "pigeon"}) {
    const auto message = Message::over(channel);
    const int sent = notifier.send(message);
    expect("what submit answers to a message by " + std::string(channel) + " where send answers " + code_name(sent),
           code_name(notifier.submit(message).code), code_name(sent));
  }
  const auto message = Message::over(notifier.served_channel());
  const Longer<clinic_outgoing_message> longer(message.view());
  expect("what submit answers to a message in a longer struct", code_name(notifier.submit(longer.today).code),
         code_name(CLINIC_PLUGIN_OK));
}

/// Anybody may call the address at which a clinic hears of its messages.
void no_receipts(const Target& target) {
  Notifier notifier(target);
  const char* const headers[] = {"Content-Type", "application/json", "X-Signature", "0000"};
  for (const std::string& body : {std::string(), std::string("\xff\x00\r\n", 4), std::string("{}"), std::string("[[[["),
                                  std::string(100000, '{'), std::string(R"({"id":"x","status":"delivered"})"),
                                  std::string("id=x&status=delivered&MessageStatus=delivered")})
    for (const char* method : {"POST", "GET", ""})
      for (const std::size_t count : {std::size_t{0}, std::size_t{2}}) {
        int found = 0;
        const clinic_receipt_request request{sizeof request, method, "https://clinic.example/receipts?id=x&status=1",
                                             headers,        count,  body.data(),
                                             body.size()};
        const int code = notifier.read_receipts(request, found);
        expect("what read_receipts answers to a call that nobody has signed", code_name(code),
               code_name(CLINIC_PLUGIN_REFUSED));
        expect("how many receipts are found in it", found, 0);
      }
}

/// Texts are valid during the call: whoever keeps pointers to them reads something else later.
void texts_end_with_the_call(const Target& target) {
  Notifier notifier(target);
  auto message = std::make_unique<Message>(Message::over(notifier.served_channel()));
  for (int i = 0; i < 50; ++i) {
    message->id = "message-" + std::to_string(i);
    message->text = std::string(1000, static_cast<char>('a' + i % 26));
    expect("what send answers", code_name(notifier.send(*message)), code_name(CLINIC_PLUGIN_OK));
    std::fill(message->text.begin(), message->text.end(), '!');
    message = std::make_unique<Message>(Message::over(message->channel));
  }
}

void many_threads(const Target& target) {
  Notifier notifier(target);
  const auto channel = notifier.served_channel();
  Signal begin;
  Crew crew;
  for (int thread = 0; thread < 8; ++thread)
    crew.start([&, thread] {
      begin.wait();
      for (int i = 0; i < 10; ++i) {
        auto message = Message::over(channel);
        message.id = std::to_string(thread) + "-" + std::to_string(i);
        const int code = notifier.send(message);
        if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_CONFLICT && code != CLINIC_PLUGIN_BUSY &&
            code != CLINIC_PLUGIN_UNAVAILABLE)
          unmet("a message among others is handed over, or to be tried again", code_name(code));
      }
    });
  begin.give();
  crew.join();
}

void healthy(const Target& target) {
  Notifier notifier(target);
  const int code = notifier.health();
  if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_UNAVAILABLE)
    unmet("health answers OK or UNAVAILABLE", code_name(code));
}

void tells_nothing(const Target& target) {
  Notifier notifier(target, CLINIC_LOG_TRACE);
  auto message = Message::over(notifier.served_channel());
  message.text = "the secret text";
  if (message.channel == "email") message.recipient = "secret@example.com", message.subject = "a secret subject";
  notifier.send(message);
  message.channel = "pigeon";
  notifier.send(message);
  auto lines = notifier.log();
  lines.push_back(notifier.last_words());
  for (const auto& line : lines)
    if (line.find("secret") != line.npos || line.find("4915112345678") != line.npos)
      unmet("no log line and no error holds a recipient, a subject or a text", show(line));
}

void longer_structs(const Target& target) {
  const auto& table = load_notifier(target);
  if (!target.url) throw Skipped{"no URL was given"};
  const RecordedHost recorded;
  const Longer<clinic_plugin_host> host(recorded.view());
  Longer<clinic_plugin_error> error;
  clinic_notifier* notifier = nullptr;
  int code = table.open(&host.today, target.url->c_str(), &notifier, &error.today);
  if (code != CLINIC_PLUGIN_OK) unmet("open with longer structs answers OK", code_name(code));
  int sent = CLINIC_PLUGIN_REFUSED;
  for (const char* channel : {"email", "sms"}) {
    const auto message = Message::over(channel);
    const Longer<clinic_outgoing_message> longer(message.view());
    code = table.send(notifier, &longer.today, &error.today);
    if (code == CLINIC_PLUGIN_OK) sent = code;
  }
  table.close(notifier);
  expect("what a message in a longer struct answers", code_name(sent), code_name(CLINIC_PLUGIN_OK));
}

}  // namespace

std::vector<Check> notifier_checks() {
  return {
      {"notifier.foreign_url", "A URL that does not begin with the plugin's name and a colon is REFUSED.", foreign_url},
      {"notifier.again", "A notifier can be opened and closed any number of times.", again_and_again},
      {"notifier.send", "A message by email or SMS is handed over.", handed_over},
      {"notifier.submit", "submit, where it is there, answers as send does, and writes a gateway_id that ends.",
       submitted},
      {"notifier.receipts",
       "read_receipts, where it is there, refuses a call that makes no sense, and finds nothing in it.", no_receipts},
      {"notifier.channels", "A message over a channel that it does not serve is REFUSED.", each_channel},
      {"notifier.parts", "Subject and HTML may be missing.", with_and_without_parts},
      {"notifier.repeated", "A message may come again with the id that it had.", repeated},
      {"notifier.texts", "Any text is handed over, or REFUSED: long, of any script, or with a protocol's words in it.",
       any_text},
      {"notifier.borrowed", "Nothing of a message is kept after the call.", texts_end_with_the_call},
      {"notifier.threads", "Any number of threads may send at once.", many_threads},
      {"notifier.health", "health answers OK or UNAVAILABLE.", healthy},
      {"notifier.secret", "No log line and no error holds a recipient or a text.", tells_nothing},
      {"notifier.longer_structs", "Structs that a later SDK makes longer are read as far as the plugin knows them.",
       longer_structs},
  };
}

}  // namespace clinic::conformance
