#include "markdown.hpp"
#include "pages.hpp"

#include <clinic/data_dictionary.hpp>

namespace clinic::docs {
namespace {

std::string format_words(const FieldRule& rule) {
  switch (rule.format) {
    case Format::none:
      return {};
    case Format::line:
    case Format::actor:
      return "one line";
    case Format::multiline:
      return "free text";
    case Format::name:
      return "one line, not blank";
    case Format::typed:
      return "one line, as copied";
    case Format::email:
      return "email";
    case Format::phone:
      return "phone";
    case Format::password:
      return "password";
    case Format::id:
      return "id";
    case Format::token:
      return "word";
  }
  return {};
}

std::string exposure_words(Exposure exposure) {
  switch (exposure) {
    case Exposure::open:
      return "open";
    case Exposure::personal:
      return "personal";
    case Exposure::medical:
      return "medical";
    case Exposure::secret:
      return "secret";
    case Exposure::internal:
      return "internal";
  }
  return {};
}

}  // namespace

std::string data_dictionary_page() {
  auto page = generated_note("sdk/include/clinic/data_dictionary.hpp");
  page +=
      "# Data dictionary\n\n"
      "This page says what each field name means, wherever it appears. Lengths are in Unicode code points. Every text "
      "is valid "
      "UTF-8 without NUL, and kept as typed.\n\n"
      "Formats:\n\n"
      "- Names and *one line* contain no control characters, and no characters that turn the direction of writing "
      "(embeddings, overrides, isolates). Joiners and marks within them are allowed.\n"
      "- *Not blank*: the text has a visible character. It is not only white space, zero-width characters or "
      "fillers.\n"
      "- Phone numbers and *one line, as copied* may have marks of direction around them, as contact lists copy "
      "them.\n"
      "- *Free text* contains no control characters except white space.\n\n"
      "Exposure:\n\n"
      "- *open* may appear in logs and in the audit.\n"
      "- *personal* and *medical* appear in answers only.\n"
      "- *secret* appears only where that is the purpose of a request or an answer.\n"
      "- *internal* never leaves the SDK.\n\n";
  page += table_head({"Field", "Format", "Length", "Exposure", "Meaning"});
  for (const auto& rule : data_dictionary)
    page += table_row({code(rule.name), format_words(rule), rule.max_length > 0 ? std::to_string(rule.max_length) : "",
                       exposure_words(rule.exposure), cell(rule.help)});
  return page;
}

}  // namespace clinic::docs
