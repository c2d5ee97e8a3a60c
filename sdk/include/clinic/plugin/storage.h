/**
 * \file storage.h
 * The storage kind of plugin. Plain C11, also valid C++.
 *
 * Records cross the line as opaque pointers with a description. The plugin reads and writes their fields through the
 * record type's `get` and `set`, and never knows their layout. A new field is one more row in the description and no
 * change of the ABI.
 *
 * Threads: a store may be used by many threads at once; a transaction by one at a time, not always the same one.
 */
#ifndef CLINIC_STORAGE_H
#define CLINIC_STORAGE_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CLINIC_NO_FIELD UINT32_MAX

/** Kinds of values. Closed for major 1. */
enum clinic_value_kind { CLINIC_NULL = 0, CLINIC_INT = 1, CLINIC_REAL = 2, CLINIC_TEXT = 3 };

/** FROZEN. A text from `get` is valid until the record changes; it is UTF-8 without NUL inside, and not terminated. */
typedef struct clinic_value {
  uint32_t kind;
  uint32_t reserved;
  union {
    int64_t integer;
    double real;
    struct {
      const char* data;
      size_t size;
    } text;
  } as;
} clinic_value;

enum clinic_field_flag {
  CLINIC_FIELD_NULLABLE = 1,
  CLINIC_FIELD_SECRET = 2 /**< never to be logged */
};

/** What a field's values look like, for plugins that choose column types. Others need TEXT and INT only. */
enum clinic_field_form {
  CLINIC_FORM_PLAIN = 0,
  CLINIC_FORM_BOOLEAN = 1,   /**< INT, 0 or 1 */
  CLINIC_FORM_TIMESTAMP = 2, /**< INT, milliseconds since 1970 UTC */
  CLINIC_FORM_DATE = 3,      /**< INT, year * 10000 + month * 100 + day */
  CLINIC_FORM_WORD = 4,      /**< TEXT, one of `words` */
  CLINIC_FORM_JSON = 5       /**< TEXT, a JSON value */
};

typedef struct clinic_field {
  uint32_t struct_size;
  const char* name;
  uint32_t kind; /**< clinic_value_kind, never NULL */
  uint32_t flags;
  uint32_t form;
  uint32_t max_length; /**< texts: in code points; 0 where the form limits it */
  uint32_t word_count;
  const char* const* words;
} clinic_field;

typedef struct clinic_index {
  uint32_t struct_size;
  const char* name; /**< the fields' names joined by commas: `system,value` */
  uint32_t unique;
  uint32_t field_count;
  const uint32_t* fields;
} clinic_index;

typedef struct clinic_record_type {
  uint32_t struct_size;
  const char* name;
  const char* table;
  uint32_t field_count;
  const clinic_field* const* fields;
  uint32_t id_field; /**< TEXT; the primary key */
  uint32_t
      version_field;   /**< INT; 1 after insert, one more after each update; CLINIC_NO_FIELD: no optimistic version */
  uint32_t lock_field; /**< INT; touch adds one; CLINIC_NO_FIELD: cannot be touched */
  uint32_t index_count;
  const clinic_index* const* indexes;
  void (*get)(const void* record, uint32_t field, clinic_value* out);
  /** 0, or -1 when the field cannot hold that value (another kind, an unknown word): the select is REFUSED then. */
  int (*set)(void* record, uint32_t field, const clinic_value* in);
} clinic_record_type;

/** Constant, and valid as long as the process. */
typedef struct clinic_model {
  uint32_t struct_size;
  uint32_t schema_version; /**< the version of the schema that these records need */
  uint32_t record_count;
  const clinic_record_type* const* records;
} clinic_model;

/** Closed for major 1. */
enum clinic_operator {
  CLINIC_EQ = 1,
  CLINIC_NE, /**< never matches NULL */
  CLINIC_LT,
  CLINIC_LE,
  CLINIC_GT,
  CLINIC_GE,
  CLINIC_IS_NULL,
  CLINIC_NOT_NULL,
  CLINIC_IN, /**< `count` terms with operator EQ and the same field follow; they are its values. A plugin serves ten
                thousand of them; it may answer REFUSED to more */
  CLINIC_AND = 16,
  CLINIC_OR,
  CLINIC_NOT
};

/** FROZEN. Criteria are an array in prefix order: AND with `count` n, then its n operands. Texts compare by bytes. A
 * value has its field's kind. A comparison with a field that is NULL is unknown, as in SQL: neither it nor its NOT
 * matches. Criteria that make no sense, or that nest deeper than the database allows, are REFUSED. A plugin serves at
 * least twenty levels. */
typedef struct clinic_term {
  uint32_t op;
  uint32_t field;
  uint32_t count; /**< AND, OR: operands (0 is true for AND, false for OR); NOT: 1; IN: values; else 0 */
  uint32_t reserved;
  clinic_value value;
} clinic_term;

/** FROZEN. */
typedef struct clinic_order {
  uint32_t field; /**< never a nullable one */
  uint32_t descending;
} clinic_order;

typedef struct clinic_query {
  uint32_t struct_size;
  uint32_t record;
  const clinic_term* terms;
  size_t term_count;
  const clinic_order* order;
  size_t order_count;
  uint64_t limit; /**< 0: none */
} clinic_query;

/** Where the rows of a select go. `next` gives an empty record to fill, or NULL to stop; it does not throw and must not
 *  call storage. A row is complete when `next` is called again or select returns OK. */
