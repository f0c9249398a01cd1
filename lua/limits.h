// The limits of a sandbox: what is counted, and how a scenario that goes on for ever is ended. The
// libraries inside know this much of the sandbox.
#pragma once

#include "engine/base.h"
#include "lua/heap.h"

#include <lua.h>
#include <setjmp.h>

typedef struct dd_sandbox dd_sandbox;

typedef struct dd_sandbox_def {
    size_t heap_limit;          // bytes alive in the heap; default 64 MiB
    uint64_t instruction_limit; // steps from one outermost call to the next; default 50 million,
                                // which is about a second
    // 64 random bits for math.random; without it math.random is an error.
    uint64_t (*draw)(void *context);
    // One line of print's, without the newline; without it print does nothing.
    void (*print)(void *context, const char *text);
    // The place of a userdata among the keys of a table that is iterated, for example an entity's
    // index; false when it has none. Two keys of one table must not share a rank.
    bool (*rank)(void *context, lua_State *L, int index, uint64_t *rank);
    void *context; // given to the three functions
} dd_sandbox_def;

// Lies in the heap, so that a snapshot of the heap holds it.
struct dd_sandbox {
    dd_sandbox_def def;
    dd_heap *heap;
    lua_State *lua;
    jmp_buf *escape;   // of the outermost call in progress, on the C stack; NULL between calls
    lua_State *thread; // which ran last, as far as is known: where an allocation fails
    size_t refused;    // bytes of the last request that the heap refused
    bool over;         // a limit was reached; `text` says which
    uint64_t used;     // steps since the outermost call began
    uint32_t grace;    // times that the end was put off since then
    uint64_t taken;    // heap->taken at that moment
    char text[sizeof((dd_error *)NULL)->text];
};

// The sandbox of a state, and its definition.
dd_sandbox *dd_sandbox_of(lua_State *L);
const dd_sandbox_def *dd_sandbox_def_of(lua_State *L);

// Counts work done in C, in units of a VM instruction (some 10 ns); does not return when a limit is
// reached. May collect garbage.
void dd_sandbox_work(lua_State *L, uint64_t amount);

// Work that may still be done before the limit.
uint64_t dd_sandbox_left(lua_State *L);

// Ends the outermost call as a limit does. The text says what was wrong and what to do; the place
// is put before it.
_Noreturn void dd_sandbox_stop(lua_State *L, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum { DD_LIMITS_TICK = 100 }; // VM instructions between two looks at the limits

// Ends the outermost call when more is alive in the heap than its limit, garbage not counted.
void dd_limits_memory(lua_State *L, dd_sandbox *sandbox);

// For lua_newstate: the heap within its limit. `data` is the sandbox.
void *dd_limits_allocate(void *data, void *block, size_t old_size, size_t new_size);

// For lua_sethook: counts the instructions.
void dd_limits_tick(lua_State *L, lua_Debug *event);
