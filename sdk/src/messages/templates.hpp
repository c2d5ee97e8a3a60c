#pragma once

/// \file
/// The texts of all messages (NOTE-4): from the SDK's own templates in `sdk/templates`, and from a folder of the
/// clinic's, whose files replace them one by one.

#include "messages/catalog.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

struct TemplateSettings {
  std::optional<std::string> folder{};  ///< with the clinic's own templates: `id/invitation.txt`, `layout.html`
  std::string locale = "en";            ///< where the person's language has no text
  std::string time_zone = "UTC";        ///< an IANA name
  std::string currency{};               ///< ISO 4217, of money that names none
  std::string clinic_name{};            ///< must not be blank
  /// `https://portal.example.org`, for addresses that begin with `/`. Empty: a message with such an address fails.
  std::string portal_address{};
};

enum class TextDirection : std::uint8_t { left_to_right, right_to_left };

/// Overwritten at its end, since it may contain a secret.
struct RenderedMessage {
  std::string locale;   ///< of the text that was found, a BCP 47 tag
  std::string subject;  ///< of an email, one line; else empty
  std::string text;     ///< lines end with a line feed
  std::string html;     ///< of an email; else empty
  TextDirection direction = TextDirection::left_to_right;

  RenderedMessage() = default;
  ~RenderedMessage();
  RenderedMessage(RenderedMessage&&) noexcept = default;
  RenderedMessage& operator=(RenderedMessage&&) noexcept = default;
};

/// Thread-safe.
class Templates {
 public:
  /// Compiles all texts. Throws Error(configuration_invalid), whose fields name each mistake with file, line and
  /// column, at most a hundred.
  explicit Templates(const TemplateSettings& settings);
  ~Templates();
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;

  /// The message in the person's language, or the nearest that there is: the locale, the same with fewer parts (`id`
  /// for `id-ID`), the clinic's, English. A locale that is no BCP 47 tag counts as none.
  /// `values` are those of message_kinds(), the secret among them under the name of MessageKind::secret(); others are
  /// not used. The secret is wiped.
  /// `shared_phone`: the SMS goes to a telephone that others read, too.
  /// Throws Error(validation_failed) that names the value which is missing or of another form, the unknown key, or the
  /// channel by which this kind does not go.
  RenderedMessage render(std::string_view key, MessageChannel channel, std::string_view locale,
                         boost::json::object values, bool shared_phone = false) const;
  /// The same with sample values.
  RenderedMessage preview(std::string_view key, MessageChannel channel, std::string_view locale,
                          bool shared_phone = false) const;
  /// The languages that have any text, in order.
  std::vector<std::string> locales() const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace clinic
