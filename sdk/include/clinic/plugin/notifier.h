/**
 * \file notifier.h
 * The notifier kind of plugin: sends one rendered message over one channel. Plain C11, also valid C++.
 *
 * What is new in 1.2 is said to be. A host of before does not call it, and its messages are shorter: look at
 * `struct_size` (CLINIC_PLUGIN_HAS) before you use a new member. A plugin without the new functions is used as before.
 */
#ifndef CLINIC_NOTIFIER_H
#define CLINIC_NOTIFIER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clinic_notifier clinic_notifier;

/** How an SMS is encoded (3GPP TS 23.038). */
enum clinic_sms_encoding {
  CLINIC_SMS_GSM7 =
      1, /**< the default alphabet and its extension table serve: 160 septets, 153 in each of several parts */
  CLINIC_SMS_UCS2 = 2 /**< UTF-16: 70 units, 67 in each of several parts */
};

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
  /* since 1.2 */
  const char* recipient_name;   /**< email: the person's name, to be shown; may be null */
  const char* message_template; /**< the message's key, `invitation`, for whoever words messages by itself */
  const char* data;      /**< a JSON object: the values that the message was worded with, its secret among them */
  int64_t created_at;    /**< milliseconds since 1970 UTC, the same on every try: the Date of an email */
  uint32_t sms_encoding; /**< clinic_sms_encoding that the text needs; 0 for an email */
  uint32_t sms_parts;    /**< how many parts the text takes; 0 for an email */
} clinic_outgoing_message;

/** What the gateway said to one message. The caller owns it and has set it to zeros. Since 1.2. */
typedef struct clinic_submission {
  uint32_t struct_size;
  uint32_t
      retry_after; /**< with UNAVAILABLE or BUSY: seconds that the gateway asks for before the next try; 0: none said */
  char gateway_id[192]; /**< with OK: the gateway's id of the message, by which its receipts name it; else empty */
} clinic_submission;

/** A call of the gateway about messages that it took: an HTTP request. Texts are valid during the call. Since 1.2. */
typedef struct clinic_receipt_request {
  uint32_t struct_size;
  const char* method;         /**< `POST` */
  const char* url;            /**< the address as the gateway called it, with scheme, host and query */
  const char* const* headers; /**< name, value, name, value, …; names in any case */
  size_t header_count;        /**< pairs */
  const char* body;
  size_t body_size;
} clinic_receipt_request;

/** What became of a message after it was handed over. Closed for major 1. Since 1.2. */
enum clinic_delivery {
  CLINIC_DELIVERY_ON_ITS_WAY = 1, /**< the network has it: buffered, handed to the next centre */
  CLINIC_DELIVERY_DELIVERED = 2,  /**< it reached the telephone or the mailbox */
  CLINIC_DELIVERY_FAILED = 3      /**< it will not arrive */
};

/** One receipt. Texts are valid during the call. Since 1.2. */
typedef struct clinic_receipt {
  uint32_t struct_size;
  const char* message_id; /**< the `id` of the outgoing message, where the gateway gives it back; else null */
  const char* gateway_id; /**< what the gateway calls the message, or that part of it; else null */
  const char* reason;     /**< the gateway's own code, `30008`: no sentence, no recipient; may be null */
  int32_t delivery;       /**< clinic_delivery */
  int32_t one_part;       /**< 1: the receipt is about one part of an SMS, and each part has its own gateway_id */
} clinic_receipt;

/** The message of an error goes into the host's log: it must hold no recipient, and nothing of the text or the data. */
typedef struct clinic_notifier_table {
  uint32_t struct_size;
  /** The URL begins with the plugin's name and a colon; another one is REFUSED. */
  int (*open)(const clinic_plugin_host* host, const char* url, clinic_notifier** notifier, clinic_plugin_error* error);
  void (*close)(clinic_notifier* notifier);
  /** Threads: any number at once. OK: the message was handed over. UNAVAILABLE, BUSY or CONFLICT: the host tries again
   *  later. REFUSED: trying again is of no use, as with a channel that the plugin does not serve. */
  int (*send)(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error* error);
  int (*health)(clinic_notifier* notifier, clinic_plugin_error* error); /**< optional */
  /* since 1.2 */
  /** Optional; the host calls `send` without it. As `send`, and tells what the gateway answered. OUTCOME_UNKNOWN: the
   *  message was handed over as far as can be told, and no answer came; whether it is sent again is for the host to
   *  decide. Answers within a minute: after that the host counts the message as not sent. */
  int (*submit)(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_submission* submission,
                clinic_plugin_error* error);
  /** Optional. Reads the gateway's call and passes each receipt in it to `found`. REFUSED, and nothing found: the call
   *  is not authentic, or makes no sense. Threads: any number at once. `found` must not call the notifier. */
  int (*read_receipts)(clinic_notifier* notifier, const clinic_receipt_request* request, void* context,
                       void (*found)(void* context, const clinic_receipt* receipt), clinic_plugin_error* error);
  /** Optional. 1: the notifier serves that channel, `email` or `sms`; 0: it does not, and the host does not open. */
  int (*serves)(clinic_notifier* notifier, const char* channel);
} clinic_notifier_table;

#ifdef __cplusplus
}
#endif
#endif
