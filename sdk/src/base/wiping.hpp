#pragma once

/// \file
/// Overwrites secrets after their use, so that freed memory and core dumps do not contain them. This covers the SDK's
/// own copies. docs/encryption.md says what remains.

#include <clinic/description.hpp>

#include <string>

namespace clinic {

/// A text that grows leaves pieces of itself behind: so much room is there from the start where there are secrets.
inline constexpr std::size_t room_for_secrets = 4096;

/// Overwrites the text and its spare capacity, and empties it.
void wipe(std::string& text);

/// Wipes a text at the end of the block.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped() { wipe(text_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& text_;
};

/// Wipes the secret fields of a struct.
void wipe_secrets(const TypeDescription& type, void* object);

/// Wipes the secret fields of a struct at the end of the block. Costs nothing if the type has none.
template <class T>
class WipedSecrets {
 public:
  explicit WipedSecrets(T& object) : object_(object) {}
  ~WipedSecrets() {
    if (describe<T>().holds_secret) wipe_secrets(describe<T>(), &object_);
  }
  WipedSecrets(const WipedSecrets&) = delete;
  WipedSecrets& operator=(const WipedSecrets&) = delete;

 private:
  T& object_;
};

}  // namespace clinic
