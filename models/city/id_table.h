// Ids of a city file and what they stand for. A reference may come before the thing it names.
#pragma once

#include "engine/base.h"

typedef enum dd_id_kind {
    DD_ID_NONE, // referred to, not defined
    DD_ID_WARD,
    DD_ID_ROAD,
    DD_ID_SEGMENT,
    DD_ID_CABINET,
    DD_ID_FEEDER,
    DD_ID_LAMP,
    DD_ID_MODEL,
    DD_ID_KINDS
} dd_id_kind;

extern const char *const dd_id_kind_names[DD_ID_KINDS]; // "a ward", ...

typedef struct dd_id {
    uint32_t text; // offset in the pool
    uint32_t hash;
    dd_id_kind kind;
    uint32_t index; // among its kind
    uint32_t line;  // where it is defined, or first referred to
    uint32_t next;  // entry + 1 with the same bucket
} dd_id;

typedef struct dd_id_table {
    char *pool;
    uint32_t pool_used, pool_room;
    dd_id *ids; // entry 0 is none
    uint32_t id_n, id_room;
    uint32_t *buckets;
    uint32_t bucket_n; // a power of two
} dd_id_table;

bool dd_id_table_init(dd_id_table *table, dd_error *error);

// Copies a text into the pool and returns its offset; 0 and an error without memory.
uint32_t dd_id_text(dd_id_table *table, const char *text, dd_error *error);

// The entry of an id, made when there is none yet; 0 and an error without memory.
uint32_t dd_id_entry(dd_id_table *table, const char *text, dd_error *error);

// The id of that kind which is nearest to `text`, or NULL.
const char *dd_id_nearest(const dd_id_table *table, const char *text, dd_id_kind kind);

void dd_id_table_fini(dd_id_table *table);
