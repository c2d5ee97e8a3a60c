#include "messages/templates.hpp"
#include "messages/built_in_templates.hpp"
#include "messages/sms_length.hpp"
#include "messages/template_folder.hpp"
#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_folder.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace clinic;
using namespace clinic::test;

namespace {

constexpr auto by_email = MessageChannel::email;
constexpr auto by_sms = MessageChannel::sms;

TemplateSettings settings_of_medq() {
  TemplateSettings settings;
  settings.clinic_name = "MedQ";
  settings.portal_address = "https://portal.example.org/";
  settings.time_zone = "Africa/Nairobi";
  settings.currency = "KES";
  return settings;
}

const Templates& medq() {
  static const Templates templates(settings_of_medq());
  return templates;
}

boost::json::object parsed_values(const char* json) { return boost::json::parse(json).as_object(); }

/// Of the UTF-8 of U+0600 to U+06FF.
bool is_arabic_lead(char byte) { return byte >= '\xD8' && byte <= '\xDB'; }

bool has_part(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// What opening says of a folder of the clinic's, each as `code` and the message after the folder.
std::vector<std::string> faults_of(const TempFolder& folder) {
  auto settings = settings_of_medq();
  settings.folder = folder.path().string();
  std::vector<std::string> found;
  try {
    const Templates templates(settings);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::configuration_invalid);
    for (const auto& field : error.fields()) {
      CHECK(field.path == "templates");
      auto message = field.message;
      if (const auto at = message.find(*settings.folder); at == 0) message.erase(0, settings.folder->size() + 1);
      found.push_back(message);
    }
  }
  return found;
}

void write_in(const TempFolder& folder, const std::string& name, const std::string& text) {
  std::filesystem::create_directories((folder.path() / name).parent_path());
  folder.write(name, text);
}

}  // namespace

TEST_CASE("Every message is there in every language and channel", "[NOTE-4][core]") {
  CHECK(medq().locales() == std::vector<std::string>{"ar", "en", "id"});
  for (const auto* locale : {"en", "ar", "id"})
    for (const auto& kind : message_kinds())
      for (const auto channel : {by_email, by_sms})
        for (const bool shared : {false, true}) {
          if (!kind.goes_by(channel)) continue;
          CAPTURE(locale, std::string(kind.key), channel == by_sms, shared);
          const auto message = medq().preview(kind.key, channel, locale, shared);
          const bool arabic = locale == std::string("ar");
          CHECK(message.locale == locale);
          CHECK((message.direction == TextDirection::right_to_left) == arabic);
          CHECK(!message.text.empty());
          for (const auto& text : {message.subject, message.text, message.html}) {
            CHECK(!has_part(text, "{{"));
            CHECK(!has_part(text, "}}"));
            CHECK(!has_part(text, "\n\n\n"));
            CHECK(!has_part(text, " \n"));
            CHECK(!has_part(text, "\r"));
          }
          CHECK((message.subject.empty() && message.html.empty()) == (channel == by_sms));
          // Programs that are not told a text's direction take it from its first letter.
          for (const auto& text : {message.subject, message.text})
            if (arabic && !text.empty()) CHECK(is_arabic_lead(text.front()));
          if (channel == by_sms) {
            CHECK(sms_length(message.text).parts <= (arabic ? 5u : 2u));
            // Words of ours keep to the 7-bit alphabet.
            if (!arabic) CHECK(sms_length(message.text).encoding == SmsEncoding::gsm7);
            continue;
          }
          CHECK(!has_part(message.subject, "\n"));
          CHECK(has_part(message.html,
                         std::string("<html lang=\"") + locale + "\" dir=\"" + (arabic ? "rtl" : "ltr") + '"'));
          CHECK(has_part(message.html,
                         std::string("<div lang=\"") + locale + "\" dir=\"" + (arabic ? "rtl" : "ltr") + '"'));
          // Nothing is fetched when it is read.
          for (const auto* outside : {"<img", "<link", "<script", "url(", "src=", "@import"})
            CHECK(!has_part(message.html, outside));
        }
}

