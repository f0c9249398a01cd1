#define _GNU_SOURCE // MAP_FIXED_NOREPLACE
#include "lua/heap.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

// Far from where Linux puts programs, libraries, stacks and the shadow memory of sanitizers.
static const uintptr_t FIRST_PLACE = 0x200000000000;
static const uintptr_t STRIDE = 0x1000000000; // 64 GiB
enum { PLACES = 64 };

// Up to FINE_MAX bytes classes are 16 bytes apart; above it four classes share a doubling, so that
// at most a fifth of a block is lost to rounding.
enum { GRAIN = 16, FINE_MAX = 512, FINE_CLASSES = FINE_MAX / GRAIN, FINE_MAX_LOG2 = 9 };

dd_heap *dd_heap_open(size_t reserved, dd_error *error) {
    if (reserved < 1 << 16 || reserved > STRIDE)
        return dd_fail(error, DD_WRONG, "a Lua heap of %zu bytes; give it 64 KiB to 64 GiB",
                       reserved),
               NULL;
    for (uintptr_t place = 0; place < PLACES; place++) {
        void *wanted = (void *)(FIRST_PLACE + place * STRIDE);
        void *base = mmap(wanted, reserved, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (base == MAP_FAILED) continue;
        if (base != wanted) { // a kernel before 4.17 takes the address for a hint
            munmap(base, reserved);
            continue;
        }
        dd_heap *heap = base;
        heap->reserved = reserved;
        heap->top = (sizeof *heap + GRAIN - 1) / GRAIN * GRAIN;
        return heap;
    }
    dd_fail(error, DD_OUTSIDE,
            "cannot reserve %zu MiB of address space for Lua: %s; raise the limit (ulimit -v)",
            reserved >> 20, strerror(errno));
    return NULL;
}

void dd_heap_close(dd_heap *heap) {
    if (heap) munmap(heap, heap->reserved);
}

typedef struct size_class {
    size_t index;
    size_t size;
} size_class;

static size_class class_of(size_t size) {
    if (size <= FINE_MAX) {
        size_t index = (size + GRAIN - 1) / GRAIN - 1;
        return (size_class){index, (index + 1) * GRAIN};
    }
    size_t log2 = 63 - (size_t)__builtin_clzll(size - 1);
    size_t step = (size_t)1 << (log2 - 2);
    size_t quarter = (size - 1 - ((size_t)1 << log2)) / step;
    return (size_class){FINE_CLASSES + (log2 - FINE_MAX_LOG2) * 4 + quarter,
                        ((size_t)1 << log2) + (quarter + 1) * step};
}

static void *take(dd_heap *heap, size_t size) {
    if (size > heap->reserved) return heap->refused = true, NULL;
    size_class class = class_of(size);
    char *base = (char *)heap;
    uint64_t at = heap->free[class.index];
    if (at) {
        memcpy(&heap->free[class.index], base + at, sizeof at);
    } else {
        if (class.size > heap->reserved - heap->top) return heap->refused = true, NULL;
        at = heap->top;
        heap->top += class.size;
    }
    heap->live += class.size;
    heap->taken += class.size;
    return base + at;
}

static void give_back(dd_heap *heap, void *block, size_t size) {
    size_class class = class_of(size);
    uint64_t at = (uint64_t)((char *)block - (char *)heap);
    memcpy(block, &heap->free[class.index], sizeof at);
    heap->free[class.index] = at;
    heap->live -= class.size;
}

void *dd_heap_realloc(void *data, void *block, size_t old_size, size_t new_size) {
    dd_heap *heap = data;
    bool had = block && old_size > 0;
    if (new_size == 0) {
        if (had) give_back(heap, block, old_size);
        return NULL;
    }
    if (!had) return take(heap, new_size); // without a block Lua's old_size tells an object's type
    size_class old_class = class_of(old_size), new_class = class_of(new_size);
    if (old_class.index == new_class.index) return block;
    bool refused_before = heap->refused;
    void *moved = take(heap, new_size);
    if (!moved && new_size < old_size) { // Lua relies on it that a block can always shrink
        heap->refused = refused_before;
        heap->live -= old_class.size - new_class.size;
        return block; // its end is lost, for good, in a region that is full anyway
    }
    if (!moved) return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(heap, block, old_size);
    return moved;
}
