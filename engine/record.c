#include "engine/record.h"
#include "engine/random.h"

#include <stdio.h>
#include <stdlib.h>

void dd_record_buffer_push(dd_record_buffer *buffer, const dd_record *record) {
    if (buffer->n == buffer->capacity) {
        uint32_t capacity = buffer->capacity ? 2 * buffer->capacity : 64;
        dd_record *grown = realloc(buffer->records, capacity * sizeof *grown);
        if (!grown) {
            fprintf(stderr, "domdom: no memory for %u records between two barriers\n", capacity);
            abort();
        }
        buffer->records = grown;
        buffer->capacity = capacity;
    }
    buffer->records[buffer->n++] = *record;
}

void dd_record_buffer_fini(dd_record_buffer *buffer) {
    free(buffer->records);
    *buffer = (dd_record_buffer){0};
}

void dd_digest_add(dd_digest *digest, const dd_record *record, const dd_record_kind *kind,
                   const dd_entities *entities) {
    uint64_t hash = dd_mix((uint64_t)record->time ^ dd_mix(record->kind));
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
