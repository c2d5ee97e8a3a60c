#pragma once

#include <clinic/field_rule.hpp>

#include <array>

namespace clinic::dictionary {

/// Logins, tokens and attempts.
inline constexpr std::array access = {
    FieldRule{"login", "Email, phone number, username or patient number", Format::typed, 254, Exposure::personal},
    FieldRule{"current_password", "The password up to now", Format::password, 72, Exposure::secret},
    FieldRule{"new_password", "The password from now on", Format::password, 72, Exposure::secret},
    FieldRule{"access_token", "Token for calls, a JWT (RFC 7519)", Format::line, 8192, Exposure::secret},
    FieldRule{"refresh_token", "Token to exchange for new ones, once", Format::line, 512, Exposure::secret},
    FieldRule{"token_type", "How the access token is sent: Bearer (RFC 6750)", Format::token, 20},
    FieldRule{"expires_in", "Seconds until the access token ends", Format::none, 0, Exposure::open, 0},
    FieldRule{"refresh_expires_at", "When the refresh token ends"},
    FieldRule{"verification_token", "What a code must come with", Format::token, 128, Exposure::secret},
    FieldRule{"verified_token", "What shows that the contact was proven; good once", Format::token, 128,
              Exposure::secret},
    FieldRule{"resend_at", "From when on another code is sent"},
    FieldRule{"contact", "Email or phone as it was typed", Format::line, 254, Exposure::personal},
    FieldRule{"contact_key", "Email or phone in normal form", Format::line, 254, Exposure::internal},
    FieldRule{"code_hash", "Keyed hash of the code", Format::line, 64, Exposure::internal},
    FieldRule{"proof_hash", "Hash of the token that uses the proof", Format::line, 64, Exposure::internal},
    FieldRule{"code_sent_at", "When the last code was sent"},
    FieldRule{"phone_unproven_since", "Since when the phone is one that a stranger gave", Format::none, 0,
              Exposure::internal},
    FieldRule{"token", "The token of the link", Format::token, 128, Exposure::secret},
    FieldRule{"imported_hash", "Password hash from elsewhere: crypt(3) format or Django's pbkdf2_sha256", Format::line,
              255, Exposure::secret},
    FieldRule{"users", "The users"},
    FieldRule{"users_created", "How many users were made"},
    FieldRule{"users_known", "How many were there already"},
    FieldRule{"index", "Position in the request, from 0", Format::none, 0, Exposure::open, 0},
    FieldRule{"sessions_ended", "How many logins were ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"scopes", "Roles that may do it on some records only"},
    FieldRule{"scope", "On which records: own, or linked (own and those on the same account)", Format::token, 20},
    FieldRule{"purpose", "What the token is good for"},
    FieldRule{"token_hash", "Hash of the token", Format::line, 64, Exposure::internal},
    FieldRule{"spent_at", "When it was used"},
    FieldRule{"generation", "How often the refresh token was exchanged", Format::none, 0, Exposure::internal},
    FieldRule{"previous_token_hash", "Hash of the token before", Format::line, 64, Exposure::internal},
    FieldRule{"refreshed_at", "When tokens were last exchanged"},
    FieldRule{"last_attempt_at", "When the last attempt was made"},
};

}  // namespace clinic::dictionary
