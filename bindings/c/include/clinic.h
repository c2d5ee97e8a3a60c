/**
 * \file clinic.h
 * clinic for C, and for every language that can call C. Compiles as C99, C11 and C++.
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
 * Ownership, one rule: what a function stores through an out parameter belongs to the caller, who ends it with the one
 * function for its type: clinic_close, clinic_session_close, clinic_buffer_free, clinic_error_clear. All four take NULL
 * and then do nothing. What the caller passes in is copied where it is needed longer than the call (the functions of a
 * clinic_host aside), and never freed by the library.
 *
 * Errors: a function that can fail answers CLINIC_OK or CLINIC_FAILED and tells the rest in the caller's clinic_error,
 * which may be NULL where nobody wants to know. An out parameter is set to NULL on failure. No C++ exception leaves the
 * library. A NULL where a thing is needed is refused as `validation_failed`, naming the argument; so is a handle of
 * another type, a clinic where a session is wanted.
 *
 * Threads: all functions may be called from any thread at any time, on the same handles too, with two exceptions: a
 * handle must not be closed while another thread is inside a call that was given this handle, and a clinic_error, as
 * any variable of the caller, is for one thread at a time. Using a handle or a buffer after it was closed or freed is
 * undefined, as with free(). Often the library still sees that a handle was closed, refuses it as one of another type,
 * and leaves it alone where it is to be closed again; but nobody may count on that. Cancelling a thread inside a call
 * (pthread_cancel) ends the process.
 *
 * Processes: handles belong to the process that opened them. In a child of fork(2), calls with them answer the error
 * `closed`, and the closing functions forget them without touching the parent's database. The child opens its own; but
 * not with SQLite, if the parent had an SQLite database open when it forked: then opening answers `plugin_refused`. Let
 * such a parent open after the fork only, or close before it, or start the child with exec.
 *
 * Growth: structs start with their size, are made with their initialiser macro, and may grow at the end.
 *
 * Texts are UTF-8. Moments are RFC 3339 in UTC in JSON, and milliseconds since 1970 in C.
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

/** This header's ABI. Libraries of the same major keep every function and every struct's beginning; see
 * clinic_abi_version. While the major is 0, a new minor may break both. */
#define CLINIC_ABI_MAJOR 0u
#define CLINIC_ABI_MINOR 1u
#define CLINIC_ABI_VERSION ((CLINIC_ABI_MAJOR << 16) | CLINIC_ABI_MINOR)

#define CLINIC_OK 0
#define CLINIC_FAILED 1

/** For a size: the text ends at its NUL. */
#define CLINIC_TERMINATED SIZE_MAX

/** An opened clinic: a database, a policy, the operations. */
typedef struct clinic_clinic clinic_clinic;

/** A clinic in the hands of one actor. */
typedef struct clinic_session clinic_session;

/** A text that the library hands out; made by the library only, so it may grow. Read it, do not write it. */
typedef struct clinic_buffer {
  const char* data; /**< UTF-8, never NULL, with a NUL behind the last byte */
  size_t size;      /**< in bytes, without that NUL */
} clinic_buffer;

/**
 * What went wrong; empty (`code[0] == 0`) after a success. Made with CLINIC_ERROR_INIT, then good for any number of
 * calls, each of which first clears what the one before left; clinic_error_clear after the last one, since `json` is
 * owned.
 */
typedef struct clinic_error {
  uint32_t struct_size;
  int32_t http_status;
  int32_t retryable;   /**< 1: the same call may succeed later, unchanged */
  char code[52];       /**< the word of the error, `duplicate_email`; clinic_errors lists them all */
  char message[256];   /**< one line for a person; cut at a whole character where it does not fit */
  char detail[512];    /**< the field's message or an incident id; may be empty; cut likewise */
  clinic_buffer* json; /**< the whole error with its field errors, uncut, as one JSON object; NULL after a success, and
                          where memory ran out */
} clinic_error;

#define CLINIC_ERROR_INIT \
  { sizeof(clinic_error), 0, 0, "", "", "", NULL }

