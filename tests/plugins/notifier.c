/**
 * \file notifier.c
 * A notifier in C. It sends nothing anywhere: `refuse@…` it refuses, everybody else gets the message. Behind
 * `notifier:FILE` it appends each message to that file, as a line of JSON. Its receipts are
 * a body `<gateway id> delivered` or `<gateway id> failed` behind a URL that ends in `token=right`.
 *
 * With OLDER_TABLE it is a plugin of a time when the table ended before the optional `health`.
 */
#include <clinic/plugin/notifier.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clinic_notifier {
  const clinic_plugin_host* host;
  char* file; /* null: none */
};

static int fail(clinic_plugin_error* error, int code, const char* message) {
  error->code = code;
  error->constraint[0] = '\0';
  strncpy(error->message, message, sizeof error->message - 1);
  error->message[sizeof error->message - 1] = '\0';
  return code;
}

static int notifier_open(const clinic_plugin_host* host, const char* url, clinic_notifier** notifier,
                         clinic_plugin_error* error) {
  const char* file = strchr(url, ':');
  *notifier = malloc(sizeof **notifier);
  if (*notifier == NULL) return fail(error, CLINIC_PLUGIN_INTERNAL, "out of memory");
  (*notifier)->host = host;
  (*notifier)->file = NULL;
  if (file != NULL && file[1] != '\0') {
    (*notifier)->file = malloc(strlen(file));
    if ((*notifier)->file == NULL) {
      free(*notifier);
      return fail(error, CLINIC_PLUGIN_INTERNAL, "out of memory");
    }
    strcpy((*notifier)->file, file + 1);
  }
  return CLINIC_PLUGIN_OK;
}

static void notifier_close(clinic_notifier* notifier) {
  free(notifier->file);
  free(notifier);
}

static void write_json_text(FILE* file, const char* text) {
  fputc('"', file);
  for (; *text != '\0'; ++text)
    if (*text == '"' || *text == '\\')
      fprintf(file, "\\%c", *text);
    else if ((unsigned char)*text < 0x20)
      fprintf(file, "\\u%04x", (unsigned char)*text);
    else
      fputc(*text, file);
  fputc('"', file);
}

static int write_message(const char* name, const clinic_outgoing_message* message, clinic_plugin_error* error) {
  FILE* file = fopen(name, "a");
  if (file == NULL) return fail(error, CLINIC_PLUGIN_UNAVAILABLE, "the file cannot be written");
  fprintf(file,
          "{\"channel\":\"%s\",\"template\":\"%s\",\"locale\":\"%s\",\"data\":%s,\"recipient\":", message->channel,
          message->message_template, message->locale, message->data);
  write_json_text(file, message->recipient);
  fputs(",\"text\":", file);
  write_json_text(file, message->text);
  fputs("}\n", file);
  return fclose(file) == 0 ? CLINIC_PLUGIN_OK : fail(error, CLINIC_PLUGIN_UNAVAILABLE, "the file cannot be written");
}

static int notifier_send(clinic_notifier* notifier, const clinic_outgoing_message* message,
                         clinic_plugin_error* error) {
  static const char line[] = "a message was sent";
  if (strncmp(message->recipient, "refuse@", 7) == 0)
    return fail(error, CLINIC_PLUGIN_REFUSED, "the recipient is refused");
  if (notifier->file != NULL && write_message(notifier->file, message, error) != CLINIC_PLUGIN_OK) return error->code;
  if (notifier->host->log != NULL) notifier->host->log(notifier->host->context, CLINIC_LOG_INFO, line, sizeof line - 1);
  return CLINIC_PLUGIN_OK;
}

#if !defined(OLDER_TABLE)
static int notifier_health(clinic_notifier* notifier, clinic_plugin_error* error) {
  (void)notifier;
  return fail(error, CLINIC_PLUGIN_UNAVAILABLE, "the gateway does not answer");
}
static int notifier_submit(clinic_notifier* notifier, const clinic_outgoing_message* message,
                           clinic_submission* submission, clinic_plugin_error* error) {
  const int code = notifier_send(notifier, message, error);
  if (code == CLINIC_PLUGIN_OK)
    snprintf(submission->gateway_id, sizeof submission->gateway_id, "gateway-%s", message->id);
  return code;
}

static int notifier_read_receipts(clinic_notifier* notifier, const clinic_receipt_request* request, void* context,
                                  void (*found)(void* context, const clinic_receipt* receipt),
                                  clinic_plugin_error* error) {
  char id[100] = "", state[20] = "";
  clinic_receipt receipt = {.struct_size = sizeof receipt, .gateway_id = id, .reason = "42"};
  const char* token = strstr(request->url, "token=right");
  (void)notifier;
  if (token == NULL) return fail(error, CLINIC_PLUGIN_REFUSED, "the token is wrong");
  if (sscanf(request->body, "%99s %19s", id, state) != 2)
    return fail(error, CLINIC_PLUGIN_REFUSED, "the body is no receipt");
  receipt.delivery = strcmp(state, "delivered") == 0 ? CLINIC_DELIVERY_DELIVERED : CLINIC_DELIVERY_FAILED;
  found(context, &receipt);
  return CLINIC_PLUGIN_OK;
}

static const clinic_notifier_table table = {.struct_size = sizeof table,
                                            .open = notifier_open,
                                            .close = notifier_close,
                                            .send = notifier_send,
                                            .health = notifier_health,
                                            .submit = notifier_submit,
                                            .read_receipts = notifier_read_receipts};
#else
static const struct {
  clinic_notifier_table table;
} older = {{.struct_size = offsetof(clinic_notifier_table, health),
            .open = notifier_open,
            .close = notifier_close,
            .send = notifier_send,
            /* what happens to lie behind an older table is no function */
            .health = (int (*)(clinic_notifier*, clinic_plugin_error*))1}};
#define table older.table
#endif

static const clinic_plugin_manifest manifest = {
    sizeof manifest, CLINIC_PLUGIN_ABI_MAJOR, CLINIC_PLUGIN_ABI_MINOR, CLINIC_PLUGIN_NOTIFIER, NAME, "1.0.0", "MIT",
    &table};

CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void);
CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void) { return &manifest; }
