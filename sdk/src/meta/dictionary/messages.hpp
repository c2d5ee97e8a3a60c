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
    FieldRule{"due_at", "When to send next"},
    FieldRule{"sent_at", "When it was sent"},
};

}  // namespace clinic::dictionary
