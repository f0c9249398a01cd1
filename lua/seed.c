#include "lua/seed.h"

#include <string.h>

// The seed lies in the block that lua_newstate asks for first, and is set there before the second
// request, when no string exists yet. Where in the block is found out by making two states at two
// addresses, stopped at their second request: all they differ in are pointers into themselves,
// which differ by the distance of the blocks, and the seed.

static const uint32_t SEED = 0x646F6D64;

enum { STATE_MOST = 4096 }; // bytes of the first block; Lua 5.4's takes some 1,500

typedef struct birth { // of a Lua state
    dd_heap *heap;
    int requests;
    unsigned char *state; // the first block
    size_t size;
    size_t seed_at;                 // where to write the seed; 0: copy the block and refuse
    unsigned char copy[STATE_MOST]; // the block at the second request
} birth;

static void *deliver(void *data, void *block, size_t old_size, size_t new_size) {
    birth *b = data;
    if (new_size == 0) return dd_heap_realloc(b->heap, block, old_size, new_size);
    b->requests++;
    if (b->requests == 2 && b->seed_at) memcpy(b->state + b->seed_at, &SEED, sizeof SEED);
    if (b->requests >= 2 && !b->seed_at) {
        if (b->requests == 2 && b->size <= STATE_MOST) memcpy(b->copy, b->state, b->size);
        return NULL; // lua_newstate gives up in good order
    }
    void *result = dd_heap_realloc(b->heap, block, old_size, new_size);
    if (b->requests == 1) {
        b->state = result;
        b->size = new_size;
    }
    return result;
}

// The one 32-bit word in which the two differ otherwise than as pointers into themselves; 0 when
// there is none, or more than one.
static size_t only_difference(const birth *one, const birth *two) {
    uint64_t distance = (uint64_t)(two->state - one->state);
    size_t found = 0, count = 0;
    for (size_t at = 0; at + 8 <= one->size; at += 8) {
        uint32_t a[2], b[2];
        uint64_t whole_a, whole_b;
        memcpy(&whole_a, one->copy + at, 8);
        memcpy(&whole_b, two->copy + at, 8);
        memcpy(a, &whole_a, 8);
        memcpy(b, &whole_b, 8);
        if (whole_b - whole_a == distance) continue;
        for (size_t half = 0; half < 2; half++) {
            if (a[half] == b[half]) continue;
            found = at + 4 * half;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

// A state stopped at its second request. One variable serves all, because its address is in a
// state.
static bool stillborn(birth *b, dd_heap *heap) {
    *b = (birth){.heap = heap};
    lua_newstate(deliver, b);
    return b->requests >= 2 && b->size <= STATE_MOST;
}

static size_t find_seed(dd_heap *heap) {
    birth b, first;
    if (!stillborn(&b, heap)) return 0;
    first = b;
    void *taken = dd_heap_realloc(heap, NULL, 0, b.size); // so that the second lies elsewhere
    if (!taken || !stillborn(&b, heap)) return 0;
    dd_heap_realloc(heap, taken, b.size, 0);
    return only_difference(&first, &b);
}

lua_State *dd_seed_new_state(dd_heap *heap, lua_Alloc allocate, void *data, dd_error *error) {
    birth b = {.heap = heap, .seed_at = find_seed(heap)};
    if (!b.seed_at) {
        dd_fail(error, DD_OUTSIDE,
                "cannot make this Lua library (%s) behave the same in every run; use Debian 12's "
                "liblua5.4",
                LUA_RELEASE);
        return NULL;
    }
    lua_State *L = lua_newstate(deliver, &b);
    if (!L) return dd_fail(error, DD_OUTSIDE, "no memory for Lua; raise the heap's limit"), NULL;
    lua_setallocf(L, allocate, data);
    return L;
}
