#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// Events and messages on their way out.
inline constexpr std::array messages = {
    FieldRule{"type", "Kind of event, patient.registered", Format::token, 100},
    FieldRule{"data", "Details"},
    FieldRule{"channel", "Email or SMS"},
    FieldRule{"message_template", "Key of the message template", Format::token, 100},
    FieldRule{"recipient", "Address the message goes to", Format::line, 254, Exposure::personal},
    FieldRule{"sealed_secret", "What is secret in the message, encrypted", Format::line, 4096, Exposure::internal},
    FieldRule{"attempts", "How often sending was tried", Format::none, 0, Exposure::open, 0},
    FieldRule{"due_at", "When to send next. While a dispatcher sends: when another one may take the message"},
    FieldRule{"sent_at", "When it was sent"},
    FieldRule{"failure", "Why the last try did not succeed, in a word and the gateway's code", Format::line, 100},
    FieldRule{"gateway_id", "What the gateway calls the message", Format::line, 191},
    FieldRule{"parts", "How many parts an SMS was sent in", Format::none, 0, Exposure::open, 0},
    FieldRule{"delivered_at", "When it arrived, as the gateway tells"},
    FieldRule{"sent", "Messages that the server or gateway took", Format::none, 0, Exposure::open, 0},
    FieldRule{"later", "Messages that are tried again later, or put off", Format::none, 0, Exposure::open, 0},
    FieldRule{"unknown", "Messages of which nobody knows whether they arrived", Format::none, 0, Exposure::open, 0},
    FieldRule{"dead", "Messages that were given up", Format::none, 0, Exposure::open, 0},
    FieldRule{"cancelled", "Messages that the person does not want", Format::none, 0, Exposure::open, 0},
    FieldRule{"waiting", "Messages that are still due, also over channels without a notifier", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"shared_phone", "As an SMS to a telephone that several patients share"},
    FieldRule{"receipts", "Receipts that were read", Format::none, 0, Exposure::open, 0},
    FieldRule{"messages_known", "Receipts whose message is known", Format::none, 0, Exposure::open, 0},
    FieldRule{"messages_given_up", "Messages that nobody has sent for `message_hours`", Format::none, 0, Exposure::open,
              0},
    FieldRule{"messages_removed", "Messages and receipts that were removed", Format::none, 0, Exposure::open, 0},
    FieldRule{"events_removed", "Events that were removed", Format::none, 0, Exposure::open, 0},
    FieldRule{"message_id", "Id of the message", Format::id, 64},
    FieldRule{"delivery_state", "What the gateway tells of the message"},
    FieldRule{"one_part", "Whether the receipt is about one part of an SMS"},
    FieldRule{"wanted", "Whether the person wants messages over this channel"},
    FieldRule{"position", "Place in the order of events; a subscriber goes on behind the last one it has seen",
              Format::none, 0, Exposure::open, 0},
};

}  // namespace clinic::dictionary
