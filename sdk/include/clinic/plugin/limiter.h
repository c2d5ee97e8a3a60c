/**
 * \file limiter.h
 * The limiter kind of plugin: counts attempts against a limit, which all processes share that it reaches. Plain C11,
 * also valid C++.
 */
#ifndef CLINIC_LIMITER_H
#define CLINIC_LIMITER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clinic_limiter clinic_limiter;

typedef struct clinic_limit_answer {
  uint32_t struct_size;
  uint32_t allowed;
  uint64_t remaining;
  uint64_t retry_after_milliseconds; /**< where not allowed */
  /* since ABI 1.4 */
  uint64_t whole_after_milliseconds; /**< where allowed: after how long the whole limit is there again, if nothing more
                                        is taken; 0: the plugin does not say, and the host takes the window for it */
} clinic_limit_answer;

typedef struct clinic_limiter_table {
  uint32_t struct_size;
  /** The URL begins with the plugin's name and a colon; another one is REFUSED. */
  int (*open)(const clinic_plugin_host* host, const char* url, clinic_limiter** limiter, clinic_plugin_error* error);
  void (*close)(clinic_limiter* limiter);
  /** Takes `cost` from `key`, which has `limit` per `window_milliseconds`; all or nothing. Threads: any number at once.
   *
   *  What was taken grows back within the window, evenly or at its end, as the plugin chooses. An error does not refuse
   *  the attempt: while a limiter fails, the SDK counts by itself and asks the limiter again every few seconds. */
  int (*take)(clinic_limiter* limiter, const char* key, size_t key_size, uint64_t limit, uint64_t window_milliseconds,
              uint64_t cost, clinic_limit_answer* answer, clinic_plugin_error* error);
  int (*reset)(clinic_limiter* limiter, const char* key, size_t key_size, clinic_plugin_error* error);
} clinic_limiter_table;

#ifdef __cplusplus
}
#endif
#endif
