#include "messages/catalog.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace clinic {
namespace {

using enum VariableType;

// Of several kinds.
constexpr MessageVariable clinic_name{
    .name = "clinic_name", .type = text, .sample = "MedQ", .help = "The clinic's name, from its settings"};
constexpr MessageVariable first_name{
    .name = "first_name", .type = text, .sample = "John", .help = "The person's first name", .optional = true};
constexpr MessageVariable username{
    .name = "username", .type = text, .sample = "john@email.com", .help = "The login name"};
constexpr MessageVariable username_needed{
    .name = "username", .type = text, .sample = "john@email.com", .help = "The login name", .needed = true};
constexpr MessageVariable login_url{
    .name = "login_url", .type = url, .sample = "/patient-portal/login", .help = "Where to log in"};
constexpr MessageVariable password{
    .name = "password", .type = secret, .sample = "xK9mP2nQ7vR3", .help = "The temporary password", .needed = true};
constexpr MessageVariable token{.name = "token",
                                .type = secret,
                                .sample = "q3JxYt0Zr5vN8sKb2LwH7mDfGc4PaEuT9iRoXy1VnQk",
                                .help = "The single-use token",
                                .needed = true};
constexpr MessageVariable link{
    .name = "link", .type = url, .sample = "", .help = "`login_url` with the token: made by the SDK"};
constexpr MessageVariable valid_until{.name = "valid_until",
                                      .type = datetime,
                                      .sample = "2026-12-01T07:30:00Z",
                                      .help = "When the secret ends",
                                      .optional = true};
constexpr MessageVariable valid_minutes{.name = "valid_minutes",
                                        .type = count,
                                        .sample = "15",
                                        .help = "For how many minutes the code is valid",
                                        .optional = true};
constexpr MessageVariable starts_at{.name = "starts_at",
                                    .type = datetime,
                                    .sample = "2026-12-01T07:30:00Z",
                                    .help = "When the appointment begins",
                                    .needed = true};
constexpr MessageVariable doctor{.name = "doctor",
                                 .type = text,
                                 .sample = "Dr. Amina Yusuf",
                                 .help = "The doctor's name",
                                 .optional = true,
                                 .clinical = true};
constexpr MessageVariable department{.name = "department",
                                     .type = text,
                                     .sample = "Cardiology",
                                     .help = "The department",
                                     .optional = true,
                                     .clinical = true};

constexpr std::array by_link{clinic_name, first_name, username, login_url, token, link, valid_until};
constexpr std::array credentials{clinic_name, first_name, username_needed, login_url, password, valid_until};
constexpr std::array of_account{clinic_name, first_name, username, login_url};
constexpr std::array code{
    clinic_name, first_name,
    MessageVariable{.name = "code", .type = secret, .sample = "123456", .help = "The code", .needed = true},
    valid_minutes};
constexpr std::array clinic_alone{clinic_name, login_url};
constexpr std::array ivr_account{
    clinic_name, first_name,
    MessageVariable{
        .name = "username", .type = text, .sample = "+919999999999", .help = "The login name", .needed = true},
    MessageVariable{.name = "password", .type = secret, .sample = "ABC12345", .help = "The password", .needed = true},
    login_url};
constexpr std::array appointment{clinic_name, first_name, starts_at, doctor, department, login_url};
constexpr std::array appointment_changed{clinic_name,
                                         first_name,
                                         starts_at,
                                         MessageVariable{.name = "was_at",
                                                         .type = datetime,
                                                         .sample = "2026-11-30T06:00:00Z",
                                                         .help = "When it began before",
                                                         .optional = true},
                                         doctor,
                                         department,
                                         login_url};
constexpr std::array stock{
    clinic_name,
    MessageVariable{.name = "item", .type = text, .sample = "Paracetamol 500 mg", .help = "The item", .needed = true},
    MessageVariable{.name = "quantity", .type = count, .sample = "3", .help = "How many are left", .needed = true},
    MessageVariable{.name = "reorder_level",
                    .type = count,
                    .sample = "10",
                    .help = "From which number on it is to be ordered",
                    .optional = true}};

constexpr std::array kinds{
    MessageKind{.key = "email_code",
                .help = "A code that proves an email address",
                .variables = code,
                .sms = false,
                .security = true},
    MessageKind{.key = "phone_code",
                .help = "A code that proves a telephone number",
                .variables = code,
                .email = false,
                .security = true},
    MessageKind{.key = "already_registered",
                .help = "Somebody wanted to register with a contact that has an account",
                .variables = clinic_alone,
                .security = true},
    MessageKind{.key = "welcome_credentials",
                .help = "Welcome, with the first credentials",
                .variables = credentials,
                .security = true},
    MessageKind{.key = "invitation",
                .help = "An invitation to choose a password",
                .variables = by_link,
                .security = true,
                .link_parameter = "invitation"},
    MessageKind{.key = "password_reset",
                .help = "The link of a password reset",
                .variables = by_link,
                .security = true,
                .link_parameter = "password_reset"},
    MessageKind{.key = "portal_credentials",
                .help = "The credentials of a portal account",
                .variables = credentials,
                .security = true},
    MessageKind{.key = "contact_changed",
                .help = "The account's email or telephone number was changed; goes to the old one",
                .variables = of_account,
                .security = true},
    MessageKind{.key = "username_changed",
                .help = "The account's login name was changed",
                .variables = of_account,
                .security = true},
    MessageKind{.key = "password_changed",
                .help = "The account's password was changed",
                .variables = of_account,
                .security = true},
    MessageKind{
        .key = "ivr_synced", .help = "A booking by telephone was put on the web account", .variables = of_account},
    MessageKind{.key = "ivr_welcome",
                .help = "A booking by telephone made an account",
                .variables = ivr_account,
                .email = false,
                .security = true},
    MessageKind{.key = "link_offer",
                .help = "Bookings by telephone wait to be linked to the web account",
                .variables = of_account},
    MessageKind{
        .key = "appointment_booked", .help = "An appointment was booked", .variables = appointment, .clinical = true},
    MessageKind{.key = "appointment_changed",
                .help = "An appointment was moved",
                .variables = appointment_changed,
                .clinical = true},
    MessageKind{.key = "appointment_cancelled",
                .help = "An appointment was cancelled",
                .variables = appointment,
                .clinical = true},
    MessageKind{
        .key = "appointment_reminder", .help = "An appointment is near", .variables = appointment, .clinical = true},
    MessageKind{.key = "low_stock", .help = "An item of the stock runs out; goes to staff", .variables = stock},
};

constexpr std::array of_layout{
    MessageVariable{.name = "lang", .type = text, .sample = "en", .help = "The language, a BCP 47 tag", .needed = true},
    MessageVariable{
        .name = "dir", .type = text, .sample = "ltr", .help = "The direction of writing: ltr or rtl", .needed = true},
    MessageVariable{.name = "subject", .type = text, .sample = "Welcome", .help = "The subject"},
    MessageVariable{.name = "clinic_name", .type = text, .sample = "MedQ", .help = "The clinic's name"},
    MessageVariable{.name = "body", .type = markup, .sample = "<p>Hello</p>", .help = "The paragraphs", .needed = true},
};

}  // namespace

