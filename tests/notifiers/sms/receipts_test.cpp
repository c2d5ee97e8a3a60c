#include "receipts.hpp"
#include "signatures.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <clinic/plugin/plugin.hpp>

#include <string>
#include <vector>

using namespace clinic::sms;
using clinic::plugin::Failure;
using namespace std::chrono_literals;

namespace {

const std::chrono::system_clock::time_point noon(1764374400s);  // 2025-11-29
const std::string id = "0190a7c0-0000-7000-8000-000000000001";

/// A call of a gateway, as a test changes it.
struct Receipt {
  std::string url;
  std::string body{};
  std::vector<std::string> headers{"content-type", "application/x-www-form-urlencoded; charset=UTF-8"};
  std::string method = "POST";

  clinic_receipt_request view() {
    pointers.clear();
    for (const auto& header : headers)
      pointers.push_back(header.c_str());
    return {sizeof(clinic_receipt_request),        method.c_str(), url.c_str(), pointers.data(), pointers.size() / 2,
            body.empty() ? nullptr : body.c_str(), body.size()};
  }
  std::vector<const char*> pointers{};
};

/// `message_id gateway_id delivery reason one_part`; what kept it from being read; or `nothing`.
std::string read(const std::string& url, Receipt receipt, std::chrono::system_clock::time_point now = noon) {
  const auto settings = Settings::parse(url);
  const auto text = [](const char* given) { return std::string(given == nullptr ? "-" : given); };
  std::string told = "nothing";
  try {
    read_receipt(settings, receipt.view(), now, [&](const clinic_receipt& found) {
      told = text(found.message_id) + " " + text(found.gateway_id) + " " + std::to_string(found.delivery) + " " +
             text(found.reason) + " " + std::to_string(found.one_part);
    });
  } catch (const Failure& failure) {
    CHECK(failure.code() == CLINIC_PLUGIN_REFUSED);
    CHECK(told == "nothing");
    return failure.what();
  }
  return told;
}

/// What Vonage's Messages API calls with, and a token for it by another implementation; the secret is canary-signature.
const std::string signed_body =
    R"({"message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","to":"447700900000","from":"447700900001","timestamp":"2025-01-01T14:00:00.000Z","status":"rejected","error":{"type":"https://developer.vonage.com/api-errors/sms#1000","title":1000},"client_ref":"0190a7c0-0000-7000-8000-000000000001"})";
const std::string signed_claims =
    "eyJpYXQiOjE3NjQzNzQ0MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxv"
    "YWRfaGFzaCI6ImYxOWNhYWI1YTI2YzZhMzllZjk3ZjVlY2U2ZWE5NWJiNTNmMGVhN2M2NjIwNzM4NjdjNmI2MmMzMTY5OWU5N2YiLCJhcGlfa2V5"
    "IjoiYTFiMmMzZCJ9";
const std::string signing_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + signed_claims + ".hacmcmnWcJEo1_fj9fmZZonjMyrWWzWHPXqs-AwpWDQ";

const std::string not_authentic = "the receipt is not authentic";

}  // namespace

