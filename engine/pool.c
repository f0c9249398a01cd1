#include "engine/pool.h"

#include <assert.h>
#include <string.h>

void dd_pool_init(dd_pool *pool, dd_arena *arena, uint32_t item_size) {
    assert(item_size >= sizeof(uint32_t));
    uint32_t rounded = (item_size + 7) & ~7u;
    *pool = (dd_pool){.arena = arena, .item_size = rounded};
}

static void grow(dd_pool *pool) {
    assert(pool->chunk_n < DD_POOL_CHUNKS);
    uint32_t items = (uint32_t)DD_POOL_FIRST << pool->chunk_n;
    uint8_t *memory = dd_arena_take(pool->arena, (size_t)items * pool->item_size);
    pool->chunks[pool->chunk_n++] = (size_t)(memory - pool->arena->base);
    uint32_t first = pool->capacity + 1;
    pool->capacity += items;
    for (uint32_t handle = pool->capacity; handle >= first; handle--) {
        memcpy(dd_pool_at(pool, handle), &pool->free_head, sizeof pool->free_head);
        pool->free_head = handle;
    }
}

uint32_t dd_pool_take(dd_pool *pool) {
    if (!pool->free_head) grow(pool);
    uint32_t handle = pool->free_head;
    void *item = dd_pool_at(pool, handle);
    memcpy(&pool->free_head, item, sizeof pool->free_head);
    memset(item, 0, pool->item_size);
    pool->used++;
    return handle;
}

void dd_pool_give(dd_pool *pool, uint32_t handle) {
    memcpy(dd_pool_at(pool, handle), &pool->free_head, sizeof pool->free_head);
    pool->free_head = handle;
    pool->used--;
}