const MessageVariable* MessageKind::find(std::string_view name) const {
  const auto found = std::find_if(variables.begin(), variables.end(), [&](const auto& v) { return v.name == name; });
  return found == variables.end() ? nullptr : &*found;
}

const MessageVariable* MessageKind::secret() const {
  const auto found = std::find_if(variables.begin(), variables.end(),
                                  [](const auto& variable) { return variable.type == VariableType::secret; });
  return found == variables.end() ? nullptr : &*found;
}

std::span<const MessageKind> message_kinds() { return kinds; }

const MessageKind* find_message_kind(std::string_view key) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.key == key; });
  return found == kinds.end() ? nullptr : &*found;
}

std::span<const MessageVariable> layout_variables() { return of_layout; }

std::string_view type_word(VariableType type) {
  constexpr std::array<std::string_view, 8> words{"text",  "url",   "date",   "datetime",
                                                  "money", "count", "secret", "markup"};
  return words[static_cast<std::size_t>(type)];
}

boost::json::object sample_values(const MessageKind& kind) {
  boost::json::object values;
  for (const auto& variable : kind.variables) {
    if (variable.name == "clinic_name" || variable.name == "link") continue;
    if (variable.type == count) {
      std::int64_t number = 0;
      std::from_chars(variable.sample.data(), variable.sample.data() + variable.sample.size(), number);
      values[variable.name] = number;
    } else {
      values[variable.name] = boost::json::string_view(variable.sample.data(), variable.sample.size());
    }
  }
  return values;
}

}  // namespace clinic
