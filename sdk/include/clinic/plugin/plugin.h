/**
 * \file plugin.h
 * The line between the SDK and its plugins, ABI major 1. Plain C11, also valid C++.
 *
 * A plugin is a shared library that exports one symbol, `clinic_plugin`, a function that answers a manifest.
 *
 * Growth rules. Structs marked FROZEN never change within a major version. All others start with `struct_size` and may
 * grow at the end; arrays therefore hold pointers to them, never the structs themselves. A reader looks at
 * `struct_size` before it uses a member that the oldest version it supports does not have. A plugin built for 1.0 loads
 * into every 1.x SDK.
 */
#ifndef CLINIC_PLUGIN_H
#define CLINIC_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLINIC_PLUGIN_ABI_MAJOR 1u
#define CLINIC_PLUGIN_ABI_MINOR 4u

/** What every function of a plugin answers. Closed for major 1. */
enum clinic_plugin_code {
  CLINIC_PLUGIN_OK = 0,
  CLINIC_PLUGIN_NOT_FOUND = 1,        /**< no such row: an answer, not an error */
  CLINIC_PLUGIN_UNIQUE_VIOLATION = 2, /**< `constraint` names the fields, joined by commas */
  CLINIC_PLUGIN_STALE = 3,            /**< the row has another version, or is gone */
  CLINIC_PLUGIN_CONFLICT = 4,         /**< serialization failure or deadlock: roll back, run again at once */
  CLINIC_PLUGIN_BUSY = 5, /**< waited for a lock, a statement or a connection as long as is allowed. Nothing was
                             changed, and running again at once would only wait again */
  CLINIC_PLUGIN_UNAVAILABLE =
      6, /**< cannot reach the service, it is read-only, or the disk is full; nothing was changed */
  CLINIC_PLUGIN_OUTCOME_UNKNOWN = 7, /**< the connection broke during commit: it may or may not have happened */
  CLINIC_PLUGIN_CONSTRAINT = 8,      /**< a constraint other than a unique one */
  CLINIC_PLUGIN_REFUSED = 9,         /**< the call, the configuration or the model does not fit; `message` says why */
  CLINIC_PLUGIN_HOST_STOPPED = 10,   /**< the host asked a select to stop */
  CLINIC_PLUGIN_INTERNAL = 11        /**< a defect of the plugin or its libraries */
};

/** Filled by the plugin when it answers anything but OK and NOT_FOUND. Owned by the caller.
 *  Holds no value of any record: the text of a driver's error stays in the plugin. */
typedef struct clinic_plugin_error {
  uint32_t struct_size;
  int32_t code;        /**< clinic_plugin_code */
  int32_t native_code; /**< the driver's number, for logs */
  char constraint[96]; /**< unique violations: `email_key` or `system,value` */
  char message[512];   /**< one line, English, what failed and on what */
} clinic_plugin_error;

enum clinic_log_level { CLINIC_LOG_TRACE = 0, CLINIC_LOG_DEBUG, CLINIC_LOG_INFO, CLINIC_LOG_WARNING, CLINIC_LOG_ERROR };

/** What the SDK offers to a plugin. Valid until the plugin's close function has returned. */
typedef struct clinic_plugin_host {
  uint32_t struct_size;
  void* context;
  /** The lowest level that the host reads. Lines of lower levels need not be made. SQL statements, without their
   *  parameters, are of level TRACE. */
  int32_t log_level;
  /** Thread-safe; never fails; keeps nothing of the text. */
  void (*log)(void* context, int32_t level, const char* message, size_t size);
} clinic_plugin_host;

/** The kinds of plugin. The manifest's `table` points to that kind's table of functions. */
#define CLINIC_PLUGIN_STORAGE "storage"   /**< clinic_storage_table, storage.h */
#define CLINIC_PLUGIN_NOTIFIER "notifier" /**< clinic_notifier_table, notifier.h */
#define CLINIC_PLUGIN_LIMITER "limiter"   /**< clinic_limiter_table, limiter.h */

typedef struct clinic_plugin_manifest {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* kind;
  const char* name;    /**< the URL scheme of a storage plugin: `sqlite` */
  const char* version; /**< the plugin's own */
  const char* licence; /**< SPDX */
  const void* table;   /**< starts with its struct_size */
} clinic_plugin_manifest;

/** The one exported symbol, `clinic_plugin`. The manifest lives as long as the library. */
typedef const clinic_plugin_manifest* (*clinic_plugin_function)(void);

#if defined(_WIN32)
#define CLINIC_PLUGIN_EXPORT __declspec(dllexport)
#else
#define CLINIC_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
}
#endif
#endif
