// The queue of a domain's pending events, in the total order of dd_event_before.
//
// A key is an event's (time, order): 32 hexadecimal digits. Events lie in three places:
//   front    a short sorted array, from which they are taken; it holds all before `limit`;
//   buckets  unsorted piles of what is later than `path`, by the highest digit in which the key
//            differs from `path`, and that digit's value (a radix heap: an event moves a few times
//            only, however many there are, and all but the nearest pile stay untouched);
//   heap     a binary heap of what is neither: late-comers before a pile that is already opened.
// When the front runs out, the nearest pile is sorted into it if it is small; a larger one is first
// spread over finer piles, by moving `path` to where its events begin to differ.
//
// All of it lies in the arena, addressed by handles (64-byte units from the arena's base, plus 1),
// so that a copy of this struct and of the arena's used bytes is a snapshot. A queue takes 2.1 KiB
// of the arena when it is new, some 14 KiB with 100 events pending and 24 KiB with 300, 37 bytes an
// event when they are many; storage that is given up is used again by the same queue.
#pragma once

#include "engine/arena.h"
#include "engine/event.h"

enum {
    DD_QUEUE_FRONT = 64,  // events in the front at most
    DD_QUEUE_LEVELS = 32, // hexadecimal digits of a key
    DD_QUEUE_SLOTS = 16,
};

typedef struct dd_queue {
    dd_arena *arena;
    uint64_t size;        // events pending
    dd_time limit_time;   // what is before (limit_time, limit_order) belongs to the front;
    uint64_t limit_order; // nothing outside the front is before it
    uint64_t path_time;   // heap <= (path_time, path_order) < buckets,
    uint64_t path_order;  // where path_time is (uint64_t)time with its highest bit inverted
    uint32_t front;       // handle of DD_QUEUE_FRONT events, right-aligned, and one DD_NEVER
    uint32_t head;        // index of the earliest in the front
    uint32_t heap;        // handle of the heap, 0 until it is needed
    uint32_t heap_count, heap_capacity;
    uint32_t buckets;                // handle of [level][slot] handles, 0 until they are needed
    uint32_t free_blocks;            // handle of the first block to use again
    uint32_t levels;                 // bit l: some bucket of level l holds an event
    uint16_t slots[DD_QUEUE_LEVELS]; // bit s: bucket [l][s] holds an event
} dd_queue;

// An empty queue whose storage grows inside `arena`, which must outlive it.
void dd_queue_init(dd_queue *queue, dd_arena *arena);

// Adds a copy of `event`. Any time is allowed, also before the last one taken (it then comes next);
// the queue is fast when that is rare. No two pending events may have both time and order equal.
void dd_queue_push(dd_queue *queue, const dd_event *event);

// Takes the earliest event out; false when there is none.
bool dd_queue_pop(dd_queue *queue, dd_event *event);

static inline const dd_event *dd_queue_front(const dd_queue *queue) {
    return (const dd_event *)(queue->arena->base + ((size_t)queue->front - 1) * 64) + queue->head;
}

// The earliest event, until the next push or pop, or NULL.
static inline const dd_event *dd_queue_peek(const dd_queue *queue) {
    return queue->size ? dd_queue_front(queue) : NULL;
}

// When the earliest event is due; DD_NEVER when there is none.
static inline dd_time dd_queue_next_time(const dd_queue *queue) {
    return dd_queue_front(queue)->time;
}

static inline size_t dd_queue_size(const dd_queue *queue) {
    return queue->size;
}
