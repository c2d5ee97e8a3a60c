/**
 * \file clinic.h
 * The C API of clinic, for C and every language that can call C. Compiles as C99, C11 and C++.
 *
 * ```c
 * clinic_error error = CLINIC_ERROR_INIT;
 * clinic_clinic* clinic = NULL;
 * clinic_session* desk = NULL;
 * clinic_buffer* answer = NULL;
 * if (clinic_open_url("sqlite:clinic.db", NULL, &clinic, &error) == CLINIC_OK &&
 *     clinic_session_system(clinic, "front-desk", NULL, &desk, &error) == CLINIC_OK &&
 *     clinic_call(desk, "patients.list", "{}", CLINIC_TERMINATED, NULL, &answer, &error) == CLINIC_OK)
 *   puts(answer->data);
 * else
 *   fprintf(stderr, "%s: %s %s\n", error.code, error.message, error.detail);
 * clinic_buffer_free(answer);
 * clinic_session_close(desk);
 * clinic_close(clinic);
 * clinic_error_clear(&error);
 * ```
 *
 * Ownership: an object that a function stores through an out parameter belongs to the caller. The caller ends it with
 * the function for its type: clinic_close, clinic_session_close, clinic_buffer_free, clinic_error_clear. All four
 * accept NULL and then do nothing. The library never frees what the caller passes in. It copies what it needs longer
 * than the call, except the functions of a clinic_host.
 *
 * Errors: a function that can fail returns CLINIC_OK or CLINIC_FAILED. The details are in the caller's clinic_error,
 * which may be NULL if the caller does not need them. An out parameter is set to NULL on failure. No C++ exception
 * leaves the library. A NULL for a required argument is refused as `validation_failed`, which names the argument. So is
 * a handle of another type, such as a clinic instead of a session.
 *
 * Threads: all functions may be called from any thread at any time, also on the same handles, with two exceptions. A
 * handle must not be closed while another thread is inside a call with this handle. A clinic_error may be used by one
 * thread at a time, like any variable of the caller. Cancelling a thread inside a call (pthread_cancel) ends the
 * process.
 *
 * Closed handles: using a handle or a buffer after it was closed or freed is undefined, as with free(). The library
 * often recognises a closed handle, refuses it as one of another type, and ignores a second close. Do not rely on that.
 *
 * Processes: handles belong to the process that opened them. In a child of fork(2), calls with them answer the error
 * `closed`. The closing functions free them without touching the parent's database. The child opens a clinic of its
 * own. With SQLite this is refused (`plugin_refused`) if the parent had an SQLite database open when it forked. Such a
 * parent must open after the fork only, or close before it, or start the child with exec.
 *
 * Growth: structs start with their size and may grow at the end. Initialise them with their macro.
 *
 * Texts are UTF-8. Times are RFC 3339 in UTC in JSON, and milliseconds since 1970 in C.
 */
