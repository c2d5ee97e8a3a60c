#pragma once

/// \file
/// Field errors as the reader and the validation report them.

#include <clinic/error.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic {

/// Appends field errors. Stops at a hundred: a request made of rubbish must not become an answer ten times its size.
class FieldErrors {
 public:
  explicit FieldErrors(std::vector<FieldError>& out) : out_(out) {}

  bool empty() const { return out_.empty(); }
  bool full() const { return out_.size() >= 100; }

  /// `rest` completes the sentence that begins with the field's path.
  void add(std::string path, std::string_view code, std::string_view rest) {
    if (full()) return;
    std::string message;
    message.reserve(path.size() + rest.size() + 4);
    message.append("`").append(path).append("` ").append(rest);
    if (!rest.ends_with('?')) message += '.';
    out_.push_back({std::move(path), std::string(code), std::move(message)});
  }

  /// With a sentence of its own.
  void add_sentence(std::string path, std::string_view code, std::string_view message) {
    if (!full()) out_.push_back({std::move(path), std::string(code), std::string(message)});
  }

  /// Whether there is an error already for this path or for something that holds it.
  bool covers(std::string_view path) const {
    for (const auto& error : out_)
      if (path.starts_with(error.path) &&
          (path.size() == error.path.size() || path[error.path.size()] == '.' || path[error.path.size()] == '['))
        return true;
    return false;
  }

 private:
  std::vector<FieldError>& out_;
};

/// `one`, `one or two`, `one, two or three`
template <class Words>
std::string one_of(const Words& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out.append("`").append(words[i]).append("`");
  }
  return out;
}

}  // namespace clinic
