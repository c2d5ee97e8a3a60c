/// \file
/// A notifier that hands emails to a mail server (RFC 5321), over TLS, with mails of our own making (RFC 5322, MIME).

#include "connections.hpp"
#include "mail.hpp"

#include <clinic/plugin/notifier.hpp>

#include <chrono>

namespace {

using clinic::plugin::Failure;
using clinic::plugin::detail::text;
using namespace clinic::smtp;

class SmtpNotifier final : public clinic::plugin::Notifier {
 public:
  SmtpNotifier(clinic::plugin::Host, std::string_view url) : connections_(Options::parse(url)) {}

  void submit(const clinic_outgoing_message& message, clinic_submission& submission) override {
    if (!serves(text(message.channel))) throw Failure::refused("this notifier sends emails only");
    const auto mail = mail_of(message);
    const auto reply = connections_.send({mail.from.address, mail.to.address}, compose(mail));
    clinic::plugin::detail::copy_text(submission.gateway_id, reply.queue_id());
  }

  bool serves(std::string_view channel) const noexcept override { return channel == "email"; }
  void health() override { connections_.check(); }

 private:
  Mail mail_of(const clinic_outgoing_message& message) const {
    const auto& options = connections_.options();
    Mail mail;
    mail.from = options.from;
    mail.reply_to = options.reply_to;
    mail.to.address = text(message.recipient);
    mail.id = text(message.id);
    mail.locale = text(message.locale);
    mail.subject = text(message.subject);
    mail.text = text(message.text);
    mail.html = text(message.html);
    if (CLINIC_PLUGIN_HAS(&message, created_at)) {
      mail.to.name = text(message.recipient_name);
      mail.created_at = message.created_at;
    } else {  // a host of before 1.2 does not say
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      mail.created_at = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    }
    return mail;
  }

  Connections connections_;
};

}  // namespace

CLINIC_NOTIFIER_PLUGIN(SmtpNotifier, "smtp", CLINIC_PLUGIN_VERSION, "MIT");
