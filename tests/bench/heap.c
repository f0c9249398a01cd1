#include "tests/bench/heap.h"

void dd_heap_push(dd_heap *heap, const dd_event *event) {
    dd_event *events = heap->events;
    size_t i = heap->count++;
    for (; i > 0 && dd_event_before(event, &events[(i - 1) / 2]); i = (i - 1) / 2)
        events[i] = events[(i - 1) / 2];
    events[i] = *event;
}

bool dd_heap_pop(dd_heap *heap, dd_event *event) {
    if (!heap->count) return false;
    dd_event *events = heap->events;
    size_t count = --heap->count, i = 0;
    *event = events[0];
    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count) child += dd_event_before(&events[child + 1], &events[child]);
        if (!dd_event_before(&events[child], &events[count])) break;
        events[i] = events[child];
        i = child;
    }
    events[i] = events[count];
    return true;
}