TEST_CASE("The catalog fits the texts", "[NOTE-4][NOTE-7][core]") {
  std::set<std::string_view> keys;
  for (const auto& kind : message_kinds()) {
    CAPTURE(std::string(kind.key));
    CHECK(keys.insert(kind.key).second);
    CHECK(find_message_kind(kind.key) == &kind);
    CHECK((kind.email || kind.sms));
    int secrets = 0;
    for (const auto& variable : kind.variables)
      secrets += variable.type == VariableType::secret ? 1 : 0;
    CHECK(secrets <= 1);
    // Whoever waits for a secret waits at night, too.
    if (secrets > 0) CHECK(kind.security);
    if (kind.clinical) CHECK_FALSE(kind.security);
  }
  // The keys that the SDK sends.
  for (const auto* key : {"invitation", "password_reset", "portal_credentials", "contact_changed", "username_changed",
                          "password_changed"}) {
    CHECK(keys.contains(key));
    for (const auto* name : {"username", "login_url", "first_name"})
      CHECK(find_message_kind(key)->find(name) != nullptr);
  }
  CHECK(find_message_kind("nothing") == nullptr);
}

TEST_CASE("The documents' own texts letter by letter", "[NOTE-4][PHONE-6][core]") {
  CHECK(medq().render("ivr_synced", by_sms, "en", {}).text ==
        "Your IVR booking has been synced with your web account.\n"
        "You can now view this appointment online.");
  CHECK(medq()
            .render("ivr_welcome", by_sms, "en", parsed_values(R"({"username":"+919999999999","password":"ABC12345"})"))
            .text ==
        "Welcome to MedQ! A web account has been created for you.\n"
        "Username: +919999999999\n"
        "Password: ABC12345\n"
        "You can now view your appointments online!");
  CHECK(medq().render("link_offer", by_sms, "en", {}).text ==
        "We found that you have booked appointments via phone.\n"
        "Would you like to link your existing bookings to this web account?");
  const auto* credentials = R"({"username":"john@email.com","password":"xK9mP2nQ7vR3",
                                "login_url":"/patient-portal/login","first_name":""})";
  const auto mail = medq().render("portal_credentials", by_email, "en", parsed_values(credentials));
  CHECK(mail.subject == "Welcome to Patient Portal");
  CHECK(mail.text ==
        "Your portal account:\n"
        "Username: john@email.com\n"
        "Password: xK9mP2nQ7vR3\n"
        "\n"
        "Login at: https://portal.example.org/patient-portal/login");
  CHECK(medq().render("portal_credentials", by_sms, "en", parsed_values(credentials)).text ==
        "Portal login: john@email.com, Password: xK9mP2nQ7vR3");
}

