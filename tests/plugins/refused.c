/**
 * \file refused.c
 * A plugin with one defect, chosen when it is compiled: what the loader has to refuse, and in two cases to accept.
 */
#include <clinic/plugin/notifier.h>
#include <clinic/plugin/storage.h>

/* Null pointers where the defect is; elsewhere functions that are never called. */
static int storage_open(const clinic_model* model, const clinic_plugin_host* host, const char* url,
                        clinic_store** store, clinic_plugin_error* error) {
  (void)model, (void)host, (void)url, (void)store, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static void storage_close(clinic_store* store) { (void)store; }
static int schema_status(clinic_store* store, clinic_schema_status* status, clinic_plugin_error* error) {
  (void)store, (void)status, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int migrate(clinic_store* store, clinic_plugin_error* error) {
  (void)store, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int begin(clinic_store* store, int writes, clinic_transaction** transaction, clinic_plugin_error* error) {
  (void)store, (void)writes, (void)transaction, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int commit(clinic_transaction* transaction, clinic_plugin_error* error) {
  (void)transaction, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static void rollback(clinic_transaction* transaction) { (void)transaction; }
static int write_one(clinic_transaction* transaction, uint32_t record, void* object, clinic_plugin_error* error) {
  (void)transaction, (void)record, (void)object, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int touch(clinic_transaction* transaction, uint32_t record, const char* id, size_t id_size,
                 clinic_plugin_error* error) {
  (void)transaction, (void)record, (void)id, (void)id_size, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int erase_where(clinic_transaction* transaction, const clinic_query* query, uint64_t* erased,
                       clinic_plugin_error* error) {
  (void)transaction, (void)query, (void)erased, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int select_rows(clinic_transaction* transaction, const clinic_query* query, const clinic_slots* slots,
                       clinic_plugin_error* error) {
  (void)transaction, (void)query, (void)slots, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int aggregate_rows(clinic_transaction* transaction, const clinic_aggregate* aggregate,
                          const clinic_groups* groups, clinic_plugin_error* error) {
  (void)transaction, (void)aggregate, (void)groups, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}
static int health(clinic_store* store, clinic_plugin_error* error) {
  (void)store, (void)error;
  return CLINIC_PLUGIN_REFUSED;
}

#if defined(MISSING_FUNCTION)
#define UPDATE NULL
#else
#define UPDATE write_one
#endif
#if defined(SHORT_TABLE)
#define TABLE_SIZE offsetof(clinic_storage_table, touch) /* ends behind update */
#else
#define TABLE_SIZE sizeof(clinic_storage_table)
#endif
static const clinic_storage_table table = {TABLE_SIZE,  storage_open, storage_close,  schema_status, migrate, begin,
                                           commit,      rollback,     write_one,      NULL,          UPDATE,  touch,
                                           erase_where, select_rows,  aggregate_rows, health,        NULL};

#if defined(ABI_2)
#define ABI_MAJOR 2
#else
#define ABI_MAJOR CLINIC_PLUGIN_ABI_MAJOR
#endif
#if defined(UNKNOWN_KIND)
#define KIND "painter"
#else
#define KIND CLINIC_PLUGIN_STORAGE
#endif
#if defined(SHORT_MANIFEST)
#define MANIFEST_SIZE offsetof(clinic_plugin_manifest, licence)
#else
#define MANIFEST_SIZE sizeof(clinic_plugin_manifest)
#endif
#if defined(NULL_TABLE)
#define TABLE NULL
#else
#define TABLE &table
#endif
static const clinic_plugin_manifest manifest = {MANIFEST_SIZE, ABI_MAJOR, 0, KIND, NAME, "1.0.0", "MIT", TABLE};

#if defined(UNRESOLVED)
void clinic_function_that_nobody_defines(void);
#endif

#if defined(NO_SYMBOL)
#define clinic_plugin clinic_another_symbol
#endif
CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void);
CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void) {
#if defined(UNRESOLVED)
  clinic_function_that_nobody_defines();
#endif
  (void)table, (void)manifest; /* not every defect uses both */
#if defined(NULL_MANIFEST)
  return NULL;
#else
  return &manifest;
#endif
}