#ifndef CLINIC_H
#define CLINIC_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define CLINIC_C_API
#else
#define CLINIC_C_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define CLINIC_NOEXCEPT noexcept
extern "C" {
#else
#define CLINIC_NOEXCEPT
#endif

/** The ABI of this header. Libraries of the same major keep every function and the beginning of every struct; see
 * clinic_abi_version. While the major is 0, a new minor may break both. */
#define CLINIC_ABI_MAJOR 0u
#define CLINIC_ABI_MINOR 1u
#define CLINIC_ABI_VERSION ((CLINIC_ABI_MAJOR << 16) | CLINIC_ABI_MINOR)

#define CLINIC_OK 0
#define CLINIC_FAILED 1

/** A value for a size: the text ends at its NUL. */
#define CLINIC_TERMINATED SIZE_MAX

/** An opened clinic: a database, a policy, the operations. */
typedef struct clinic_clinic clinic_clinic;

/** A session of one actor on an opened clinic. */
typedef struct clinic_session clinic_session;

/** A server that answers over HTTP while it exists. */
typedef struct clinic_http_server clinic_http_server;

/** A text from the library. Only the library makes it, so the struct may grow. Do not write to it. */
typedef struct clinic_buffer {
  const char* data; /**< UTF-8, never NULL, with a NUL after the last byte */
  size_t size;      /**< in bytes, without that NUL */
} clinic_buffer;

/**
 * The error of a call; empty (`code[0] == 0`) after a success. Initialise it with CLINIC_ERROR_INIT, then use it for
 * any number of calls. Each call first clears the previous error. Call clinic_error_clear after the last one, since the
 * struct owns `json`.
 */
typedef struct clinic_error {
  uint32_t struct_size;
  int32_t http_status;
  int32_t retryable;   /**< 1: the same call may succeed later, unchanged */
  char code[52];       /**< the word of the error, `duplicate_email`; clinic_errors lists them all */
  char message[256];   /**< one line for a person; cut after a whole character if it does not fit */
  char detail[512];    /**< the field's message or an incident id; may be empty; cut in the same way */
  clinic_buffer* json; /**< the whole error with its field errors, uncut, as one JSON object; NULL after a success, and
                          where memory ran out */
} clinic_error;

#define CLINIC_ERROR_INIT \
  { sizeof(clinic_error), 0, 0, "", "", "", NULL }

/** Log levels, with the same numbers as in plugin.h. */
enum clinic_level {
  CLINIC_LEVEL_TRACE = 0,
  CLINIC_LEVEL_DEBUG = 1,
  CLINIC_LEVEL_INFO = 2,
  CLINIC_LEVEL_WARNING = 3,
  CLINIC_LEVEL_ERROR = 4
};

struct clinic_notifier;
struct clinic_notifier_table;

/**
 * A channel of messages that the host serves itself, without a plugin. The table is that of a notifier plugin,
 * `clinic/plugin/notifier.h`. Its `open` is not called, and `notifier` is the first argument of its functions. `close`
 * is called when the clinic is closed; where opening fails, it is not called, and the notifier stays the host's.
 * Its functions may call the clinic, but must not close it.
 */
typedef struct clinic_host_notifier {
  uint32_t struct_size;
  const char* channel; /**< `email` or `sms` */
  const struct clinic_notifier_table* table;
  struct clinic_notifier* notifier;
  int32_t connections; /**< how many messages are sent at once; 0: four */
} clinic_host_notifier;

/**
 * What the host provides to a clinic. Every member except struct_size may stay NULL. The struct is copied. The
 * functions and the context must stay valid until clinic_close has returned. The functions are called from any thread,
 * several at once. They must not call the clinic, and must not leave by longjmp or by an exception.
 */
typedef struct clinic_host {
  uint32_t struct_size;
  void* context; /**< first argument of the functions */
  /** Receives one log line (not terminated); default: lines go to standard error. The configuration's log_level decides
   * what is logged. */
  void (*log)(void* context, int32_t level, const char* line, size_t size);
  /** Returns the time in milliseconds since 1970 UTC; default: the system's clock. For tests. */
  int64_t (*now)(void* context);
  /** Fills the buffer with random bytes; default: OpenSSL's. Passwords, tokens and keys are made of them. For tests. */
  void (*random)(void* context, unsigned char* bytes, size_t size);
  /** Judges a caller's answer to the host's own challenge, such as a CAPTCHA, before an anonymous caller registers or
   * asks for a link. 1 passes; any other value refuses the call with `challenge_failed`. `origin` and `answer` are
   * those of the clinic_call_options, empty if there are none. Called outside of any transaction, so it may be slow. */
  int (*challenge)(void* context, const char* operation, const char* origin, const char* answer);
  /** Channels that the host serves itself; they come before the configuration's notifiers. */
  const clinic_host_notifier* const* notifiers;
  size_t notifier_count;
} clinic_host;

#define CLINIC_HOST_INIT \
  { sizeof(clinic_host), NULL, NULL, NULL, NULL, NULL, NULL, 0 }

/** Options of one call. Members may stay NULL. */
typedef struct clinic_call_options {
  uint32_t struct_size;
  /** Idempotency key: the same key with the same request gives the same answer and acts once. At most 255 characters.
   * Each actor has keys of its own. */
  const char* idempotency_key;
  /** Where the call came from (an address, a channel); the audit records it. At most 200 characters. */
  const char* origin;
  /** The caller's answer to the host's challenge, for clinic_host.challenge. At most 4096 characters, one line. It is
   * not stored.
   */
  const char* challenge;
  /** The language of an error's words, a BCP 47 tag: `en`, `ar`, `id`. Codes and paths are the same in every language.
   * NULL, or a language without words: English. */
  const char* language;
} clinic_call_options;

#define CLINIC_CALL_OPTIONS_INIT \
  { sizeof(clinic_call_options), NULL, NULL, NULL, NULL }

/* ---- The library ----------------------------------------------------------------------------------------- */

/**
 * The SDK's version, `0.1.0`.
 * Ownership: the text is static. Thread-safe. \since 0.1
 */
CLINIC_C_API const char* clinic_version(void) CLINIC_NOEXCEPT;

/**
 * The ABI of the loaded library, as CLINIC_ABI_VERSION. A host that loads the library at run time compares it with its
 * header's: the major must be the same, and the minor must not be lower (while the major is 0, the minor must be the
 * same).
 * Ownership: nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API uint32_t clinic_abi_version(void) CLINIC_NOEXCEPT;

/**
 * All errors, as a JSON array of `{"code","status","retryable","message","remedy"}`.
 * Ownership: the caller frees `*table` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_errors(clinic_buffer** table, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * The operation table as JSON:
 * `{"operations":[{"name","help","writes","roles",…,"request_schema","response_schema"}]}`, the same that
 * `system.operations` answers.
 * Ownership: the caller frees `*table` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_operations(clinic_buffer** table, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * The plugin files that opening would find, as JSON:
 * `{"plugins":[{"path","kind","name","version","licence","abi","refusal"}]}`, in the order of the search. `refusal`
 * says why a plugin would not be used, and is empty if it would be. The function loads each plugin; it stays loaded.
 * \param configuration_json as for clinic_open; NULL: nothing configured
 * Ownership: the caller frees `*plugins` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_plugins(const char* configuration_json, clinic_buffer** plugins,
                                clinic_error* error) CLINIC_NOEXCEPT;

/**
 * The number of clinics, sessions and buffers (including those in a clinic_error) of this process that are not yet
 * closed or freed. For tests of hosts: the number at the end of a test must equal the number at its start.
 * Ownership: nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API size_t clinic_live_objects(void) CLINIC_NOEXCEPT;

/* ---- A clinic -------------------------------------------------------------------------------------------- */

/**
 * Opens a clinic. By default it creates the schema, or migrates an older one.
 *
 * The JSON object is the whole configuration: environment variables are not read (clinic_open_file reads them).
 *
 * \param configuration_json one JSON object: `{"storage":"sqlite:clinic.db","profile":"standard",…}`, see
 *   docs/configuration.md
 * \param host what the host provides, or NULL
 *
 * Errors: malformed_json, configuration_invalid, plugin_not_found, plugin_refused, key_missing, key_wrong,
 * schema_newer, schema_older, unavailable.
 *
 * Ownership: the caller closes `*clinic` with clinic_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_open(const char* configuration_json, const clinic_host* host, clinic_clinic** clinic,
                             clinic_error* error) CLINIC_NOEXCEPT;

/**
 * clinic_open with a storage URL, such as `sqlite:clinic.db`, and defaults for everything else.
 * Ownership: the caller closes `*clinic` with clinic_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_open_url(const char* storage, const clinic_host* host, clinic_clinic** clinic,
                                 clinic_error* error) CLINIC_NOEXCEPT;

/**
 * clinic_open with a configuration file, overridden by the environment variables `CLINIC_…`.
 * \param file a JSON file; NULL or empty: the environment alone
 * Ownership: the caller closes `*clinic` with clinic_close. Thread-safe, as long as nobody calls setenv. \since 0.1
 */
CLINIC_C_API int clinic_open_file(const char* file, const clinic_host* host, clinic_clinic** clinic,
                                  clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Closes a clinic and frees the handle. Waits for calls in progress. Later calls of its sessions answer `closed`; the
 * sessions still have to be closed. When the function returns, the database is closed and the host's functions are no
 * longer called.
 * Ownership: ends it. NULL does nothing. Thread-safe; not from a function of the clinic_host. \since 0.1
 */
CLINIC_C_API void clinic_close(clinic_clinic* clinic) CLINIC_NOEXCEPT;

/* ---- A session ------------------------------------------------------------------------------------------- */

/**
 * Acts as a trusted part of the host program.
 * \param name the name for the audit, such as `front-desk`; one line of at most 100 characters, not blank
 * \param role restricts the actor to what this role may do; NULL: no restriction
 * Errors: validation_failed, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_system(const clinic_clinic* clinic, const char* name, const char* role,
                                       clinic_session** session, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Acts as a user whom the host has authenticated itself.
 * \param id the user's id; one line of at most 64 characters, not blank
 * \param role the user's role: `receptionist`, `doctor`, …
 * Errors: validation_failed, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_user(const clinic_clinic* clinic, const char* id, const char* role,
                                     clinic_session** session, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Acts as an anonymous caller, who may call what needs no role.
 * Errors: validation_failed, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_anonymous(const clinic_clinic* clinic, clinic_session** session,
                                          clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Acts as the user to whom `auth.login` gave this access token. Every call checks that the login has not ended.
 * \param access_token the JWT; keep it secret, since it allows to act as that user
 * Errors: token_invalid, token_expired, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_token(const clinic_clinic* clinic, const char* access_token, clinic_session** session,
                                      clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Calls an operation by name, JSON in and JSON out. docs/operations.md lists the operations.
 * \param request_json one JSON object; NULL: an empty object
 * \param request_size its size in bytes, or CLINIC_TERMINATED
 * \param options NULL: none
 * \param response the answer as JSON
 * Errors: each operation lists its own; unknown_operation, malformed_json, validation_failed, forbidden, closed.
 * Ownership: the caller frees `*response` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_call(const clinic_session* session, const char* operation, const char* request_json,
                             size_t request_size, const clinic_call_options* options, clinic_buffer** response,
                             clinic_error* error) CLINIC_NOEXCEPT;

/**
 * The events behind a position, as `events.list` answers them, and waits for the first one.
 * \param after the position of the last event that the caller has seen; 0: from the beginning
 * \param limit most events, from 1 to 1000
 * \param wait_milliseconds how long to wait where nothing has happened since; the answer is then empty
 * \param events `{"items":[{"position","id","created_at","type","resource_id","data"}],"last"}`; go on behind `last`
 * Errors: forbidden, position_unknown, validation_failed, closed.
 * Ownership: the caller frees `*events` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_events(const clinic_session* session, int64_t after, int64_t limit, uint32_t wait_milliseconds,
                               clinic_buffer** events, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Calls `handle` in this thread for each committed change behind a position, in their order, and waits for more. Each
 * change comes at least once: keep the position of the last event that was handled, best together with what `handle`
 * does, and begin behind it next time.
 * \param handle takes one event as JSON, `{"position","id","created_at","type","resource_id","data"}`, and answers 0 to
 * go on. `event` is NULL twice a second where nothing happens, so that it can end the subscription. It may call the
 * clinic. \param last the position of the last event that was handled, also after an error; may be NULL Errors: those
 * of clinic_events; `closed` when the clinic is closed meanwhile. Ownership: nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_subscribe(const clinic_session* session, int64_t after,
                                  int (*handle)(void* context, int64_t position, const char* event, size_t size),
                                  void* context, int64_t* last, clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Frees the handle. The clinic stays open.
 * Ownership: ends it. NULL does nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API void clinic_session_close(clinic_session* session) CLINIC_NOEXCEPT;

/* ---- HTTP ------------------------------------------------------------------------------------------------ */

/**
 * Serves the clinic over HTTP, from threads of the library. The server keeps the clinic open: stop it before
 * clinic_close, or calls over HTTP go on after it.
 * \param settings_json the keys of `http` in docs/configuration.md; NULL: their defaults
 * Errors: configuration_invalid, with the path of the setting; closed.
 * Ownership: the caller ends `*server` with clinic_http_stop. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_http_start(const clinic_clinic* clinic, const char* settings_json, clinic_http_server** server,
                                   clinic_error* error) CLINIC_NOEXCEPT;

/**
 * The port on which the server listens: where the setting is 0, the one that it was given. 0: it is no server.
 * Thread-safe. \since 0.1
 */
CLINIC_C_API uint16_t clinic_http_port(const clinic_http_server* server) CLINIC_NOEXCEPT;

/**
 * Takes no more connections, answers what has begun, and frees the server.
 * Ownership: ends it. NULL does nothing. Thread-safe for different servers. \since 0.1
 */
CLINIC_C_API void clinic_http_stop(clinic_http_server* server) CLINIC_NOEXCEPT;

/* ---- What is handed out ---------------------------------------------------------------------------------- */

/**
 * Frees a buffer. Any thread may call it, not only the one that received the buffer.
 * Ownership: ends it. NULL does nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API void clinic_buffer_free(clinic_buffer* buffer) CLINIC_NOEXCEPT;

/**
 * Frees the contents of an error and makes it empty. It may be used for further calls.
 * Ownership: ends `error->json`; the struct is the caller's. NULL does nothing. \since 0.1
 */
CLINIC_C_API void clinic_error_clear(clinic_error* error) CLINIC_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
