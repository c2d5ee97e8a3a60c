/* The C example of the README. */
#include <clinic.h>
#include <stdio.h>

int main(int count, char** arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: %s sqlite:clinic.db\n", arguments[0]);
    return 2;
  }

  const char* jane = "{\"first_name\":\"Jane\",\"last_name\":\"Smith\",\"email\":\"jane@example.com\"}";
  clinic_error error = CLINIC_ERROR_INIT;
  clinic_clinic* clinic = NULL;
  clinic_session* desk = NULL;
  clinic_buffer* answer = NULL;

  int failed = clinic_open_url(arguments[1], NULL, &clinic, &error) || /* "sqlite:clinic.db" */
               clinic_session_system(clinic, "front-desk", NULL, &desk, &error) ||
               clinic_call(desk, "patients.register", jane, CLINIC_TERMINATED, NULL, &answer, &error);
  if (failed)
    fprintf(stderr, "%s: %s %s\n", error.code, error.message, error.detail);
  else
    puts(answer->data);

  clinic_buffer_free(answer);
  clinic_session_close(desk);
  clinic_close(clinic);
  clinic_error_clear(&error);
  return failed;
}