/** Log levels; the same numbers as in plugin.h. */
enum clinic_level {
  CLINIC_LEVEL_TRACE = 0,
  CLINIC_LEVEL_DEBUG = 1,
  CLINIC_LEVEL_INFO = 2,
  CLINIC_LEVEL_WARNING = 3,
  CLINIC_LEVEL_ERROR = 4
};

/**
 * What the host lends to a clinic. Every member but struct_size may stay NULL. The struct is copied; the functions and
 * the context must stay valid until clinic_close has returned, are called from any thread, several at once, and must
 * neither call the clinic nor leave by longjmp or by an exception.
 */
typedef struct clinic_host {
  uint32_t struct_size;
  void* context; /**< first argument of the functions */
  /** Takes one line (not terminated); else lines go to standard error. The configuration's log_level decides what is
   * logged. */
  void (*log)(void* context, int32_t level, const char* line, size_t size);
  /** The time, in milliseconds since 1970 UTC; else the system's clock. For tests. */
  int64_t (*now)(void* context);
  /** Fills bytes with random ones; else OpenSSL's. Passwords, tokens and keys are made of them: for tests. */
  void (*random)(void* context, unsigned char* bytes, size_t size);
  /** Judges, before an anonymous caller registers or asks for a link, the caller's answer to the host's own challenge
   * (a CAPTCHA or the like): 1 passes, all else is refused with `challenge_failed`. `origin` and `answer` are those of
   * the clinic_call_options, empty where there are none. Called outside of any transaction: it may take its time. */
  int (*challenge)(void* context, const char* operation, const char* origin, const char* answer);
} clinic_host;

#define CLINIC_HOST_INIT \
  { sizeof(clinic_host), NULL, NULL, NULL, NULL, NULL }

/** What may be said with one call. Members may stay NULL. */
typedef struct clinic_call_options {
  uint32_t struct_size;
  /** The same key with the same request answers the same, and does the thing once. At most 255 characters; the scope is
   * the actor. */
  const char* idempotency_key;
  /** From where the call came (an address, a channel); goes into the audit. At most 200 characters. */
  const char* origin;
  /** The caller's answer to the host's challenge, for clinic_host.challenge. At most 4096 characters, one line; kept
   * nowhere.
   */
  const char* challenge;
} clinic_call_options;

#define CLINIC_CALL_OPTIONS_INIT \
  { sizeof(clinic_call_options), NULL, NULL, NULL }

/* ---- The library ----------------------------------------------------------------------------------------- */

/**
 * The SDK's version, `0.1.0`.
 * Ownership: the text is static. Thread-safe. \since 0.1
 */
CLINIC_C_API const char* clinic_version(void) CLINIC_NOEXCEPT;

/**
 * The ABI of the loaded library, as CLINIC_ABI_VERSION. A host that loads the library at run time compares: the same
 * major, and a minor not below its header's (while the major is 0: the same minor).
 * Ownership: nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API uint32_t clinic_abi_version(void) CLINIC_NOEXCEPT;

/**
 * Every error that there is, as a JSON array of `{"code","status","retryable","message","remedy"}`.
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
 * `{"plugins":[{"path","kind","name","version","licence","abi","refusal"}]}`, in the order of the search; `refusal`
 * says why one would not be used, and is empty where it would. Loads each to ask it; it stays loaded.
 * \param configuration_json as for clinic_open; NULL: nothing configured
 * Ownership: the caller frees `*plugins` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_plugins(const char* configuration_json, clinic_buffer** plugins,
                                clinic_error* error) CLINIC_NOEXCEPT;

/**
 * How many clinics, sessions and buffers (those in a clinic_error too) are not yet closed or freed, in this process.
 * For tests of hosts: the number at the end of a test is the one at its start.
 * Ownership: nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API size_t clinic_live_objects(void) CLINIC_NOEXCEPT;

/* ---- A clinic -------------------------------------------------------------------------------------------- */