TEST_CASE("Twilio's signature is that of its documentation", "[NOTE-8]") {
  const std::string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const auto form = [](const std::string& caller) {
    return Parameters{{"To", "+18005551212"},
                      {"Digits", "1234"},
                      {"CallSid", "CA1234567890ABCDE"},
                      {"From", caller},
                      {"Caller", caller}};
  };
  // of later and of earlier editions
  CHECK(signed_by_twilio("12345", url, form("+12349013030"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
  CHECK(signed_by_twilio("12345", url, form("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  CHECK_FALSE(signed_by_twilio("12346", url, form("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  CHECK_FALSE(signed_by_twilio("12345", url + "3", form("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  CHECK_FALSE(signed_by_twilio("12345", url, form("+14158675310"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  CHECK_FALSE(signed_by_twilio("12345", url, form("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8"));
  CHECK_FALSE(signed_by_twilio("12345", url, form("+14158675309"), ""));
}

TEST_CASE("receipts of Twilio", "[NOTE-8]") {
  const std::string twilio = "sms:twilio?account=AC1&token=canary-token&from=+1555";
  Receipt receipt{
      "https://clinic.example/sms?message=" + id,
      "AccountSid=ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX&ApiVersion=2010-04-01&ErrorCode=30008&From=%2B15005550006&"
      "MessageSid=SM2xxxxxx&MessageStatus=undelivered&SmsSid=SM2xxxxxx&SmsStatus=undelivered&To=%2B15005550010"};
  receipt.headers.insert(receipt.headers.end(), {"X-TWILIO-SIGNATURE", "+Gbt2T52MwhPStRDKpviPUFgq8w="});
  CHECK(read(twilio, receipt) == id + " SM2xxxxxx 3 30008 0");
  CHECK(read(twilio, receipt) == id + " SM2xxxxxx 3 30008 0");  // repeated: for the host to recognise
  auto with_port = receipt;                                     // signed with the port of https, and called without
  with_port.headers.back() = "uja+JnahnVUcsj1h8BszE0HnM50=";
  CHECK(read(twilio, with_port) == id + " SM2xxxxxx 3 30008 0");

  auto forged = receipt;
  forged.body.replace(forged.body.find("undelivered"), 11, "delivered");
  CHECK(read(twilio, forged) == not_authentic);
  forged = receipt;
  forged.url.back() = '2';
  CHECK(read(twilio, forged) == not_authentic);
  forged = receipt;
  forged.headers.resize(2);
  CHECK(read(twilio, forged) == not_authentic);
  forged = receipt;
  forged.headers[1] = "application/json";
  CHECK_FALSE(read(twilio, forged) == id + " SM2xxxxxx 3 30008 0");
}

TEST_CASE("receipts of Vonage with their signature", "[NOTE-8]") {
  const std::string vonage = "sms:vonage?key=k&secret=s&from=f&signature_secret=canary-signature";
  const std::string fields =
      "msisdn=447700900000&to=AcmeInc&network-code=12345&messageId=0A0000001234567B&price=0.03330000&status=failed&"
      "scts=2001011400&err-code=3&api-key=abcd1234&client-ref=" +
      id + "&message-timestamp=2025-11-29+00%3A00%3A00&timestamp=1764374400&nonce=a%26b%3Dc&sig=";
  const std::string signature = "52C962797C11C33255A02787F39F4064C8E9DEF83FA52511B74A20DC0E31A2B2";
  const std::string good = id + " 0A0000001234567B 3 3 1";
  const Receipt as_form{"https://clinic.example/sms", fields + signature};
  CHECK(read(vonage, as_form) == good);
  CHECK(read(vonage, {"https://clinic.example/sms?" + fields + signature, "", {}, "GET"}) == good);
  const std::string json =
      R"({"msisdn":"447700900000","to":"AcmeInc","network-code":"12345","messageId":"0A0000001234567B",
    "price":"0.03330000","status":"failed","scts":"2001011400","err-code":"3","api-key":"abcd1234","client-ref":")" +
      id + R"(","message-timestamp":"2025-11-29 00:00:00","timestamp":"1764374400","nonce":"a&b=c","sig":")";
  CHECK(read(vonage, {"https://clinic.example/sms", json + signature + "\"}", {"Content-Type", "application/json"}}) ==
        good);

  auto forged = as_form;
  forged.body.replace(forged.body.find("failed"), 6, "expired");
  CHECK(read(vonage, forged) == not_authentic);
  CHECK(read(vonage, {"https://clinic.example/sms", fields}) == not_authentic);
  CHECK(read(vonage + "x", as_form) == not_authentic);
  // replayed: within a day it is a repetition, which Vonage makes itself
  CHECK(read(vonage, as_form, noon + 23h) == good);
  CHECK(read(vonage, as_form, noon + 25h) == not_authentic);
  CHECK(read(vonage, as_form, noon - 1h) == not_authentic);
}

TEST_CASE("receipts that a JWT of Vonage signs", "[NOTE-8]") {
  const auto &body = signed_body, &claims = signed_claims, &token = signing_token;
  const auto is_signed = [&](const std::string& authorization, const std::string& text,
                             std::chrono::system_clock::time_point now = noon) {
    return signed_by_vonage_jwt("canary-signature", authorization, text, now);
  };
  CHECK(is_signed("Bearer " + token, body));
  CHECK(is_signed("bearer " + token, body, noon + 23h));
  CHECK_FALSE(is_signed("Bearer " + token, body, noon + 25h));
  CHECK_FALSE(is_signed("Bearer " + token, body, noon - 1h));
  CHECK_FALSE(is_signed("Bearer " + token, body + " "));
  CHECK_FALSE(is_signed("Bearer " + token, ""));
  CHECK_FALSE(is_signed("Basic " + token, body));
  CHECK_FALSE(is_signed(token, body));
  CHECK_FALSE(is_signed("", body));
  CHECK_FALSE(is_signed("Bearer ..", body));
  CHECK_FALSE(is_signed("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + claims + ".", body));
  CHECK_FALSE(is_signed("Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9." + claims +
                            ".ApOkoRo2PvHWImhcvTIE9pa6nQgrimjLLEcs3ofeWcPcwEaKd4dleZPAQI-sECt9q9YFDRBW3VcW9rYfFPjZAw",
                        body));
  CHECK_FALSE(is_signed("Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9." + claims +
                            ".l7zptCD0OOg6zR2uZnOrkqVXctEmEb4HRQ4HyCH2iB0",  // by HS256, and said to be by HS512
                        body));
  CHECK_FALSE(signed_by_vonage_jwt("canary-signaturf", "Bearer " + token, body, noon));
  const std::string expiring =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
      "eyJpYXQiOjE3NjQzNzQ0MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxv"
      "YWRf"
      "aGFzaCI6ImYxOWNhYWI1YTI2YzZhMzllZjk3ZjVlY2U2ZWE5NWJiNTNmMGVhN2M2NjIwNzM4NjdjNmI2MmMzMTY5OWU5N2YiLCJhcGlfa2V5Ijoi"
      "YTFi"
      "MmMzZCIsImV4cCI6MTc2NDM3NDQ2MH0.zYgqKMrQmhiDF2XqOTUDkxGtV91WdoC39n1sZZvL52w";
  CHECK(is_signed("Bearer " + expiring, body, noon + 59s));
  CHECK_FALSE(is_signed("Bearer " + expiring, body, noon + 60s));
}

TEST_CASE("receipts of a gateway file of one's own", "[NOTE-3][NOTE-8]") {
  const clinic::test::TempFolder folder;
  const auto file = folder.write("messages.json", R"({"name": "G", "options": {"signature_secret": {"secret": true}},
    "request": {"url": "https://g.example/", "json": {"webhook_url": "{receipt_url}"}}, "answer": {"accepted": {"status": [202]}},
    "receipts": {"authentication": [{"kind": "vonage-jwt", "secret": "signature_secret"}], "message_id": {"json": "/client_ref"},
                 "gateway_id": {"json": "/message_uuid"}, "state": {"json": "/status"}, "reason": {"json": "/error/title"},
                 "states": {"rejected": "failed"}}})");
  Receipt receipt{"https://clinic.example/sms", signed_body};
  receipt.headers = {"Content-Type", "application/json", "Authorization", "Bearer " + signing_token};
  const auto url = "sms:" + file + "?signature_secret=canary-signature&receipts=https://clinic.example/sms";
  CHECK(read(url, receipt) == id + " aaaaaaaa-bbbb-cccc-dddd-0123456789ab 3 1000 0");
  receipt.body.replace(receipt.body.find("rejected"), 8, "accepted");
  CHECK(read(url, receipt) == not_authentic);
}

TEST_CASE("receipts that a token shows to be authentic", "[NOTE-8]") {
  const std::string africa = "sms:africastalking?username=u&api_key=k&receipt_token=canary-canary-canary";
  const Receipt good{
      "https://clinic.example/sms?token=canary-canary-canary",
      "id=ATXid_1&status=Rejected&phoneNumber=%2B254711XXXYYY&networkCode=63902&failureReason=InsufficientCredit"};
  CHECK(read(africa, good) == "- ATXid_1 3 InsufficientCredit 0");
  for (const char* token : {"", "canary", "canary-canary-canarx", "canary-canary-canary%00", "canary-canary-canaryy"})
    CHECK(read(africa, {"https://clinic.example/sms?token=" + std::string(token), good.body}) == not_authentic);
  CHECK(read(africa, {"https://clinic.example/sms", good.body + "&token=canary-canary-canary"}) == not_authentic);
  auto sentence = good;  // a reason is a code, and not words with a number in them
  sentence.body.replace(sentence.body.find("InsufficientCredit"), 18, "No+credit+at+254711000111");
  CHECK(read(africa, sentence) == "- ATXid_1 3 - 0");

  const std::string kannel =
      "sms:kannel?username=u&password=p&url=http://127.0.0.1/&receipt_token=canary-canary-canary&receipts=https://"
      "c.example/";
  const auto state = [&](const std::string& number) {
    return read(kannel,
                {"https://c.example/?message=" + id + "&token=canary-canary-canary&state=" + number, "", {}, "GET"});
  };
  CHECK(state("1") == id + " - 2 - 0");
  CHECK(state("2") == id + " - 3 - 0");
  CHECK(state("4") == id + " - 1 - 0");
  CHECK(state("8") == id + " - 1 - 0");
  CHECK(state("16") == id + " - 3 - 0");
  CHECK(state("5") == "nothing");
  CHECK(state("") == "the receipt tells no state");
  const auto told = read(kannel, {"https://c.example/?token=canary-canary-canary&state=1", "", {}, "GET"});
  CHECK(told == "the receipt names no message");
}

TEST_CASE("receipts are refused where no secret is given", "[NOTE-8]") {
  const Receipt receipt{"https://clinic.example/sms?token=", "id=1&status=Success"};
  CHECK_THAT(read("sms:africastalking?username=u&api_key=k", receipt), Catch::Matchers::Contains("not set up"));
}

TEST_CASE("calls that make no sense are refused", "[NOTE-8]") {
  const std::string africa = "sms:africastalking?username=u&api_key=k&receipt_token=canary-canary-canary";
  const std::string url = "https://clinic.example/sms?token=canary-canary-canary";
  CHECK_THAT(read(africa, {url + "&a=%zz", "id=1&status=Success"}), Catch::Matchers::Contains("percent"));
  CHECK_THAT(read(africa, {url, "{", {"Content-Type", "application/json"}}), Catch::Matchers::Contains("no JSON"));
  CHECK_THAT(read(africa, {url, "<xml/>", {"Content-Type", "text/xml"}}), Catch::Matchers::Contains("neither"));
  CHECK_THAT(read(africa, {"", "id=1&status=Success"}), Catch::Matchers::Contains("not authentic"));
}
