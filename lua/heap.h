// Where a Lua state lives: one region of memory at a fixed place, in which Lua finds all it needs.
// Everything in it, the bookkeeping included, is plain data, so that a copy of its first `top`
// bytes, put back at the same place in the same process, restores the Lua state exactly, provided
// that no Lua call was in progress at either moment.
#pragma once

#include "engine/base.h"

enum { DD_HEAP_CLASSES = 160 };

// Public for reading: a limit on memory is a matter of looking at `live`.
typedef struct dd_heap {
    size_t reserved; // bytes of address space; memory is taken only as it is touched
    size_t top;      // bytes from the region's start that have ever been in use
    size_t live;     // bytes in the blocks given out, rounded up to their size classes
    uint64_t taken;  // bytes given out since the start: a measure of work
    bool refused;    // a request did not fit into the region; stays set
    uint64_t free[DD_HEAP_CLASSES]; // first free block of each class, from the region's start
} dd_heap;

// Reserves a region of `reserved` bytes at the first free one of 64 fixed places, so that the same
// program finds its heap at the same address in every run. Fails (DD_OUTSIDE) when all are taken.
dd_heap *dd_heap_open(size_t reserved, dd_error *error);
void dd_heap_close(dd_heap *heap);

// A lua_Alloc whose `heap` is a dd_heap. Blocks are aligned to 16 bytes. NULL when the region is
// full, which Lua turns into a memory error.
void *dd_heap_realloc(void *heap, void *block, size_t old_size, size_t new_size);
