// An outbox: letters that a thread keeps until the addressee's own thread may take them in.
#pragma once

#include "engine/event.h"

typedef struct dd_letter {
    dd_event event; // as it will arrive, but for the parcel's handle
    uint32_t size;
    uint8_t payload[DD_PARCEL_SIZE];
} dd_letter;

typedef struct dd_outbox {
    dd_letter *letters;
    uint32_t n, capacity;
} dd_outbox;

// Copies `size` bytes of payload.
void dd_outbox_put(dd_outbox *outbox, const dd_event *event, const void *payload, size_t size);
void dd_outbox_fini(dd_outbox *outbox);