TEST_CASE("A link is the login address with the secret", "[NOTE-4][core]") {
  const auto text = [](const char* login_url, const char* token) {
    boost::json::object given{{"username", "jane"}, {"login_url", login_url}, {"token", token}};
    return medq().render("invitation", by_sms, "en", std::move(given)).text;
  };
  const std::string before = "MedQ: your account is ready. Choose a password: ";
  CHECK(text("/login", "aB-_9") == before + "https://portal.example.org/login?invitation=aB-_9");
  CHECK(text("https://x.org/?a=b#top", "a b&c/é") == before + "https://x.org/?a=b&invitation=a%20b%26c%2F%C3%A9#top");
  // A caller's own link is no way around the token.
  CHECK(has_part(
      medq()
          .render("password_reset", by_sms, "en",
                  parsed_values(R"({"username":"j","login_url":"/l","token":"T","link":"https://evil.example/"})"))
          .text,
      "https://portal.example.org/l?password_reset=T"));

  const auto html = medq().preview("invitation", by_email, "en").html;
  CHECK(has_part(html, ">Choose a password</a></p>"));
  CHECK(has_part(html, "href=\"https://portal.example.org/patient-portal/login?invitation="));
  // In a line of other words an address is a link that shows itself.
  const auto line = medq().preview("portal_credentials", by_email, "en").html;
  CHECK(has_part(line, "Login at: <a href=\"https://portal.example.org/patient-portal/login\""));
  CHECK(has_part(line, ">https://portal.example.org/patient-portal/login</a></p>"));

  auto settings = settings_of_medq();
  settings.portal_address.clear();
  const Templates homeless(settings);
  CHECK_THROWS_AS(homeless.preview("invitation", by_email, "en"), Error);
}

TEST_CASE("An SMS to a shared telephone says nothing of health", "[NOTE-7][core]") {
  for (const auto* locale : {"en", "ar", "id"})
    for (const auto& kind : message_kinds()) {
      if (!kind.clinical) continue;
      CAPTURE(locale, std::string(kind.key));
      const auto own = medq().preview(kind.key, by_sms, locale, false).text;
      const auto shared = medq().preview(kind.key, by_sms, locale, true).text;
      CHECK(has_part(own, "Dr. Amina Yusuf"));
      for (const auto* detail : {"Amina", "Cardiology", "John"})
        CHECK(!has_part(shared, detail));
      CHECK(has_part(shared, "MedQ"));
    }
  CHECK(medq().preview("appointment_reminder", by_sms, "en", true).text ==
        "Reminder: an appointment at MedQ: Tuesday, December 1, 2026 at 10:30 AM.");
}

TEST_CASE("What people typed stays text in a mail", "[NOTE-4][core]") {
  const auto strings = boost::json::parse(contents(data_folder() + "/naughty-strings.json"));
  const auto plain = medq().preview("invitation", by_email, "en");
  const auto count = [](const std::string& text, char c) { return std::count(text.begin(), text.end(), c); };
  std::size_t tried = 0;
  for (const auto& naughty : strings.as_array()) {
    if (naughty.as_string().empty()) continue;
    ++tried;
    auto given = sample_values(*find_message_kind("invitation"));
    given["first_name"] = naughty;
    given["username"] = naughty;
    const auto message = medq().render("invitation", by_email, "en", given);
    CAPTURE(std::string(naughty.as_string()));
    // As many tags, attributes and lines as with a plain name.
    CHECK(count(message.html, '<') == count(plain.html, '<'));
    CHECK(count(message.html, '>') == count(plain.html, '>'));
    CHECK(count(message.html, '"') == count(plain.html, '"'));
    CHECK(count(message.html, '\n') == count(plain.html, '\n'));
    CHECK(count(message.text, '\n') == count(plain.text, '\n'));
  }
  CHECK(tried > 500);
  auto given = sample_values(*find_message_kind("invitation"));
  given["first_name"] = "<b>\"O'Neil\" & Söhne</b>";
  const auto message = medq().render("invitation", by_email, "en", given);
  CHECK(has_part(message.html, "Hello &lt;b&gt;&quot;O&#39;Neil&quot; &amp; Söhne&lt;/b&gt;,"));
  CHECK(has_part(message.text, "Hello <b>\"O'Neil\" & Söhne</b>,"));
}

TEST_CASE("The nearest language is taken", "[NOTE-4][core]") {
  auto settings = settings_of_medq();
  settings.locale = "ar-EG";
  const Templates egyptian(settings);
  const auto found = [](const Templates& templates, const char* locale) {
    return templates.preview("appointment_reminder", by_sms, locale).locale;
  };
  for (const auto* locale : {"id", "id-ID", "ID-id", "id-Latn-ID"})
    CHECK(found(egyptian, locale) == "id");
  for (const auto* locale : {"sw", "sw-KE", "", "no such tag", "-", "ar-SA"})
    CHECK(found(egyptian, locale) == "ar");
  CHECK(found(medq(), "sw-KE") == "en");
  settings.locale = "sw";
  CHECK(found(Templates(settings), "fr") == "en");

  // The words are those of the language, and dates are written as where the person lives, or the clinic is.
  CHECK(has_part(medq().preview("appointment_reminder", by_sms, "en-GB").text, "Tuesday, 1 December 2026"));
  settings.locale = "en-GB";
  CHECK(has_part(Templates(settings).preview("appointment_reminder", by_sms, "en").text, "Tuesday, 1 December 2026"));
}

TEST_CASE("What cannot be rendered is said", "[NOTE-4][core]") {
  const auto refused = [](std::string_view key, MessageChannel channel, boost::json::object given) {
    try {
      static_cast<void>(medq().render(key, channel, "en", std::move(given)));
    } catch (const Error& error) {
      return error.fields().at(0).path + " " + error.fields().at(0).code;
    }
    return std::string("rendered");
  };
  CHECK(refused("no_such_key", by_email, {}) == "message_template unknown_word");
  CHECK(refused("email_code", by_sms, {}) == "channel not_applicable");
  CHECK(refused("phone_code", by_email, {}) == "channel not_applicable");
  CHECK(refused("portal_credentials", by_sms, {{"username", "j"}}) == "password required");
  CHECK(refused("invitation", by_sms, {{"login_url", "/l"}}) == "link required");
  CHECK(refused("portal_credentials", by_sms, {{"username", "j"}, {"password", "x"}, {"not_used", 1}}) == "rendered");
}

TEST_CASE("Settings that cannot be are refused", "[NOTE-4][core]") {
  const auto refused = [](auto change) {
    auto settings = settings_of_medq();
    change(settings);
    try {
      const Templates templates(settings);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::configuration_invalid);
      return error.fields().at(0).path;
    }
    return std::string("taken");
  };
  CHECK(refused([](auto&) {}) == "taken");
  CHECK(refused([](auto& s) { s.clinic_name = " \u200B"; }) == "clinic_name");
  CHECK(refused([](auto& s) { s.locale = "english please"; }) == "locale");
  CHECK(refused([](auto& s) { s.currency = "Ksh"; }) == "currency");
  CHECK(refused([](auto& s) { s.portal_address = "portal.example.org"; }) == "portal_address");
  CHECK(refused([](auto& s) { s.time_zone = "Mars/Olympus"; }) == "policy.time_zone");
  CHECK(refused([](auto& s) { s.folder = "/no/such/folder"; }) == "templates");
}

TEST_CASE("A folder of the clinic's replaces texts and adds languages", "[NOTE-4][core]") {
  const TempFolder folder;
  write_in(folder, "en/password_changed.txt",
           "# Ours.\n[subject]\nNew password\n\n[text]\n\nYour password is new.\n\n[sms]\nNew password!\n");
  write_in(folder, "en-KE/password_changed.txt", "[subject]\nKenya\n[text]\nKenya\n[sms]\nKenya\n");
  write_in(folder, "sw/invitation.txt",
           "[subject]\nKaribu\n[text]\nKaribu {{clinic_name}}: https://join.example.org/{{token}}\n[sms]\n{{link}}\n");
  write_in(folder, "layout.html", "<html lang={{lang}} dir={{dir}}><p>{{clinic_name}}</p>{{body}}</html>");
  write_in(folder, ".git/config", "not ours");
  CHECK(faults_of(folder).empty());

  auto settings = settings_of_medq();
  settings.folder = folder.path().string();
  settings.clinic_name = "Med & Q";
  const Templates templates(settings);
  const auto mail = templates.preview("password_changed", by_email, "en-US");
  CHECK(mail.subject == "New password");
  CHECK(mail.text == "Your password is new.");
  CHECK(mail.html ==
        "<html lang=en dir=ltr><p>Med &amp; Q</p><p style=\"margin:0 0 16px\">Your password is new.</p>\n"
        "</html>");
  CHECK(templates.preview("password_changed", by_sms, "en-KE").text == "Kenya");
  CHECK(has_part(templates.preview("username_changed", by_sms, "en-KE").text, "the username of your account"));
  CHECK(templates.locales() == std::vector<std::string>{"ar", "en", "en-KE", "id", "sw"});
  CHECK(templates.preview("invitation", by_sms, "sw-TZ").locale == "sw");
  CHECK(
      has_part(templates.preview("invitation", by_email, "sw").text, "Karibu Med & Q: https://join.example.org/q3Jx"));
  CHECK(templates.preview("password_reset", by_sms, "sw").locale == "en");
}

TEST_CASE("Mistakes in the clinic's folder are named with their place", "[NOTE-4][core]") {
  const auto fault = [](const std::string& name, const std::string& text) {
    const TempFolder folder;
    write_in(folder, name, text);
    const auto found = faults_of(folder);
    return found.empty() ? std::string("none") : found.front();
  };
  const std::string rest = "[text]\n{{link}}\n[sms]\n{{link}}\n";
  CHECK(fault("en/invitation.txt", "[subject]\nHello\n" + rest) == "none");
  CHECK(fault("en/invitation.txt", "[subject]\nHello {{firstname}}\n" + rest) ==
        "en/invitation.txt:2:7: There is no variable `firstname`; did you mean `first_name`?");
  CHECK(fault("id/invitation.txt", "[subject]\nHello\n\n\n[text]\n{{link}}\n  {{#first_name}} x\n[sms]\n{{link}}\n") ==
        "id/invitation.txt:7:3: The section `first_name` is not closed.");
  CHECK(fault("en/invitation.txt", "[subject]\nHello\n[text]\nNo link.\n[sms]\n{{link}}\n") ==
        "en/invitation.txt:3:1: The section [text] has to have {{token}} or {{link}}, and not only inside of {{#…}} or "
        "{{^…}}.");
  CHECK(has_part(fault("en/portal_credentials.txt",
                       "[subject]\nx\n[text]\n{{username}}{{password}}\n[sms]\n{{username}} "
                       "{{#first_name}}{{password}}{{/first_name}}\n"),
                 "en/portal_credentials.txt:5:1: The section [sms] has to have {{password}}"));
  CHECK(fault("en/invitation.txt", "[subject]\nYour link {{link}}\n" + rest) ==
        "en/invitation.txt:2:11: `link` is secret, and a subject is shown everywhere.");
  CHECK(fault("en/invitation.txt", "[subject]\nx\ny\n" + rest) ==
        "en/invitation.txt:3:1: The section [subject] is a single line.");
  CHECK(fault("en/invitation.txt", "[subject]\nx\n[text]\n{{link}}\n") ==
        "en/invitation.txt:4:1: The section [sms] is missing.");
  CHECK(fault("en/invitation.txt", "[subject]\n\n" + rest) == "en/invitation.txt:1:1: The section [subject] is empty.");
  CHECK(fault("en/invitation.txt", "[subject]\nx\n[subject]\ny\n" + rest) ==
        "en/invitation.txt:3:1: The section [subject] stands there twice.");
  CHECK(fault("en/invitation.txt", "[subject]\nx\n" + rest + "[sms_shared]\nx\n") ==
        "en/invitation.txt:7:1: This kind of message has no section [sms_shared].");
  CHECK(fault("en/invitation.txt", "[subject]\nx\n" + rest + "[body]\nx\n") ==
        "en/invitation.txt:7:1: There is no section [body].");
  CHECK(
      has_part(fault("en/invitation.txt", "Hello\n[subject]\nx\n" + rest), "en/invitation.txt:1:1: Before the first"));
  CHECK(has_part(fault("en/invitation.txt", "[subject]\r\nx\r\n"), "en/invitation.txt:1:10: Lines end with"));
  CHECK(
      has_part(fault("en/invitation.txt", "[subject]\n\xFF\n"), "en/invitation.txt:1:1: The file is not valid UTF-8"));
  CHECK(has_part(fault("en/appointment_booked.txt",
                       "[subject]\nx\n[text]\n{{starts_at}}\n[sms]\n{{starts_at}}\n[sms_shared]\n"
                       "{{starts_at}}{{#doctor}}{{doctor}}{{/doctor}}\n"),
                 "en/appointment_booked.txt:8:25: `doctor` tells about the person's health"));
  CHECK(fault("en/invitaton.txt", "x") ==
        "en/invitaton.txt:1:1: There is no kind of message with this key; did you mean invitation?");
  CHECK(fault("EN/invitation.txt", "x") ==
        "EN/invitation.txt:1:1: The folder's name must be a BCP 47 tag, written en.");
  CHECK(fault("en/invitation.md", "x") == "en/invitation.md is neither named <key>.txt nor errors.json.");
  CHECK(fault("readme.txt", "x") == "readme.txt is neither layout.html nor a language's folder.");
  CHECK(fault("en/invitation.txt", std::string(65537, 'x')) == "en/invitation.txt is larger than 64 KiB.");
  CHECK(fault("layout.html", "<html>{{body}}{{footer}}") == "layout.html:1:15: There is no variable `footer`.");
  CHECK(has_part(fault("layout.html", "<html lang={{lang}} dir={{dir}}>"),
                 "layout.html:1:1: The layout has to have {{body}}"));
}

TEST_CASE("Messages are rendered by several threads at once", "[NOTE-4][core]") {
  std::vector<std::thread> threads;
  std::vector<std::string> texts(4);
  threads.reserve(texts.size());
  for (auto& text : texts)
    threads.emplace_back([&text] {
      for (int round = 0; round < 50; ++round)
        for (const auto* locale : {"en-KE", "ar-EG", "id", "en-GB"})
          text += medq().preview("appointment_changed", by_email, locale).text;
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& text : texts)
    CHECK(text == texts.front());
}
