#include "domains/people/notices.hpp"

#include "domains/people/contacts.hpp"
#include "domains/people/people.hpp"

namespace clinic {
namespace {

OutboxMessage message_to(const Call& call, const User& user, std::string_view message_template,
                         std::optional<std::int64_t> valid_until = {}) {
  OutboxMessage message;
  message.channel = user.email ? MessageChannel::email : MessageChannel::sms;
  message.recipient = user.email ? *user.email : *user.phone_key;
  message.message_template = message_template;
  message.locale = user.locale.value_or(call.policy().locale);
  message.patient_id = user.patient_id;
  message.user_id = user.id;
  message.data.text = json_object({{"username", user.username},
                                   {"login_url", call.policy().login_url},
                                   {"first_name", user.first_name.value_or("")},
                                   {"valid_until", valid_until}});
  return message;
}

}  // namespace

bool reachable(const User& user) { return user.email || (user.phone_key && !user.phone_unproven_since); }

void announce_credentials(UnitOfWork& work, const Call& call, const User& user, std::string_view message_template,
                          const std::string& secret, Timestamp valid_until) {
  work.send(message_to(call, user, message_template, valid_until.time_since_epoch().count()), secret);
}

void tell_owner(UnitOfWork& work, const Call& call, const User& was, const User& now) {
  if (!was.claimed_at || !reachable(was)) return;
  const auto tell = [&](std::string_view message_template) {
    auto message = message_to(call, was, message_template);
    message.user_id = now.id;
    message.patient_id = now.patient_id;
    work.send(std::move(message));
  };
  // A username that is the contact goes along with it, and is no news of its own.
  if (was.email_key != now.email_key || phone_of(was) != phone_of(now))
    tell("contact_changed");
  else if (was.username_key != now.username_key)
    tell("username_changed");
  if (was.password_hash != now.password_hash) tell("password_changed");
}

void tell_owner_of_lost_contact(UnitOfWork& work, const Call& call, const User& now) {
  if (now.claimed_at && reachable(now)) work.send(message_to(call, now, "contact_changed"));
}

}  // namespace clinic
