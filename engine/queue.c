#include "engine/queue.h"

#include <string.h>

enum {
    FRONT = DD_QUEUE_FRONT,
    KEPT = FRONT / 2, // what stays in the front when it overflows
    ENOUGH = 16,      // the front is filled with so many, if there are,
    MOST = 32,        // and with so many at most, so that there is room for new ones
    BLOCK_EVENTS = 7,
    HEAP_LEAST = 16, // the heap's first capacity
};

// A bucket is a ring of these in the order of arrival, known by its last one, which alone has room.
// The order matters for speed only: what comes with equal delays is sorted already.
typedef struct block {
    uint32_t next;   // handle
    uint32_t count;  // events in this block
    uint32_t before; // events in the blocks before it
    uint32_t reserved[5];
    dd_event events[BLOCK_EVENTS];
} block;

_Static_assert(sizeof(block) == 256, "a block is four cache lines");
_Static_assert(HEAP_LEAST * sizeof(dd_event) % sizeof(block) == 0, "a heap is whole blocks");

static void *at(const dd_queue *queue, uint32_t handle) {
    return queue->arena->base + ((size_t)handle - 1) * 64;
}

static uint32_t take(dd_queue *queue, size_t size) {
    uint8_t *memory = dd_arena_take(queue->arena, size);
    return (uint32_t)((size_t)(memory - queue->arena->base) / 64 + 1);
}

// Times in order as unsigned numbers.
static uint64_t unsigned_time(dd_time time) {
    return (uint64_t)time ^ (uint64_t)1 << 63;
}
static dd_time signed_time(uint64_t time) {
    return (dd_time)(time ^ (uint64_t)1 << 63);
}

void dd_queue_init(dd_queue *queue, dd_arena *arena) {
    *queue = (dd_queue){
        .arena = arena, .limit_time = DD_NEVER, .limit_order = UINT64_MAX, .head = FRONT};
    queue->front = take(queue, (FRONT + 1) * sizeof(dd_event));
    dd_event *front = at(queue, queue->front);
    front[FRONT] = (dd_event){.time = DD_NEVER, .order = UINT64_MAX};
}

// ---- blocks

static uint32_t block_take(dd_queue *queue) {
    uint32_t handle = queue->free_blocks;
    if (!handle) return take(queue, sizeof(block));
    queue->free_blocks = ((block *)at(queue, handle))->next;
    return handle;
}

static void block_give(dd_queue *queue, uint32_t handle) {
    ((block *)at(queue, handle))->next = queue->free_blocks;
    queue->free_blocks = handle;
}

// ---- heap

// Twice the room; the old room becomes blocks.
static void heap_grow(dd_queue *queue) {
    uint32_t old = queue->heap, capacity = queue->heap_capacity;
    size_t bytes = capacity * sizeof(dd_event);
    queue->heap_capacity = capacity ? 2 * capacity : HEAP_LEAST;
    queue->heap = take(queue, queue->heap_capacity * sizeof(dd_event));
    if (!old) return;
    memcpy(at(queue, queue->heap), at(queue, old), bytes);
    for (size_t i = 0; i < bytes; i += sizeof(block))
        block_give(queue, old + (uint32_t)(i / 64));
}

