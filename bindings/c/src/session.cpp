#include "guard.hpp"

#include <cstddef>

namespace c = clinic::c;

namespace {

clinic::Role role_of(const char* word) {
  if (auto role = clinic::from_word<clinic::Role>(word)) return *role;
  std::string message = "There is no such role. Roles are";
  const char* separator = " ";
  for (auto known : clinic::detail::Words<clinic::Role>::names) {
    message.append(separator).append(known);
    separator = ", ";
  }
  message += '.';
  throw clinic::Error(clinic::ErrorCode::validation_failed, message, {{"role", "unknown_word", message}});
}

/// `act` makes a session of the opened clinic, and so refuses what it must now, not at the first call; the actor alone
/// is kept.
template <class Act>
int open_session(const clinic_clinic* clinic, clinic_session** out, clinic_error* error, Act&& act) noexcept {
  return c::guarded(out, "session", error, [&] {
    c::require_open(clinic, "clinic");
    return new clinic_session{
        {}, clinic->shared, clinic->shared->with([&](const clinic::Clinic& opened) { return act(opened).actor(); })};
  });
}

clinic::CallOptions options_from(const clinic_call_options& options) {
  // A host that was built before it knew of languages.
  if (options.struct_size < offsetof(clinic_call_options, language))
    throw clinic::Error(clinic::ErrorCode::validation_failed, "`options` was not made with CLINIC_CALL_OPTIONS_INIT",
                        {{"options", "invalid_format", "`options` was not made with CLINIC_CALL_OPTIONS_INIT"}});
  return {options.idempotency_key ? options.idempotency_key : "", options.origin ? options.origin : "",
          options.challenge ? options.challenge : "",
          options.struct_size >= offsetof(clinic_call_options, language) + sizeof options.language && options.language
              ? options.language
              : ""};
}

}  // namespace

int clinic_session_system(const clinic_clinic* clinic, const char* name, const char* role, clinic_session** out,
                          clinic_error* error) CLINIC_NOEXCEPT {
  return open_session(clinic, out, error, [&](const clinic::Clinic& opened) {
    c::require(name, "name");
    return opened.act_as(clinic::Actor::system(name, role ? std::optional(role_of(role)) : std::nullopt));
  });
}

int clinic_session_user(const clinic_clinic* clinic, const char* id, const char* role, clinic_session** out,
                        clinic_error* error) CLINIC_NOEXCEPT {
  return open_session(clinic, out, error, [&](const clinic::Clinic& opened) {
    c::require(id, "id");
    c::require(role, "role");
    return opened.act_as(clinic::Actor::user(id, role_of(role)));
  });
}

int clinic_session_anonymous(const clinic_clinic* clinic, clinic_session** out, clinic_error* error) CLINIC_NOEXCEPT {
  return open_session(clinic, out, error,
                      [](const clinic::Clinic& opened) { return opened.act_as(clinic::Actor::anonymous()); });
}

int clinic_session_token(const clinic_clinic* clinic, const char* access_token, clinic_session** out,
                         clinic_error* error) CLINIC_NOEXCEPT {
  return open_session(clinic, out, error, [&](const clinic::Clinic& opened) {
    c::require(access_token, "access_token");
    return opened.act_with_token(access_token);
  });
}

int clinic_call(const clinic_session* session, const char* operation, const char* request_json, size_t request_size,
                const clinic_call_options* options, clinic_buffer** response, clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(response, "response", error, [&] {
    c::require_open(session, "session");
    c::require(operation, "operation");
    std::string_view request = "{}";
    if (request_json)
      request = request_size == CLINIC_TERMINATED ? std::string_view(request_json)
                                                  : std::string_view(request_json, request_size);
    const clinic::CallOptions with = options ? options_from(*options) : clinic::CallOptions{};
    return c::hand_out(session->shared->with(
        [&](const clinic::Clinic& opened) { return opened.act_as(session->actor).call(operation, request, with); }));
  });
}

void clinic_session_close(clinic_session* session) CLINIC_NOEXCEPT {
  if (c::is_open(session)) delete session;
}
