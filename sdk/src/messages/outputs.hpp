#pragma once

/// \file
/// How the words of a message look in plain text and in HTML.

#include "messages/template_program.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// Appends, and wipes what a growing text leaves behind.
void append_secretly(std::string& out, std::string_view text);

/// Plain text, of an email or an SMS. A value stays on its line and cannot turn the direction of what follows. In a
/// language that is written from the right, a value of another direction keeps its marks on their side: a telephone
/// number its +.
class PlainOutput final : public TemplateOutput {
 public:
  PlainOutput(std::string& out, bool right_to_left) : out_(out), right_to_left_(right_to_left) {}
  void literal(std::string_view text) override { append_secretly(out_, text); }
  void value(VariableType type, std::string_view text) override;

 private:
  std::string& out_;
  bool right_to_left_;
};

/// The paragraphs of a mail. Blank lines part them. An address alone on its line becomes a button with that label, or a
/// link where there is none.
class HtmlOutput final : public TemplateOutput {
 public:
  HtmlOutput(bool right_to_left, std::string_view button) : right_to_left_(right_to_left), button_(button) {}
  ~HtmlOutput() override;

  void literal(std::string_view text) override;
  void value(VariableType type, std::string_view text) override;
  /// What was written, ended. Valid as long as this object.
  const std::string& finish();

 private:
  void end_line();
  void end_paragraph();

  bool right_to_left_;
  std::string_view button_;
  std::string html_, line_, address_;
  bool address_alone_ = false, other_ = false, in_paragraph_ = false;
};

/// The layout around the paragraphs: its own text and markup as they are, all else escaped.
class LayoutOutput final : public TemplateOutput {
 public:
  explicit LayoutOutput(std::string& out) : out_(out) {}
  void literal(std::string_view text) override { append_secretly(out_, text); }
  void value(VariableType type, std::string_view text) override;

 private:
  std::string& out_;
};

}  // namespace clinic
