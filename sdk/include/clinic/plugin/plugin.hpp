#pragma once

/// \file
/// What the C++ wrappers of all kinds of plugin share. The wrappers are header-only C++17. They need the C headers and
/// the standard library, and nothing else.
///
/// All symbols of these headers are hidden, whatever the compiler's flags: a plugin must never run the copy of another
/// plugin or of the host. Only the base classes are visible, because gcc warns about a class that is more visible than
/// its base.

#include <clinic/plugin/plugin.h>

#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

/// Whether a struct that the host made is long enough to have this member. Ask before using a member that is newer than
/// ABI 1.0.
#define CLINIC_PLUGIN_HAS(pointer, member) \
  ((pointer)->struct_size >=               \
   offsetof(std::remove_cv_t<std::remove_reference_t<decltype(*(pointer))>>, member) + sizeof((pointer)->member))

namespace clinic {
namespace [[gnu::visibility("hidden")]] plugin {

/// The exception that a plugin's functions throw. It becomes the code and the texts of the host's error. The message
/// says what failed and on what, and holds no value of any record. Other exceptions become CLINIC_PLUGIN_INTERNAL
/// without their text, because the text may hold such a value; a storage plugin may translate them, see explain() in
/// storage.hpp.
class Failure : public std::exception {
 public:
  Failure(clinic_plugin_code code, std::string message, std::string constraint = {}, int native_code = 0)
      : code_(code), native_code_(native_code), message_(std::move(message)), constraint_(std::move(constraint)) {}

  static Failure unique_violation(std::string fields) {
    return {CLINIC_PLUGIN_UNIQUE_VIOLATION, "another row has this value of " + fields, fields};
  }
  static Failure stale() { return {CLINIC_PLUGIN_STALE, "the row has another version, or is gone"}; }
  static Failure conflict(std::string message) { return {CLINIC_PLUGIN_CONFLICT, std::move(message)}; }
  static Failure busy(std::string message) { return {CLINIC_PLUGIN_BUSY, std::move(message)}; }
  static Failure unavailable(std::string message) { return {CLINIC_PLUGIN_UNAVAILABLE, std::move(message)}; }
  static Failure refused(std::string message) { return {CLINIC_PLUGIN_REFUSED, std::move(message)}; }
  /// Of a commit: whether it happened cannot be known, since the connection broke meanwhile.
  static Failure outcome_unknown(std::string message) { return {CLINIC_PLUGIN_OUTCOME_UNKNOWN, std::move(message)}; }

  int code() const noexcept { return code_; }
  int native_code() const noexcept { return native_code_; }
  const std::string& constraint() const noexcept { return constraint_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  clinic_plugin_code code_;
  int native_code_;
  std::string message_, constraint_;
};

/// What the host offers to a plugin. May be copied. Valid until the plugin's object is destroyed. Threads: any.
class Host {
 public:
  explicit Host(const clinic_plugin_host& host) noexcept : host_(&host) {}

  /// Whether the host reads lines of this level.
  bool listens(clinic_log_level level) const noexcept { return host_->log != nullptr && level >= host_->log_level; }
  void log(clinic_log_level level, std::string_view line) const noexcept {
    if (listens(level)) host_->log(host_->context, level, line.data(), line.size());
  }

 private:
  const clinic_plugin_host* host_;
};

namespace detail {

/// Copies as much as fits, without cutting a UTF-8 character in two.
template <std::size_t Size>
void copy_text(char (&target)[Size], std::string_view text) noexcept {
  std::size_t length = text.size() < Size ? text.size() : Size - 1;
  if (length < text.size())
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80u)
      --length;
  if (length > 0) std::memcpy(target, text.data(), length);
  target[length] = '\0';
}

inline int fill(clinic_plugin_error* error, int code, int native_code, std::string_view constraint,
                std::string_view message) noexcept {
  if (error != nullptr && CLINIC_PLUGIN_HAS(error, message)) {
    error->code = code;
    error->native_code = native_code;
    copy_text(error->constraint, constraint);
    copy_text(error->message, message);
  }
  return code;
}
inline int fill(clinic_plugin_error* error, const Failure& failure) noexcept {
  return fill(error, failure.code(), failure.native_code(), failure.constraint(), failure.what());
}

/// What an exception means that nobody translates. Called while it is handled. Its text stays in the plugin.
inline Failure unexpected_exception() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {CLINIC_PLUGIN_INTERNAL, "out of memory"};
#if defined(__cpp_rtti)
  } catch (const std::exception& exception) {
    return {CLINIC_PLUGIN_INTERNAL, std::string("an unexpected exception of type ") + typeid(exception).name()};
#endif
  } catch (...) {
    return {CLINIC_PLUGIN_INTERNAL, "an unexpected exception"};
  }
}

/// Runs an action that answers a code, and lets no exception out. `explain` answers the Failure that an exception of
/// another type means; it is called while that exception is handled.
template <class Action, class Explain>
int guard(clinic_plugin_error* error, Action&& action, Explain&& explain) noexcept {
  try {
    try {
      return std::forward<Action>(action)();
    } catch (const Failure& failure) {
      return fill(error, failure);
    } catch (...) {
      return fill(error, std::forward<Explain>(explain)());
    }
  } catch (...) {  // `explain` has failed
    return fill(error, CLINIC_PLUGIN_INTERNAL, 0, {}, "an exception that could not be explained");
  }
}
template <class Action>
int guard(clinic_plugin_error* error, Action&& action) noexcept {
  return guard(error, std::forward<Action>(action), unexpected_exception);
}

inline void require(bool long_enough, const char* name) {
  if (!long_enough) throw Failure::refused(std::string("the host's ") + name + " is shorter than ABI 1.0 has it");
}

/// A terminated text of the host; null is an empty one.
inline std::string_view text(const char* terminated) { return terminated != nullptr ? terminated : std::string_view(); }

}  // namespace detail
}  // namespace plugin
}  // namespace clinic

/// Exports a manifest. The macros of the kinds of plugin expand to it. Use it once in a plugin, outside of namespaces.
#define CLINIC_EXPORT_PLUGIN(kind, table, name, version, licence)                       \
  extern "C" CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin() {       \
    static constexpr clinic_plugin_manifest manifest = {sizeof(clinic_plugin_manifest), \
                                                        CLINIC_PLUGIN_ABI_MAJOR,        \
                                                        CLINIC_PLUGIN_ABI_MINOR,        \
                                                        kind,                           \
                                                        name,                           \
                                                        version,                        \
                                                        licence,                        \
                                                        &table};                        \
    return &manifest;                                                                   \
  }                                                                                     \
  static_assert(true, "wants a semicolon")
