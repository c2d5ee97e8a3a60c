#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// Thrown when the caller has hung up, or has pressed nothing but wrong keys.
struct CallEnded {};

/// A caller, who hears sentences and presses keys. Here it is a terminal; on a telephone line the sentences are spoken,
/// the keys come as DTMF tones, and what is said is recognised.
class Call {
 public:
  Call(std::string id, std::string number);

  /// The exchange's name for this call.
  const std::string& id() const { return id_; }
  /// The caller's number as the network shows it: nobody has proven it.
  const std::string& number() const { return number_; }

  void say(const std::string& sentence);
  /// What the caller says, or the key that the caller presses.
  std::string ask(const std::string& sentence);
  /// The same, until it is not nothing.
  std::string ask_words(const std::string& sentence);
  /// The place of the choice whose key the caller presses: the first has key 1.
  std::size_t choose(const std::string& question, const std::vector<std::string>& choices);

 private:
  std::string id_, number_;
};
