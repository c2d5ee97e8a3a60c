/* A C program with a clinic inside: opens one, registers a patient who gets a portal account, is refused the second
 * time.
 *
 *   cc main.c -lclinic_c -o embed_c && ./embed_c sqlite:clinic.db
 */
#include <clinic.h>

#include <stdio.h>

/* In a real program the request comes from a JSON library; the clinic checks every field of it. */
static const char jane[] =
    "{\"first_name\": \"Jane\", \"last_name\": \"Smith\", \"birth_date\": \"1987-04-12\","
    " \"email\": \"jane.smith@example.org\", \"create_portal_account\": true}";

/* Errors belong to the caller: a code to act on, a text for a person, and JSON with what is wrong with which field. */
static int report(const char* what, const clinic_error* error) {
  printf("%s: %s (%s) %s\n", what, error->message, error->code, error->detail);
  if (error->json) printf("as JSON: %s\n", error->json->data);
  return 1;
}

/* The one rule of ownership: what came through an out parameter is ended by the function for its type. */
static int run(const char* storage, clinic_clinic** clinic, clinic_session** desk, clinic_error* error) {
  clinic_buffer* answer = NULL;
  clinic_call_options options = CLINIC_CALL_OPTIONS_INIT;

  /* Creates the database where there is none. Thread-safe: open one and share it. */
  if (clinic_open_url(storage, NULL, clinic, error) != CLINIC_OK) return report("Not opened", error);

  /* Who acts goes into the audit. NULL: this part of the program may do everything. */
  if (clinic_session_system(*clinic, "front-desk", NULL, desk, error) != CLINIC_OK) return report("No session", error);

  /* Any operation of docs/operations.md, by its name. */
  options.origin = "embed_c";
  if (clinic_call(*desk, "patients.register", jane, CLINIC_TERMINATED, &options, &answer, error) != CLINIC_OK)
    return report("Not registered", error);
  printf("Registered: %s\n", answer->data); /* holds the temporary password, this once */
  clinic_buffer_free(answer);

  /* The email has an account now, so a second one is refused, and nothing is written. */
  if (clinic_call(*desk, "patients.register", jane, CLINIC_TERMINATED, &options, &answer, error) == CLINIC_OK) {
    clinic_buffer_free(answer);
    puts("A duplicate got through.");
    return 1;
  }
  report("Refused, as it should be", error);
  return 0;
}

int main(int argc, char** argv) {
  clinic_clinic* clinic = NULL;
  clinic_session* desk = NULL;
  clinic_error error = CLINIC_ERROR_INIT;
  int code = run(argc > 1 ? argv[1] : "sqlite:clinic.db", &clinic, &desk, &error);

  /* All of these take NULL, so one clean-up does for every way out. */
  clinic_session_close(desk);
  clinic_close(clinic);
  clinic_error_clear(&error);
  return code;
}
