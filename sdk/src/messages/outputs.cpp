#include "messages/outputs.hpp"

#include "base/unicode.hpp"
#include "base/wiping.hpp"

#include <unicode/uchar.h>

#include <algorithm>

namespace clinic {
namespace {

constexpr std::string_view left_to_right_mark = "\u200E";

bool is_right_to_left(char32_t c) {
  const auto direction = u_charDirection(static_cast<UChar32>(c));
  return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC || direction == U_ARABIC_NUMBER;
}

bool is_letter_or_digit(char32_t c) { return u_isalnum(static_cast<UChar32>(c)); }

/// Texts that are not of the language: names, addresses, secrets. All else was written in the language by ICU.
bool is_foreign(VariableType type, std::string_view text) {
  return (type == VariableType::text || type == VariableType::url || type == VariableType::secret) &&
         !unicode::any_of(text, is_right_to_left);
}

template <class Append>
void each_clean(std::string_view text, Append append) {
  for (const char *at = text.data(), *const end = at + text.size(); at != end;) {
    const auto c = unicode::next(at, end);
    if (unicode::turns_direction(c)) continue;
    append(unicode::is_control(c) || unicode::is_line_break(c) ? U' ' : c);
  }
}

void append_character(std::string& out, char32_t c) {
  std::string bytes;
  unicode::append(c, bytes);
  append_secretly(out, bytes);
}

void append_escaped(std::string& out, std::string_view text) {
  each_clean(text, [&](char32_t c) {
    switch (c) {
      case '&':
        return append_secretly(out, "&amp;");
      case '<':
        return append_secretly(out, "&lt;");
      case '>':
        return append_secretly(out, "&gt;");
      case '"':
        return append_secretly(out, "&quot;");
      case '\'':
        return append_secretly(out, "&#39;");
      default:
        return append_character(out, c);
    }
  });
}

}  // namespace

void append_secretly(std::string& out, std::string_view text) {
  if (out.capacity() - out.size() < text.size()) {
    std::string longer;
    longer.reserve(std::max<std::size_t>(4096, 2 * (out.size() + text.size())));
    longer = out;
    out.swap(longer);
    wipe(longer);
  }
  out.append(text);
}

void PlainOutput::value(VariableType type, std::string_view text) {
  // A mark beside a secret or an address would be copied with it.
  const bool marked = right_to_left_ && type == VariableType::text && is_foreign(type, text);
  bool first = true;
  char32_t last = U'a';
  each_clean(text, [&](char32_t c) {
    if (marked && first && !is_letter_or_digit(c)) append_secretly(out_, left_to_right_mark);
    first = false;
    last = c;
    append_character(out_, c);
  });
  if (marked && !is_letter_or_digit(last)) append_secretly(out_, left_to_right_mark);
}

HtmlOutput::~HtmlOutput() {
  wipe(html_);
  wipe(line_);
  wipe(address_);
}

void HtmlOutput::literal(std::string_view text) {
  for (;;) {
    const auto end = text.find('\n');
    const auto piece = text.substr(0, end);
    if (piece.find_first_not_of(" \t") != piece.npos) other_ = true;
    append_escaped(line_, piece);
    if (end == text.npos) return;
    end_line();
    text.remove_prefix(end + 1);
  }
}

void HtmlOutput::value(VariableType type, std::string_view text) {
  const std::string_view direction = right_to_left_ && is_foreign(type, text) ? " dir=\"ltr\"" : "";
  if (type == VariableType::url) {
    address_alone_ = address_.empty();
    append_secretly(address_, text);
    append_secretly(line_, "<a href=\"");
    append_escaped(line_, text);
    append_secretly(line_, "\"");
    append_secretly(line_, direction);
    append_secretly(line_, " style=\"color:#0b5cad;word-break:break-all\">");
    append_escaped(line_, text);
    return append_secretly(line_, "</a>");
  }
  other_ = true;
  if (type == VariableType::secret) {
    append_secretly(line_, "<strong");
    append_secretly(line_, direction);
    append_secretly(line_, " style=\"font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;word-break:break-all\">");
    append_escaped(line_, text);
    return append_secretly(line_, "</strong>");
  }
  if (direction.empty()) return append_escaped(line_, text);
  append_secretly(line_, "<span");
  append_secretly(line_, direction);
  append_secretly(line_, ">");
  append_escaped(line_, text);
  append_secretly(line_, "</span>");
}

void HtmlOutput::end_paragraph() {
  if (in_paragraph_) append_secretly(html_, "</p>\n");
  in_paragraph_ = false;
}

void HtmlOutput::end_line() {
  if (address_alone_ && !other_ && !button_.empty()) {
    end_paragraph();
    append_secretly(html_, "<p style=\"margin:24px 0\"><a href=\"");
    append_escaped(html_, address_);
    append_secretly(html_,
                    "\" style=\"display:inline-block;padding:12px 24px;border-radius:6px;background:#0b5cad;"
                    "color:#ffffff;font-weight:bold;text-decoration:none\">");
    append_escaped(html_, button_);
    append_secretly(html_, "</a></p>\n");
  } else if (other_ || !address_.empty()) {
    append_secretly(html_, in_paragraph_ ? "<br>\n" : "<p style=\"margin:0 0 16px\">");
    in_paragraph_ = true;
    append_secretly(html_, line_);
  } else {
    end_paragraph();
  }
  wipe(line_);
  wipe(address_);
  address_alone_ = other_ = false;
}

const std::string& HtmlOutput::finish() {
  end_line();
  end_paragraph();
  return html_;
}

void LayoutOutput::value(VariableType type, std::string_view text) {
  if (type == VariableType::markup)
    append_secretly(out_, text);
  else
    append_escaped(out_, text);
}

}  // namespace clinic