typedef struct clinic_slots {
  uint32_t struct_size;
  void* context;
  void* (*next)(void* context);
} clinic_slots;

enum clinic_aggregate_function { CLINIC_COUNT = 1, CLINIC_SUM, CLINIC_MIN, CLINIC_MAX };

/** FROZEN. The field is ignored by COUNT, and an INT for SUM. SUM, MIN and MAX of no row are NULL. */
typedef struct clinic_measure {
  uint32_t function;
  uint32_t field;
} clinic_measure;

typedef struct clinic_aggregate {
  uint32_t struct_size;
  uint32_t record;
  const clinic_term* terms;
  size_t term_count;
  const uint32_t* group_by; /**< groups come in the order of these fields */
  size_t group_count;
  const clinic_measure* measures;
  size_t measure_count;
  /* since 1.3 */
  uint64_t limit; /**< how many groups the host will take; 0: all. It stops a plugin that goes on. */
} clinic_aggregate;

/** Where groups go: the group's fields, then the measures. Answers 0 to go on. Must not call storage. */
typedef struct clinic_groups {
  uint32_t struct_size;
  void* context;
  int (*group)(void* context, const clinic_value* values, size_t count);
} clinic_groups;

typedef struct clinic_schema_status {
  uint32_t struct_size;
  uint32_t present;  /**< version found in the database; 0: none */
  uint32_t expected; /**< version that this plugin makes */
} clinic_schema_status;

typedef struct clinic_store clinic_store;
typedef struct clinic_transaction clinic_transaction;

/** Every function is required unless it says optional. None throws. `error` is never null. */
typedef struct clinic_storage_table {
  uint32_t struct_size;

  /** Opens a store. Refuses, naming the fields that differ, a model that it cannot keep whole. Does not create tables:
   *  until migrate, calls inside transactions are REFUSED. `model` and `host` outlive the store. The URL begins with
   * the plugin's name and a colon; another one, and an option that the plugin does not know, is REFUSED. */
  int (*open)(const clinic_model* model, const clinic_plugin_host* host, const char* url, clinic_store** store,
              clinic_plugin_error* error);
  /** Every transaction has ended before. */
  void (*close)(clinic_store* store);

  int (*schema_status)(clinic_store* store, clinic_schema_status* status, clinic_plugin_error* error);
  /** Creates the schema or brings it forward to the expected version, under a lock that other processes respect: of
   *  several at once one works and the others find it done. Refuses a newer schema. */
  int (*migrate)(clinic_store* store, clinic_plugin_error* error);

  /** `writes` 0: reads see one consistent state, and writes are REFUSED. 1: a transaction that may also write. */
  int (*begin)(clinic_store* store, int writes, clinic_transaction** transaction, clinic_plugin_error* error);
  /** Ends the transaction, whatever it answers. After OK everything is durable.
   *
   *  A call inside the transaction that answers anything but OK, NOT_FOUND, STALE, REFUSED or HOST_STOPPED breaks it:
   * it can only be rolled back, and its other calls and its commit answer that code again. (Servers do so after a
   * unique violation. All plugins do, so that no caller relies on a transaction that goes on.) */
  int (*commit)(clinic_transaction* transaction, clinic_plugin_error* error);
  void (*rollback)(clinic_transaction* transaction);

  /** Inserts, and sets the record's version. A NULL in a field that must not be NULL is CONSTRAINT or REFUSED. */
  int (*insert)(clinic_transaction* transaction, uint32_t record, void* object, clinic_plugin_error* error);
  /** Optional; the SDK loops over insert without it. */
  int (*insert_many)(clinic_transaction* transaction, uint32_t record, void* const* objects, size_t count,
                     clinic_plugin_error* error);
  /** Writes the row with the record's id and version, and sets the new version; STALE when there is no such row. Leaves
   *  the lock field as it is. REFUSED for records without a version: they are written once. */
  int (*update)(clinic_transaction* transaction, uint32_t record, void* object, clinic_plugin_error* error);
  /** Locks the row by writing its lock field. Until this transaction ends, a touch of the row in another transaction
   *  waits or fails with CONFLICT. Reads after the touch see what was committed before it. NOT_FOUND without such a
   *  row. */
  int (*touch)(clinic_transaction* transaction, uint32_t record, const char* id, size_t id_size,
               clinic_plugin_error* error);
  /** Deletes the rows that match; `erased` may be null. `order` and `limit` of the query are ignored. */
  int (*erase_where)(clinic_transaction* transaction, const clinic_query* query, uint64_t* erased,
                     clinic_plugin_error* error);
  int (*select)(clinic_transaction* transaction, const clinic_query* query, const clinic_slots* slots,
                clinic_plugin_error* error);
  int (*aggregate)(clinic_transaction* transaction, const clinic_aggregate* aggregate, const clinic_groups* groups,
                   clinic_plugin_error* error);

  /** OK when the database answers now. */
  int (*health)(clinic_store* store, clinic_plugin_error* error);

  /** Writes the version of a row that is put back as it was: from a backup, or under another id. NOT_FOUND without such
   *  a row. REFUSED for records without a version. Optional, since 1.1: without it the SDK counts the version up by
   *  updates. */
  int (*set_version)(clinic_transaction* transaction, uint32_t record, const char* id, size_t id_size, int64_t version,
                     clinic_plugin_error* error);
} clinic_storage_table;

#ifdef __cplusplus
}
#endif
#endif
