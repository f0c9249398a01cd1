// A pool of equal items in an arena, named by handles (0 is none), that grows without moving them.
#pragma once

#include "engine/arena.h"

enum { DD_POOL_FIRST = 16, DD_POOL_CHUNKS = 24 };

typedef struct dd_pool {
    dd_arena *arena;
    uint32_t item_size;
    uint32_t free_head; // handle of the first free item; each free item begins with the next
    uint32_t used, capacity;
    uint32_t chunk_n;
    size_t chunks[DD_POOL_CHUNKS]; // offsets in the arena; chunk k holds DD_POOL_FIRST << k items
} dd_pool;

void dd_pool_init(dd_pool *pool, dd_arena *arena, uint32_t item_size);

// A zeroed item. Never fails (the arena aborts when it is used up).
uint32_t dd_pool_take(dd_pool *pool);
void dd_pool_give(dd_pool *pool, uint32_t handle);

static inline void *dd_pool_at(const dd_pool *pool, uint32_t handle) {
    uint32_t slot = handle - 1 + DD_POOL_FIRST;
    uint32_t chunk = 31u - (uint32_t)__builtin_clz(slot / DD_POOL_FIRST);
    uint32_t within = slot - ((uint32_t)DD_POOL_FIRST << chunk);
    return pool->arena->base + pool->chunks[chunk] + (size_t)within * pool->item_size;
}
