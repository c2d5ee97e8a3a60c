#pragma once

#include <clinic/services/common.hpp>
#include <clinic/words.hpp>

namespace clinic {

/// A message of the outbox, without its words.
struct MessageView {
  std::string id{};
  MessageChannel channel = MessageChannel::email;
  std::string message_template{};
  std::string locale{};
  std::string recipient{};
  MessageStatus status = MessageStatus::pending;
  std::int64_t attempts = 0;
  std::optional<Timestamp> due_at{};  ///< null once the message has ended
  std::optional<Timestamp> sent_at{};
  std::optional<Timestamp> delivered_at{};
  std::optional<std::string> failure{};
  std::optional<std::string> gateway_id{};
  std::optional<std::int64_t> parts{};
  std::optional<std::string> patient_id{};
  std::optional<std::string> user_id{};
  Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(MessageView, (),
                      (id, channel, message_template, locale, recipient, status, attempts, due_at, sent_at,
                       delivered_at, failure, gateway_id, parts, patient_id, user_id, created_at))

struct ListMessages {
  std::optional<MessageStatus> status{};
  std::optional<MessageChannel> channel{};
  std::optional<std::string> patient{};  ///< id or number
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = true;
};
BOOST_DESCRIBE_STRUCT(ListMessages, (), (status, channel, patient, after, limit, newest_first))

struct MessagePage {
  std::vector<MessageView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(MessagePage, (), (items, next))

struct MessageKey {
  std::string message{};
};
BOOST_DESCRIBE_STRUCT(MessageKey, (), (message))

template <>
struct FieldRules<MessageKey> {
  static constexpr std::array rules{FieldRule{"message", "Id of the message", Format::id, 64}};
};

struct DispatchMessages {
  std::optional<MessageChannel> channel{};  ///< else all
  std::int64_t limit = 1000;                ///< how many are taken up at the most
};
BOOST_DESCRIBE_STRUCT(DispatchMessages, (), (channel, limit))

template <>
struct FieldRules<DispatchMessages> {
  static constexpr std::array rules{
      FieldRule{"limit", "How many messages are taken up at the most", Format::none, 0, Exposure::open, 1, 1000000}};
};

/// What became of the messages that were taken up.
struct MessagesDispatched {
  std::int64_t sent = 0;
  std::int64_t later = 0;      ///< to be tried again, or put off
  std::int64_t unknown = 0;    ///< nobody knows whether they arrived, and the policy does not send them again
  std::int64_t dead = 0;       ///< given up
  std::int64_t cancelled = 0;  ///< the person does not want messages over this channel
  std::int64_t waiting = 0;    ///< still due, also over channels that have no notifier
};
BOOST_DESCRIBE_STRUCT(MessagesDispatched, (), (sent, later, unknown, dead, cancelled, waiting))

struct PreviewMessage {
  std::string message_template{};
  MessageChannel channel = MessageChannel::email;
  std::optional<std::string> locale{};
  bool shared_phone = false;
};
BOOST_DESCRIBE_STRUCT(PreviewMessage, (), (message_template, channel, locale, shared_phone))

/// A message in words, with sample values.
struct MessagePreview {
  std::string locale{};  ///< of the text that was found
  std::string subject{};
  std::string body{};
  std::string html{};
  bool right_to_left = false;
  std::int64_t parts = 0;  ///< of an SMS
};
BOOST_DESCRIBE_STRUCT(MessagePreview, (), (locale, subject, body, html, right_to_left, parts))

template <>
struct FieldRules<MessagePreview> {
  static constexpr std::array rules{
      FieldRule{"subject", "Subject of the email", Format::line, 1000},
      FieldRule{"body", "The text of the email, or the SMS", Format::multiline, 20000},
      FieldRule{"html", "The same as HTML", Format::multiline, 100000},
      FieldRule{"right_to_left", "Whether the language is written from right to left"},
  };
};

struct HttpHeader {
  std::string name{};
  std::string value{};
};
BOOST_DESCRIBE_STRUCT(HttpHeader, (), (name, value))

template <>
struct FieldRules<HttpHeader> {
  static constexpr std::array rules{FieldRule{"name", "Name of the header, in any case", Format::line, 256},
                                    FieldRule{"value", "Its value", Format::line, 16384, Exposure::secret}};
};

/// A gateway's call to the host's web server, as it came in.
struct MessageReceipt {
  MessageChannel channel = MessageChannel::sms;
  std::string method{};
  std::string url{};  ///< as the gateway called it, with scheme, host and query
  std::vector<HttpHeader> headers{};
  std::optional<std::string> body{};  ///< a GET has none
};
BOOST_DESCRIBE_STRUCT(MessageReceipt, (), (channel, method, url, headers, body))

template <>
struct FieldRules<MessageReceipt> {
  static constexpr std::array rules{
      FieldRule{"method", "HTTP method", Format::token, 16},
      FieldRule{"url", "The address as the gateway called it, with scheme, host and query", Format::line, 8192,
                Exposure::secret},
      FieldRule{"headers", "The headers of the call"},
      FieldRule{"body", "The body of the call", Format::multiline, 65536, Exposure::secret},
  };
};

struct ReceiptsRead {
  std::int64_t receipts = 0;
  std::int64_t messages_known = 0;  ///< the others are kept until their message knows what the gateway calls it
};
BOOST_DESCRIBE_STRUCT(ReceiptsRead, (), (receipts, messages_known))

/// Which messages a patient wants. Messages about the security of the account come regardless.
struct MessagePreferences {
  bool email = true;
  bool sms = true;
};
BOOST_DESCRIBE_STRUCT(MessagePreferences, (), (email, sms))

template <>
struct FieldRules<MessagePreferences> {
  static constexpr std::array rules{FieldRule{"email", "Whether the patient wants messages by email"},
                                    FieldRule{"sms", "Whether the patient wants messages by SMS"}};
};

struct PatientPreferences {
  std::string patient{};  ///< id or number
};
BOOST_DESCRIBE_STRUCT(PatientPreferences, (), (patient))

struct SetMessagePreferences {
  std::string patient{};  ///< id or number
  std::optional<bool> email{};
  std::optional<bool> sms{};
};
BOOST_DESCRIBE_STRUCT(SetMessagePreferences, (), (patient, email, sms))

template <>
struct FieldRules<SetMessagePreferences> {
  static constexpr std::array rules{FieldRule{"email", "Whether the patient wants messages by email"},
                                    FieldRule{"sms", "Whether the patient wants messages by SMS"}};
};

/// Messages to patients and users, on their way out. Thread-safe; every method throws Error.
class CLINIC_API NotificationService {
 public:
  explicit NotificationService(Session session) : session_(std::move(session)) {}

  MessagePage list(const ListMessages& request = {}, const CallOptions& options = {}) const;
  MessageView get(const MessageKey& request, const CallOptions& options = {}) const;
  /// Sends a message again that has ended, or now one that waits for a later try: as a new one, so that it has all its
  /// tries.
  MessageView retry(const MessageKey& request, const CallOptions& options = {}) const;
  /// Takes back a message that waits.
  MessageView cancel(const MessageKey& request, const CallOptions& options = {}) const;
  /// Sends what is due, in the calling thread and its helpers, and returns when nothing is due or `limit` were taken
  /// up.
  MessagesDispatched dispatch(const DispatchMessages& request = {}, const CallOptions& options = {}) const;
  /// A message in words, with sample values.
  MessagePreview preview(const PreviewMessage& request, const CallOptions& options = {}) const;
  /// Reads a gateway's delivery receipts. The gateway proves by signature or token that it is the one.
  ReceiptsRead receipt(const MessageReceipt& request, const CallOptions& options = {}) const;
  MessagePreferences preferences(const PatientPreferences& request, const CallOptions& options = {}) const;
  MessagePreferences set_preferences(const SetMessagePreferences& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
