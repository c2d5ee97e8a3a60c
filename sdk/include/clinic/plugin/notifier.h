/**
 * \file notifier.h
 * The notifier kind of plugin: sends one rendered message over one channel. Plain C11, also valid C++.
 */
#ifndef CLINIC_NOTIFIER_H
#define CLINIC_NOTIFIER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clinic_notifier clinic_notifier;

/** All texts are UTF-8 and terminated; valid during the call. */
typedef struct clinic_outgoing_message {
  uint32_t struct_size;
  const char* id;        /**< the same on every try, so that a gateway can drop a repeated message */
  const char* channel;   /**< `email` or `sms` */
  const char* recipient; /**< a mailbox, or an E.164 number */
  const char* locale;    /**< BCP 47 */
  const char* subject;   /**< email; null otherwise */
  const char* text;
  const char* html; /**< email; may be null */
} clinic_outgoing_message;

typedef struct clinic_notifier_table {
  uint32_t struct_size;
  /** The URL begins with the plugin's name and a colon; another one is REFUSED. */
  int (*open)(const clinic_plugin_host* host, const char* url, clinic_notifier** notifier, clinic_plugin_error* error);
  void (*close)(clinic_notifier* notifier);
  /** Threads: any number at once. OK: the message was handed over. UNAVAILABLE, BUSY or CONFLICT: the host tries again
   *  later. REFUSED: trying again is of no use, as with a channel that the plugin does not serve. */
  int (*send)(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error* error);
  int (*health)(clinic_notifier* notifier, clinic_plugin_error* error); /**< optional */
} clinic_notifier_table;

#ifdef __cplusplus
}
#endif
#endif
