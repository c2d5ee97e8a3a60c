/**
 * \file mailbox.c
 * A notifier plugin in C: appends each message to a file, `mailbox:/var/spool/clinic/outbox.txt`.
 *
 * Instead of a gateway it has a file; all else is what a notifier has to do. It needs the C headers of clinic/plugin
 * and a POSIX system.
 */
#define _POSIX_C_SOURCE 200809L /* NOLINT(bugprone-reserved-identifier) */

#include <clinic/plugin/notifier.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct clinic_notifier {
  const clinic_plugin_host* host;
  int file;
};

/** What the host shows to whoever reads its log: what failed and on what, and never a recipient or a text. */
static int fail(clinic_plugin_error* error, int code, int native_code, const char* message) {
  error->code = code;
  error->native_code = native_code;
  error->constraint[0] = '\0';
  snprintf(error->message, sizeof error->message, "%s", message);
  return code;
}

static int open_mailbox(const clinic_plugin_host* host, const char* url, clinic_notifier** notifier,
                        clinic_plugin_error* error) {
  static const char scheme[] = "mailbox:";
  if (strncmp(url, scheme, sizeof scheme - 1) != 0)
    return fail(error, CLINIC_PLUGIN_REFUSED, 0, "the URL does not begin with mailbox:");
  const char* path = url + sizeof scheme - 1;
  if (path[0] != '/') return fail(error, CLINIC_PLUGIN_REFUSED, 0, "the file's path is not absolute");
  if (strchr(path, '?') != NULL) return fail(error, CLINIC_PLUGIN_REFUSED, 0, "the URL has options; there are none");

  clinic_notifier* opened = malloc(sizeof *opened);
  if (opened == NULL) return fail(error, CLINIC_PLUGIN_INTERNAL, 0, "out of memory");
  opened->host = host; /* valid until the mailbox is closed */
  opened->file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (opened->file < 0) {
    free(opened);
    return fail(error, CLINIC_PLUGIN_UNAVAILABLE, errno, "the file cannot be opened");
  }
  *notifier = opened;
  return CLINIC_PLUGIN_OK;
}

static void close_mailbox(clinic_notifier* notifier) {
  close(notifier->file);
  free(notifier);
}

/** A header is one line, whatever is in it. */
static char* put_header(char* at, const char* name, const char* value) {
  if (value == NULL) return at;
  at += sprintf(at, "%s: ", name);
  for (; *value != '\0'; ++value, ++at) {
    *at = *value;
    if (*at == '\n' || *at == '\r') *at = ' ';
  }
  *at++ = '\n';
  return at;
}

static size_t length(const char* text) { return text == NULL ? 0 : strlen(text); }

/** The message as it stands in the file; NULL without memory. */
static char* written_out(const clinic_outgoing_message* message, size_t* size) {
  static const size_t names_and_ends = 128;
  char* text = malloc(length(message->id) + length(message->channel) + length(message->recipient) +
                      length(message->subject) + length(message->text) + names_and_ends);
  if (text == NULL) return NULL;
  char* at = text;
  at = put_header(at, "id", message->id);
  at = put_header(at, "channel", message->channel);
  at = put_header(at, "to", message->recipient);
  at = put_header(at, "subject", message->subject);
  at += sprintf(at, "\n%s\n\n", message->text);
  *size = (size_t)(at - text);
  return text;
}

static void log_line(const clinic_plugin_host* host, int32_t level, const char* line) {
  if (host->log != NULL && level >= host->log_level) host->log(host->context, level, line, strlen(line));
}

static int send_message(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error* error) {
  if (strcmp(message->channel, "email") != 0 && strcmp(message->channel, "sms") != 0)
    return fail(error, CLINIC_PLUGIN_REFUSED, 0, "a mailbox takes email and sms only");

  size_t size = 0;
  char* text = written_out(message, &size);
  if (text == NULL) return fail(error, CLINIC_PLUGIN_INTERNAL, 0, "out of memory");
  /* At the end of the file, in one call: any number of threads and processes may send at once. */
  const ssize_t written = write(notifier->file, text, size);
  const int reason = errno;
  free(text);
  if (written != (ssize_t)size) return fail(error, CLINIC_PLUGIN_UNAVAILABLE, reason, "the file cannot be written");
  log_line(notifier->host, CLINIC_LOG_DEBUG, "mailbox: a message was appended");
  return CLINIC_PLUGIN_OK;
}

static const clinic_notifier_table table = {.struct_size = sizeof table,
                                            .open = open_mailbox,
                                            .close = close_mailbox,
                                            .send = send_message}; /* the others are optional */

static const clinic_plugin_manifest manifest = {sizeof manifest,
                                                CLINIC_PLUGIN_ABI_MAJOR,
                                                CLINIC_PLUGIN_ABI_MINOR,
                                                CLINIC_PLUGIN_NOTIFIER,
                                                "mailbox",
                                                "1.0.0",
                                                "MIT",
                                                &table};

CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void);
CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void) { return &manifest; }
