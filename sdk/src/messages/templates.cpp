#include "messages/templates.hpp"

#include "base/formats.hpp"
#include "base/wiping.hpp"
#include "messages/built_in_templates.hpp"
#include "messages/outputs.hpp"
#include "messages/prepared_values.hpp"
#include "messages/region_formats.hpp"
#include "messages/template_folder.hpp"
#include "messages/values.hpp"
#include "meta/field_errors.hpp"

#include <clinic/text.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <map>

namespace clinic {
namespace {

using Tags = std::vector<std::string>;

/// The tag, and the same with fewer and fewer parts.
void add_tags(std::string_view locale, Tags& tags) {
  const auto canonical = canonical_language_tag(locale);
  if (!canonical) return;
  for (std::string_view tag = *canonical; !tag.empty(); tag = shorter_language_tag(tag))
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.emplace_back(tag);
}

bool is_of_language(std::string_view tag, std::string_view language) {
  return tag == language || (tag.starts_with(language) && tag[language.size()] == '-');
}

}  // namespace

RenderedMessage::~RenderedMessage() {
  wipe(subject);
  wipe(text);
  wipe(html);
}

class Templates::Impl {
 public:
  explicit Impl(const TemplateSettings& settings) : settings_(settings), zone_(settings.time_zone) {
    std::vector<FieldError> errors;
    check_settings(errors);
    for (const auto& file : built_in_templates())
      add({std::string(file.path), std::string(file.path), std::string(file.text)}, errors);
    if (settings_.folder)
      for (const auto& file : read_template_folder(*settings_.folder, errors))
        add(file, errors);
    if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
    add_tags(settings_.locale, last_choices_);
    add_tags("en", last_choices_);
  }

  RenderedMessage render(std::string_view key, MessageChannel channel, std::string_view locale,
                         boost::json::object values, bool shared_phone) const {
    const auto* kind = find_message_kind(key);
    if (kind == nullptr) refuse("message_template", "unknown_word", "There is no kind of message with this key.");
    if (!kind->goes_by(channel))
      refuse("channel", "not_applicable", "This kind of message does not go by this channel.");
    const PreparedValues prepared(std::move(values), *kind, settings_.clinic_name, settings_.portal_address);
    const auto choice = choose(key, locale);
    const auto& texts = *choice.texts;
    const auto& formats = *choice.formats;

    RenderedMessage message;
    message.locale = *choice.tag;
    const bool right_to_left = formats.right_to_left();
    if (right_to_left) message.direction = TextDirection::right_to_left;
    const auto plain = [&](const TemplateProgram& program, std::string& out) {
      PlainOutput output(out, right_to_left);
      program.render(prepared.get(), formats, context(), output);
      while (out.ends_with('\n') || out.ends_with(' '))
        out.pop_back();
    };
    if (channel == MessageChannel::sms) {
      plain(kind->clinical && shared_phone ? *texts.sms_shared : *texts.sms, message.text);
      return message;
    }
    plain(*texts.subject, message.subject);
    plain(*texts.text, message.text);
    std::string button;
    if (texts.button) plain(*texts.button, button);
    HtmlOutput paragraphs(right_to_left, button);
    texts.text->render(prepared.get(), formats, context(), paragraphs);
    lay_out(message, paragraphs.finish(), formats);
    return message;
  }

  std::vector<std::string> locales() const {
    std::vector<std::string> tags;
    for (const auto& [tag, language] : languages_)
      tags.push_back(tag);
    return tags;
  }

 private:
  struct Language {
    LanguageFormats formats;
    std::map<std::string, MessageTexts, std::less<>> texts;  ///< by key
  };
  struct Choice {
    const std::string* tag;
    const MessageTexts* texts;
    std::shared_ptr<const LanguageFormats> formats;
  };

  [[noreturn]] static void refuse(std::string_view path, std::string_view code, std::string_view message) {
    throw Error(ErrorCode::validation_failed, {}, {{std::string(path), std::string(code), std::string(message)}});
  }

  void check_settings(std::vector<FieldError>& errors) {
    FieldErrors out(errors);
    if (is_blank(settings_.clinic_name))
      out.add_sentence("clinic_name", "required", "The clinic's name is needed, since messages are signed with it.");
    if (!canonical_language_tag(settings_.locale))
      out.add_sentence("locale", "invalid_format", "The locale must be a BCP 47 tag, such as en or ar-EG.");
    if (!settings_.currency.empty() && !is_currency(settings_.currency))
      out.add_sentence("currency", "invalid_format", "The currency must be an ISO 4217 code, such as KES.");
    auto& address = settings_.portal_address;
    while (address.ends_with('/'))
      address.pop_back();
    if (!address.empty() && !is_base_address(address))
      out.add_sentence("portal_address", "invalid_format",
                       "The portal's address must be one such as https://portal.example.org, without a query.");
  }

