// An arena: one growing region of memory at a fixed place, in which a domain keeps all its state.
// What lies in it is plain data linked by indices, so that a snapshot is a copy of its used bytes.
#pragma once

#include "engine/base.h"

typedef struct dd_arena {
    uint8_t *base;
    size_t used;     // bytes given out
    size_t reserved; // bytes of address space; memory is taken only as it is touched
} dd_arena;

// Reserves address space. False (DD_OUTSIDE) when the system refuses it.
bool dd_arena_init(dd_arena *arena, size_t reserved, dd_error *error);
void dd_arena_fini(dd_arena *arena);

// Zeroed memory, aligned to 64 bytes (a cache line). Aborts with a message when the reservation is
// used up, because a simulation cannot go on without its state.
void *dd_arena_take(dd_arena *arena, size_t size);
