/* The header alone, as strict C: it compiles, the library has all of its functions, and the least that one can do
 * works. */
#include <clinic.h>

static int failures = 0;

static void expect(int truth) {
  if (!truth) ++failures;
}

int main(void) {
  size_t before = clinic_live_objects();
  clinic_error error = CLINIC_ERROR_INIT;
  clinic_host host = CLINIC_HOST_INIT;
  clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;
  clinic_clinic* clinic = NULL;
  clinic_session* session = NULL;
  clinic_buffer* buffer = NULL;

  expect(clinic_version()[0] != '\0');
  expect(clinic_abi_version() == CLINIC_ABI_VERSION);
  expect(clinic_errors(&buffer, &error) == CLINIC_OK && buffer->data[0] == '[' && buffer->data[buffer->size] == '\0');
  clinic_buffer_free(buffer);
  expect(clinic_operations(&buffer, &error) == CLINIC_OK && buffer->data[0] == '{');
  clinic_buffer_free(buffer);
  expect(clinic_plugins(NULL, &buffer, &error) == CLINIC_OK && buffer->data[0] == '{');
  clinic_buffer_free(buffer);
  expect(error.code[0] == '\0' && error.json == NULL);

  expect(clinic_open(NULL, &host, &clinic, &error) == CLINIC_FAILED && error.code[0] != '\0' && error.json != NULL);
  expect(clinic_open_url(NULL, &host, &clinic, NULL) == CLINIC_FAILED && clinic == NULL);
  expect(clinic_open_file("/nowhere/clinic.json", &host, &clinic, &error) == CLINIC_FAILED);
  expect(clinic_session_system(clinic, "desk", NULL, &session, &error) == CLINIC_FAILED && session == NULL);
  expect(clinic_session_user(clinic, "7", "doctor", &session, &error) == CLINIC_FAILED);
  expect(clinic_session_anonymous(clinic, &session, &error) == CLINIC_FAILED);
  expect(clinic_call(session, "system.version", NULL, 0, &options, &buffer, &error) == CLINIC_FAILED && buffer == NULL);

  clinic_close(clinic);
  clinic_session_close(session);
  clinic_buffer_free(buffer);
  clinic_error_clear(&error);
  clinic_error_clear(NULL);
  expect(error.code[0] == '\0' && error.json == NULL);
  expect(clinic_live_objects() == before);
  return failures;
}
