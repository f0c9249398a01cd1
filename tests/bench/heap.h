// The yardstick of the queue's benchmark: a plain binary heap of whole events in one array.
#pragma once

#include "engine/event.h"

typedef struct dd_heap {
    dd_event *events; // the owner's array, large enough for all that is pushed
    size_t count;
} dd_heap;

void dd_heap_push(dd_heap *heap, const dd_event *event);

// Takes the earliest event out; false when there is none.
bool dd_heap_pop(dd_heap *heap, dd_event *event);
