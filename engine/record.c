#include "engine/record.h"
#include "engine/random.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_KEPT = 256 }; // records for which an empty buffer keeps its memory

bool dd_record_kind_carries(const dd_record_kind *kind) {
    for (int i = 0; i < DD_RECORD_VALUES; i++)
        if (kind->fields[i].type == DD_FIELD_BYTES) return true;
    return false;
}

static void *grow(void *all, size_t size, const char *what) {
    void *grown = realloc(all, size);
    if (grown) return grown;
    fprintf(stderr, "domdom: no memory for %zu bytes of %s between two barriers\n", size, what);
    abort();
}

void dd_record_buffer_push(dd_record_buffer *buffer, const dd_record *record) {
    if (buffer->n == buffer->capacity) {
        buffer->capacity = buffer->capacity ? 2 * buffer->capacity : 64;
        buffer->records =
            grow(buffer->records, buffer->capacity * sizeof *buffer->records, "records");
    }
    buffer->records[buffer->n++] = *record;
}

// A field's value tells where its octets begin, and in the low bits how many they are.
enum { LENGTH_BITS = 16 };

int64_t dd_record_buffer_carry(dd_record_buffer *buffer, const void *octets, size_t n) {
    assert(n <= DD_RECORD_BYTES_MAX && buffer->octet_n <= UINT32_MAX - n);
    if (!n) return 0;
    while (buffer->octet_n + n > buffer->octet_capacity) {
        buffer->octet_capacity = buffer->octet_capacity ? 2 * buffer->octet_capacity : 4096;
        buffer->octets = grow(buffer->octets, buffer->octet_capacity, "records' octets");
    }
    int64_t value = (int64_t)buffer->octet_n << LENGTH_BITS | (int64_t)n;
    memcpy(buffer->octets + buffer->octet_n, octets, n);
    buffer->octet_n += (uint32_t)n;
    return value;
}

const uint8_t *dd_record_buffer_octets(const dd_record_buffer *buffer, int64_t value, size_t *n) {
    *n = (size_t)value & DD_RECORD_BYTES_MAX;
    return *n ? buffer->octets + (value >> LENGTH_BITS) : NULL;
}

void dd_record_buffer_fini(dd_record_buffer *buffer) {
    free(buffer->records);
    free(buffer->octets);
    *buffer = (dd_record_buffer){0};
}

void dd_record_buffer_empty(dd_record_buffer *buffer) {
    if (buffer->capacity > BUFFER_KEPT) {
        dd_record_buffer_fini(buffer);
        return;
    }
    buffer->n = 0;
    buffer->octet_n = 0;
}

void dd_digest_add(dd_digest *digest, const dd_record *record, const dd_record_kind *kind,
                   const dd_entities *entities) {
    uint64_t hash = dd_hash_bytes(kind->name, strlen(kind->name), (uint64_t)record->time);
    hash = dd_mix(hash ^ entities->all[record->entity].stable);
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++) {
        uint64_t value = (uint64_t)record->value[i];
        if (kind->fields[i].type == DD_FIELD_ENTITY) value = entities->all[value].stable;
        hash = dd_mix(hash ^ value);
    }
    digest->lane[0] += hash;
    digest->lane[1] += dd_mix(hash);
}

void dd_digest_join(dd_digest *digest, const dd_digest *other) {
    digest->lane[0] += other->lane[0];
    digest->lane[1] += other->lane[1];
}

void dd_digest_format(const dd_digest *digest, char text[static DD_DIGEST_TEXT]) {
    snprintf(text, DD_DIGEST_TEXT, "%016llx%016llx", (unsigned long long)digest->lane[0],
             (unsigned long long)digest->lane[1]);
}