  void add(const TemplateText& file, std::vector<FieldError>& errors) {
    std::vector<TemplateFault> faults;
    if (file.path == "layout.html")
      read_layout(file, faults);
    else if (!file.path.ends_with("/errors.json"))  // see ErrorTexts
      read_texts(file, faults);
    add_template_faults(file, faults, errors);
  }

  void read_layout(const TemplateText& file, std::vector<TemplateFault>& faults) {
    if (!valid_utf8(file.text)) {
      faults.push_back({1, 1, "invalid_utf8", "The file is not valid UTF-8."});
      return;
    }
    const LanguageFormats english("en");
    TemplateProgram layout(file.text, 1, layout_variables(), english, {}, faults);
    for (const auto& variable : layout_variables())
      if (variable.needed && !layout.always_uses(variable.name))
        faults.push_back({1, 1, "required", "The layout has to have {{" + std::string(variable.name) + "}}."});
    layout_ = std::move(layout);
  }

  void read_texts(const TemplateText& file, std::vector<TemplateFault>& faults) {
    const auto [folder, key] = template_path(file.path);
    const auto tag = canonical_language_tag(folder);
    if (!tag || *tag != folder) {
      faults.push_back({1, 1, "invalid_format",
                        "The folder's name must be a BCP 47 tag" + (tag ? ", written " + *tag : std::string()) + "."});
      return;
    }
    const auto* kind = find_message_kind(key);
    if (kind == nullptr) {
      std::vector<std::string_view> keys;
      for (const auto& known : message_kinds())
        keys.push_back(known.key);
      const auto near = suggestion(key, keys);
      faults.push_back({1, 1, "unknown_word",
                        "There is no kind of message with this key" +
                            (near.empty() ? "." : "; did you mean " + std::string(near) + "?")});
      return;
    }
    auto found = languages_.find(*tag);
    if (found == languages_.end()) found = languages_.emplace(*tag, Language{LanguageFormats(*tag), {}}).first;
    auto& language = found->second;
    language.texts.insert_or_assign(std::string(key), read_message_texts(file, *kind, language.formats, faults));
  }

  Choice choose(std::string_view key, std::string_view locale) const {
    Tags tags;
    add_tags(locale, tags);
    const auto asked = tags.empty() ? std::string() : tags.front();
    tags.insert(tags.end(), last_choices_.begin(), last_choices_.end());
    for (const auto& tag : tags) {
      const auto language = languages_.find(tag);
      if (language == languages_.end()) continue;
      const auto texts = language->second.texts.find(key);
      if (texts == language->second.texts.end()) continue;
      return {&language->first, &texts->second, formats_of(language->second.formats, asked)};
    }
    refuse("locale", "not_found", "There is no text of this message.");  // English has all: a test says so
  }

  /// Dates are written as where the person lives, else as where the clinic is, if that has the same language.
  std::shared_ptr<const LanguageFormats> formats_of(const LanguageFormats& own, const std::string& asked) const {
    for (const auto& exact : {asked, last_choices_.front()})
      if (exact.size() > own.tag().size() && is_of_language(exact, own.tag())) return regions_.of(exact);
    return {std::shared_ptr<void>(), &own};
  }

  ValueContext context() const { return {zone_, settings_.currency}; }

  void lay_out(RenderedMessage& message, const std::string& paragraphs, const LanguageFormats& formats) const {
    boost::json::object values;
    values["lang"] = message.locale;
    values["dir"] = formats.right_to_left() ? "rtl" : "ltr";
    values["subject"] = message.subject;
    values["clinic_name"] = settings_.clinic_name;
    values["body"] = paragraphs;
    LayoutOutput output(message.html);
    layout_->render(values, formats, context(), output);
    wipe_json(values.if_contains("body"));
  }

  TemplateSettings settings_;
  TimeZone zone_;
  std::optional<TemplateProgram> layout_;
  std::map<std::string, Language, std::less<>> languages_;
  Tags last_choices_;  ///< the clinic's language, then English
  mutable RegionFormats regions_;
};

Templates::Templates(const TemplateSettings& settings) : impl_(std::make_unique<const Impl>(settings)) {}
Templates::~Templates() = default;

RenderedMessage Templates::render(std::string_view key, MessageChannel channel, std::string_view locale,
                                  boost::json::object values, bool shared_phone) const {
  return impl_->render(key, channel, locale, std::move(values), shared_phone);
}

RenderedMessage Templates::preview(std::string_view key, MessageChannel channel, std::string_view locale,
                                   bool shared_phone) const {
  const auto* kind = find_message_kind(key);
  return render(key, channel, locale, kind == nullptr ? boost::json::object() : sample_values(*kind), shared_phone);
}

std::vector<std::string> Templates::locales() const { return impl_->locales(); }

}  // namespace clinic
