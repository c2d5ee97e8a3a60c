#pragma once

/// \file
/// What stands behind the opaque types of clinic.h.

#include <clinic/open.hpp>

#include <clinic.h>

#include <openssl/crypto.h>
#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>

namespace clinic::c {

/// The first member of a handle: by it the library tells one handle from another, and, as long as the memory is not
/// used again, from one that was closed.
template <std::uint64_t word>
class Tag {
 public:
  Tag() = default;
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;
  ~Tag() { end(); }

  void end() noexcept { OPENSSL_cleanse(&word_, sizeof word_); }  // a mere assignment would be optimised away

  /// Whether `handle`, which a host may have mistaken, begins with it.
  static bool begins(const void* handle) noexcept {
    std::uint64_t found = 0;
    std::memcpy(&found, handle, sizeof found);
    return found == word;
  }

 private:
  std::uint64_t word_ = word;
};

/// Counts what the library has handed out and not got back: each such object holds one.
class Live {
 public:
  Live() noexcept { count.fetch_add(1, std::memory_order_relaxed); }
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;
  ~Live() { count.fetch_sub(1, std::memory_order_relaxed); }

  static inline std::atomic<std::size_t> count{0};
};

/// The opened clinic, shared by its handle and its sessions, so that closing the handle closes it for all of them.
class Shared {
 public:
  explicit Shared(Clinic clinic);

  /// Runs the body with the clinic; throws Error(closed) after close, and in another process.
  template <class Body>
  auto with(Body&& body) {
    refuse_other_process();
    if (closing_.load(std::memory_order_acquire)) throw_closed();
    std::shared_lock lock(calls_);
    if (!clinic_) throw_closed();
    return body(std::as_const(*clinic_));
  }

  /// Waits for the calls that are under way, then closes.
  void close();

  /// In a child of fork the clinic is the parent's: its locks may be held by threads that are not here, and closing it
  /// would write into the parent's database.
  bool in_other_process() const noexcept;

 private:
  void refuse_other_process() const;
  [[noreturn]] static void throw_closed();

  std::shared_mutex calls_;
  std::atomic<bool> closing_{false};  ///< set first, or a steady stream of calls could keep close waiting for ever
  std::optional<Clinic> clinic_;
  const pid_t process_;
};

/// A buffer as the caller sees it in front, its text behind: answers are moved in, not copied.
struct Buffer : clinic_buffer {
  explicit Buffer(std::string content) : clinic_buffer{}, text(std::move(content)) {
    data = text.c_str();
    size = text.size();
  }
  ~Buffer() { OPENSSL_cleanse(text.data(), text.size()); }  // answers hold passwords, tokens and medical texts
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::string text;
  Live live;
};

}  // namespace clinic::c

struct clinic_clinic {
  clinic::c::Tag<0x6e696c63'63696e69> tag{};
  std::shared_ptr<clinic::c::Shared> shared;
  clinic_clinic* next_forgotten = nullptr;  ///< see clinic_close
  std::optional<clinic::c::Live> live{std::in_place};
};

/// Holds the actor, not a clinic::Session, which would keep the database open beyond clinic_close.
struct clinic_session {
  clinic::c::Tag<0x73736573'6e6f6973> tag{};
  std::shared_ptr<clinic::c::Shared> shared;
  clinic::Actor actor;
  clinic::c::Live live{};
};
