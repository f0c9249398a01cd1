// Records: one typed stream of what happened. Everything that looks at a run (run file, summary,
// report, window, criteria) reads this stream, driven by the schema below alone.
#pragma once

#include "engine/entity.h"
#include "engine/time.h"

// Changes whenever a field of any kind changes its place, unit or meaning.
#define DD_RECORD_SCHEMA 3

enum { DD_RECORD_VALUES = 4, DD_RECORD_KINDS_MAX = 64, DD_DIGESTS_MAX = 8 };

typedef enum dd_field_type {
    DD_FIELD_NONE = 0, // ends a kind's fields
    DD_FIELD_INTEGER,
    DD_FIELD_MILLI,  // thousandths of the unit
    DD_FIELD_SHARE,  // thousandths of the whole; people see percent
    DD_FIELD_ENUM,   // an index into `names`
    DD_FIELD_ENTITY, // an entity's index
    DD_FIELD_TIME,   // nanoseconds since the scenario's start
    DD_FIELD_TEXT,   // an index into the engine's texts
    DD_FIELD_BYTES,  // octets that live until the next flush (dd_record_bytes)
} dd_field_type;

typedef struct dd_field {
    const char *name; // column name, lower_snake
    dd_field_type type;
    const char *unit;         // "W", "ms", ...; NULL for none
    const char *const *names; // for DD_FIELD_ENUM, NULL-terminated
} dd_field;

// Is it what happened, or what somebody holds to have happened?
typedef enum dd_voice { DD_TRUTH, DD_BELIEF } dd_voice;

typedef struct dd_record_kind {
    const char *name; // table name in the run file, lower_snake
    const char *what; // one sentence for people
    dd_voice voice;
    uint8_t digest; // 1 + index into the schema's digest names, or 0: never enters a digest
    bool kept;      // worth a row in the run file
    dd_field fields[DD_RECORD_VALUES];
} dd_record_kind;

// Whether a kind carries octets. Such a kind is for listeners only: it is not kept in the run file
// and enters no digest, since its octets are gone after the flush.
bool dd_record_kind_carries(const dd_record_kind *kind);

typedef struct dd_record_schema {
    const dd_record_kind *kinds;
    uint16_t kind_n;
    const char *const *digest_names; // outcome kinds that are always produced: "lights", ...
    uint8_t digest_n;
} dd_record_schema;

typedef struct dd_record {
    dd_time time;
    uint64_t id;     // DD_ORDER(domain, sequence in that domain); unique in a run
    uint64_t cause;  // id of the record that led to it, 0 for none known
    uint32_t entity; // what it is about
    uint16_t kind;
    uint16_t branch; // 0 until a run is rewound
    int64_t value[DD_RECORD_VALUES];
} dd_record;

_Static_assert(sizeof(dd_record) == 64, "a record stays small");

// The stream's order: by time, then by id.
static inline bool dd_record_before(const dd_record *x, const dd_record *y) {
    return x->time != y->time ? x->time < y->time : x->id < y->id;
}

// A growing run of records in memory, with the octets that they carry, one a domain; emptied at
// every barrier.
typedef struct dd_record_buffer {
    dd_record *records;
    uint8_t *octets;
    uint32_t n, capacity;
    uint32_t octet_n, octet_capacity;
} dd_record_buffer;

enum { DD_RECORD_BYTES_MAX = 65535 }; // in one field

void dd_record_buffer_push(dd_record_buffer *buffer, const dd_record *record);

// Keeps octets for a DD_FIELD_BYTES field; returns the field's value, 0 for none. `n` is at most
// DD_RECORD_BYTES_MAX.
int64_t dd_record_buffer_carry(dd_record_buffer *buffer, const void *octets, size_t n);

// The octets of a field's value, `n` of them. Gone when the buffer is emptied.
const uint8_t *dd_record_buffer_octets(const dd_record_buffer *buffer, int64_t value, size_t *n);

// One that has grown large gives its memory back: at some moments all domains have much to tell.
void dd_record_buffer_empty(dd_record_buffer *buffer);
void dd_record_buffer_fini(dd_record_buffer *buffer);

// A digest is the sum of a hash of each record's outcome (time, stable ids, the kind's name,
// values; neither id nor cause), so that neither the order of domains nor that of threads can touch
// it, nor kinds of records that come and go.
typedef struct dd_digest {
    uint64_t lane[2];
} dd_digest;

enum { DD_DIGEST_TEXT = 33 };
void dd_digest_add(dd_digest *digest, const dd_record *record, const dd_record_kind *kind,
                   const dd_entities *entities);
void dd_digest_join(dd_digest *digest, const dd_digest *other);
void dd_digest_format(const dd_digest *digest, char text[static DD_DIGEST_TEXT]); // 32 hex digits