static void heap_push(dd_queue *queue, const dd_event *event) {
    if (queue->heap_count == queue->heap_capacity) heap_grow(queue);
    dd_event *heap = at(queue, queue->heap);
    size_t i = queue->heap_count++;
    for (; i > 0 && dd_event_before(event, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = *event;
}

static void heap_pop(dd_queue *queue, dd_event *event) {
    dd_event *heap = at(queue, queue->heap);
    size_t count = --queue->heap_count, i = 0;
    *event = heap[0];
    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count) child += dd_event_before(&heap[child + 1], &heap[child]);
        if (!dd_event_before(&heap[child], &heap[count])) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = heap[count];
}

// ---- buckets

static uint32_t *bucket_at(const dd_queue *queue, unsigned level, unsigned slot) {
    return (uint32_t *)at(queue, queue->buckets) + level * DD_QUEUE_SLOTS + slot;
}

// Adds an empty block to the end of a bucket.
static block *bucket_extend(dd_queue *queue, uint32_t *bucket) {
    uint32_t handle = block_take(queue);
    block *fresh = at(queue, handle), *last = *bucket ? at(queue, *bucket) : NULL;
    fresh->next = last ? last->next : handle;
    fresh->before = last ? last->before + BLOCK_EVENTS : 0;
    fresh->count = 0;
    if (last) last->next = handle;
    *bucket = handle;
    return fresh;
}

// The place of the highest digit in which two keys differ, from their times' and orders'
// differences (by exclusive or); -1 when they are equal.
static int digit_of(uint64_t time, uint64_t order) {
    if (time) return DD_QUEUE_LEVELS / 2 + (63 - __builtin_clzll(time)) / 4;
    return order ? (63 - __builtin_clzll(order)) / 4 : -1;
}

// `event` must be later than the path, and `time` its time as an unsigned number.
static void bucket_push(dd_queue *queue, uint64_t time, const dd_event *event) {
    unsigned level = (unsigned)digit_of(time ^ queue->path_time, event->order ^ queue->path_order);
    uint64_t word = level < DD_QUEUE_LEVELS / 2 ? event->order : time;
    unsigned slot = word >> level * 4 % 64 & (DD_QUEUE_SLOTS - 1);
    if (!queue->buckets)
        queue->buckets = take(queue, DD_QUEUE_LEVELS * DD_QUEUE_SLOTS * sizeof(uint32_t));
    uint32_t *bucket = bucket_at(queue, level, slot);
    block *last = at(queue, *bucket);
    if (!*bucket || last->count == BLOCK_EVENTS) {
        last = bucket_extend(queue, bucket);
        queue->levels |= 1u << level;
        queue->slots[level] |= (uint16_t)(1u << slot);
    }
    last->events[last->count++] = *event;
}

// The bucket of the earliest events; there must be one.
static void bucket_first(const dd_queue *queue, unsigned *level, unsigned *slot) {
    *level = (unsigned)__builtin_ctz(queue->levels);
    *slot = (unsigned)__builtin_ctz(queue->slots[*level]);
}

// The earliest key that belongs to a bucket.
static void bucket_begin(const dd_queue *queue, unsigned level, unsigned slot, uint64_t *time,
                         uint64_t *order) {
    bool by_time = level >= DD_QUEUE_LEVELS / 2;
    unsigned shift = level * 4 % 64;
    uint64_t below = ((uint64_t)DD_QUEUE_SLOTS << shift) - 1; // all bits at the highest digit
    uint64_t word = by_time ? queue->path_time : queue->path_order;
    word = (word & ~below) | (uint64_t)slot << shift;
    *time = by_time ? word : queue->path_time;
    *order = by_time ? 0 : word;
}

static size_t bucket_count(const dd_queue *queue, unsigned level, unsigned slot) {
    const block *last = at(queue, *bucket_at(queue, level, slot));
    return (size_t)last->before + last->count;
}

// Unlinks a bucket: returns its first block, from which a list that ends with 0 leads on.
static uint32_t bucket_empty(dd_queue *queue, unsigned level, unsigned slot) {
    uint32_t *bucket = bucket_at(queue, level, slot);
    block *last = at(queue, *bucket);
    uint32_t first = last->next;
    last->next = 0;
    *bucket = 0;
    queue->slots[level] &= (uint16_t) ~(1u << slot);
    if (!queue->slots[level]) queue->levels &= ~(1u << level);
    return first;
}

// ---- the whole

// Keeps an event outside the front.
static void set_aside(dd_queue *queue, const dd_event *event) {
    uint64_t time = unsigned_time(event->time);
    if (time != queue->path_time ? time > queue->path_time : event->order > queue->path_order)
        bucket_push(queue, time, event);
    else
        heap_push(queue, event);
}

// Moves the path to the latest key that shares with all the events of a bucket (a list of blocks,
// of level `level`) the digits in which they agree, and has zeros behind those.
static void path_set(dd_queue *queue, int level, uint32_t handle) {
    const block *full = at(queue, handle);
    const dd_event first = full->events[0];
    uint64_t time = 0, order = 0;
    int digit = -1;
    for (; handle && digit < level - 1; handle = full->next) {
        full = at(queue, handle);
        for (uint32_t i = 0; i < full->count; i++) {
            time |= (uint64_t)full->events[i].time ^ (uint64_t)first.time;
            order |= full->events[i].order ^ first.order;
        }
        digit = digit_of(time, order);
    }
    bool by_time = digit >= DD_QUEUE_LEVELS / 2;
    uint64_t below = digit < 0 ? 0 : ((uint64_t)DD_QUEUE_SLOTS << digit * 4 % 64) - 1;
    queue->path_time = unsigned_time(first.time) & ~(by_time ? below : 0);
    queue->path_order = by_time ? 0 : first.order & ~below;
}

// Moves the path to a bucket, so that its events spread over lower levels.
static void spread(dd_queue *queue, unsigned level, unsigned slot) {
    uint32_t handle = bucket_empty(queue, level, slot);
    path_set(queue, (int)level, handle);
    while (handle) {
        block *full = at(queue, handle);
        uint32_t next = full->next;
        if (next) {
            const char *ahead = at(queue, next);
            for (size_t i = 0; i < sizeof(block); i += 64)
                __builtin_prefetch(ahead + i);
        }
        for (uint32_t i = 0; i < full->count; i++)
            set_aside(queue, &full->events[i]);
        block_give(queue, handle);
        handle = next;
    }
}

// Sorts the events of a bucket onto the end of `front`, which holds `count` earlier ones.
static uint32_t gather(dd_queue *queue, uint32_t handle, dd_event *front, uint32_t count) {
    while (handle) {
        block *full = at(queue, handle);
        uint32_t next = full->next;
        for (uint32_t i = 0; i < full->count; i++) {
            const dd_event *event = &full->events[i];
            uint32_t place = count++;
            for (; place > 0 && dd_event_before(event, &front[place - 1]); place--)
                front[place] = front[place - 1];
            front[place] = *event;
        }
        block_give(queue, handle);
        handle = next;
    }
    return count;
}

// Lets the front reach to what is earliest outside it.
static void limit_set(dd_queue *queue) {
    queue->limit_time = DD_NEVER;
    queue->limit_order = UINT64_MAX;
    if (queue->heap_count) {
        const dd_event *heap = at(queue, queue->heap);
        queue->limit_time = heap->time;
        queue->limit_order = heap->order;
    } else if (queue->levels) {
        unsigned level, slot;
        bucket_first(queue, &level, &slot);
        uint64_t time;
        bucket_begin(queue, level, slot, &time, &queue->limit_order);
        queue->limit_time = signed_time(time);
    }
}

// Fills the empty front.
static void refill(dd_queue *queue) {
    dd_event *front = at(queue, queue->front);
    uint32_t count = 0;
    while (count < ENOUGH) {
        if (queue->heap_count) {
            heap_pop(queue, &front[count++]);
            continue;
        }
        if (!queue->levels) break;
        unsigned level, slot;
        bucket_first(queue, &level, &slot);
        if (bucket_count(queue, level, slot) <= MOST - count)
            count = gather(queue, bucket_empty(queue, level, slot), front, count);
        else if (count)
            break;
        else
            spread(queue, level, slot);
    }
    if (!count) queue->path_time = queue->path_order = 0; // nothing is late for an empty queue
    queue->head = FRONT - count;
    memmove(front + queue->head, front, count * sizeof *front);
    limit_set(queue);
}

static bool is_within(const dd_queue *queue, const dd_event *event) {
    const dd_event limit = {.time = queue->limit_time, .order = queue->limit_order};
    return dd_event_before(event, &limit);
}

static void limit_lower(dd_queue *queue, const dd_event *event) {
    if (!is_within(queue, event)) return;
    queue->limit_time = event->time;
    queue->limit_order = event->order;
}

// Makes room in the full front.
static void overflow(dd_queue *queue) {
    dd_event *front = at(queue, queue->front);
    limit_lower(queue, &front[KEPT]);
    for (size_t i = KEPT; i < FRONT; i++)
        set_aside(queue, &front[i]);
    queue->head = FRONT - KEPT;
    memmove(front + queue->head, front, KEPT * sizeof *front);
}

void dd_queue_push(dd_queue *queue, const dd_event *event) {
    queue->size++;
    if (queue->head == 0) overflow(queue);
    dd_event *front = at(queue, queue->front);
    // The latest of all would move a whole well-filled front, and equal delays push nothing else.
    if (queue->head <= FRONT - ENOUGH && dd_event_before(&front[FRONT - 1], event))
        limit_lower(queue, event);
    if (!is_within(queue, event)) {
        set_aside(queue, event);
        if (queue->head == FRONT) refill(queue);
        return;
    }
    dd_event *place = front + --queue->head;
    for (; dd_event_before(place + 1, event); place++)
        place[0] = place[1];
    *place = *event;
}

bool dd_queue_pop(dd_queue *queue, dd_event *event) {
    if (!queue->size) return false;
    queue->size--;
    const dd_event *front = at(queue, queue->front);
    *event = front[queue->head++];
    if (queue->head == FRONT) refill(queue);
    return true;
}
