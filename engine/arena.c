#define _DEFAULT_SOURCE // MAP_ANONYMOUS, MAP_NORESERVE
#include "engine/arena.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

bool dd_arena_init(dd_arena *arena, size_t reserved, dd_error *error) {
    void *base = mmap(NULL, reserved, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return dd_fail(error, DD_OUTSIDE,
                       "cannot reserve %zu MiB of address space: %s; raise the limit (ulimit -v)",
                       reserved >> 20, strerror(errno));
    *arena = (dd_arena){.base = base, .used = 0, .reserved = reserved};
    return true;
}

void dd_arena_fini(dd_arena *arena) {
    if (arena->base) munmap(arena->base, arena->reserved);
    *arena = (dd_arena){0};
}

void *dd_arena_take(dd_arena *arena, size_t size) {
    size_t rounded = (size + 63) & ~(size_t)63;
    if (rounded < size || rounded > arena->reserved - arena->used) {
        fprintf(
            stderr,
            "domdom: a domain outgrew its %zu MiB of state; this is a defect, please report it\n",
            arena->reserved >> 20);
        abort();
    }
    void *memory = arena->base + arena->used;
    arena->used += rounded;
    return memory;
}