/**
 * Opens a clinic; by default creates the schema or brings it forward.
 * \param configuration_json one JSON object: `{"storage":"sqlite:clinic.db","profile":"standard",…}`, see
 *   docs/configuration.md. It is the whole configuration: environment variables are not looked at (clinic_open_file
 * does). \param host what the host lends, or NULL Errors: malformed_json, configuration_invalid, plugin_not_found,
 * plugin_refused, key_missing, key_wrong, schema_newer, schema_older, unavailable. Ownership: the caller closes
 * `*clinic` with clinic_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_open(const char* configuration_json, const clinic_host* host, clinic_clinic** clinic,
                             clinic_error* error) CLINIC_NOEXCEPT;

/**
 * clinic_open with a storage URL and everything else as it comes: `sqlite:clinic.db`.
 * Ownership: the caller closes `*clinic` with clinic_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_open_url(const char* storage, const clinic_host* host, clinic_clinic** clinic,
                                 clinic_error* error) CLINIC_NOEXCEPT;

/**
 * clinic_open with a configuration file and, on top of it, the environment variables `CLINIC_…`.
 * \param file a JSON file; NULL or empty: the environment alone
 * Ownership: the caller closes `*clinic` with clinic_close. Thread-safe, as long as nobody calls setenv. \since 0.1
 */
CLINIC_C_API int clinic_open_file(const char* file, const clinic_host* host, clinic_clinic** clinic,
                                  clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Closes a clinic and frees the handle. Waits for calls that are under way; later calls of its sessions answer
 * `closed`, and the sessions are still to be closed. When it returns, the database is closed and the host's functions
 * are no longer called.
 * Ownership: ends it. NULL does nothing. Thread-safe; not from a function of the clinic_host. \since 0.1
 */
CLINIC_C_API void clinic_close(clinic_clinic* clinic) CLINIC_NOEXCEPT;

/* ---- A session ------------------------------------------------------------------------------------------- */

/**
 * Acts as a trusted part of the host program.
 * \param name goes into the audit: `front-desk`; one line of at most 100 characters, not blank
 * \param role may do what this role may; NULL: everything
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
 * Acts as nobody in particular: may do what needs no role.
 * Errors: validation_failed, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_anonymous(const clinic_clinic* clinic, clinic_session** session,
                                          clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Acts as the user to whom `auth.login` gave this access token. Every call looks whether the login still holds.
 * \param access_token the JWT; whoever has it acts as that user
 * Errors: token_invalid, token_expired, closed.
 * Ownership: the caller closes `*session` with clinic_session_close. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_session_token(const clinic_clinic* clinic, const char* access_token, clinic_session** session,
                                      clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Calls an operation by name, JSON in and JSON out; docs/operations.md lists them.
 * \param request_json one JSON object; NULL: an empty one
 * \param request_size its bytes, or CLINIC_TERMINATED
 * \param options NULL: none
 * \param response the answer as JSON
 * Errors: each operation lists its own; unknown_operation, malformed_json, validation_failed, forbidden, closed.
 * Ownership: the caller frees `*response` with clinic_buffer_free. Thread-safe. \since 0.1
 */
CLINIC_C_API int clinic_call(const clinic_session* session, const char* operation, const char* request_json,
                             size_t request_size, const clinic_call_options* options, clinic_buffer** response,
                             clinic_error* error) CLINIC_NOEXCEPT;

/**
 * Frees the handle. The clinic stays open.
 * Ownership: ends it. NULL does nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API void clinic_session_close(clinic_session* session) CLINIC_NOEXCEPT;

/* ---- What is handed out ---------------------------------------------------------------------------------- */

/**
 * Frees a buffer; may be another thread than the one that got it.
 * Ownership: ends it. NULL does nothing. Thread-safe. \since 0.1
 */
CLINIC_C_API void clinic_buffer_free(clinic_buffer* buffer) CLINIC_NOEXCEPT;

/**
 * Frees what an error holds and makes it empty, good for further calls.
 * Ownership: ends `error->json`; the struct is the caller's. NULL does nothing. \since 0.1
 */
CLINIC_C_API void clinic_error_clear(clinic_error* error) CLINIC_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
