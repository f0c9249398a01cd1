#include "engine/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void grow(dd_outbox *outbox) {
    uint32_t capacity = outbox->capacity ? 2 * outbox->capacity : 16;
    dd_letter *grown = realloc(outbox->letters, capacity * sizeof *grown);
    if (!grown) {
        fprintf(stderr, "domdom: no memory for %u messages between domains\n", capacity);
        abort();
    }
    outbox->letters = grown;
    outbox->capacity = capacity;
}

void dd_outbox_put(dd_outbox *outbox, const dd_event *event, const void *payload, size_t size) {
    if (outbox->n == outbox->capacity) grow(outbox);
    dd_letter *letter = &outbox->letters[outbox->n++];
    letter->event = *event;
    letter->size = (uint32_t)size;
    if (size) memcpy(letter->payload, payload, size);
}

void dd_outbox_fini(dd_outbox *outbox) {
    free(outbox->letters);
    *outbox = (dd_outbox){0};
}
