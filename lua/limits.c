#include "lua/limits.h"
#include "lua/message.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    BYTES_A_STEP = 64, // of memory taken: about the cost of an instruction
    GRACE = 1000,      // times that the end of the steps is put off until a line can be named
};

dd_sandbox *dd_sandbox_of(lua_State *L) {
    return *(dd_sandbox **)lua_getextraspace(L);
}

const dd_sandbox_def *dd_sandbox_def_of(lua_State *L) {
    return &dd_sandbox_of(L)->def;
}

// Where the scenario stands: on this thread, or else on the one that led to it.
static void place(dd_sandbox *sandbox, lua_State *L, char *text, size_t size) {
    if (dd_message_place(L, text, size)) return;
    if (dd_message_place(sandbox->thread, text, size)) return;
    dd_message_place(sandbox->lua, text, size);
}

void dd_sandbox_stop(lua_State *L, const char *format, ...) {
    dd_sandbox *sandbox = dd_sandbox_of(L);
    place(sandbox, L, sandbox->text, sizeof sandbox->text);
    size_t length = strlen(sandbox->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sandbox->text + length, sizeof sandbox->text - length, format, arguments);
    va_end(arguments);
    sandbox->over = true;
    if (sandbox->escape) longjmp(*sandbox->escape, 1);
    luaL_error(L, "%s", sandbox->text); // while the sandbox or its library is being opened
    __builtin_unreachable();
}

static uint64_t spent(const dd_sandbox *sandbox) {
    return sandbox->used + (sandbox->heap->taken - sandbox->taken) / BYTES_A_STEP;
}

uint64_t dd_sandbox_left(lua_State *L) {
    const dd_sandbox *sandbox = dd_sandbox_of(L);
    uint64_t so_far = spent(sandbox);
    return so_far < sandbox->def.instruction_limit ? sandbox->def.instruction_limit - so_far : 0;
}

_Noreturn static void stop_for_memory(lua_State *L, const dd_sandbox *sandbox) {
    enum { DEEP = 10000 }; // calls within calls; nobody means to have so many
    lua_Debug call;
    if (lua_getstack(L, DEEP, &call))
        dd_sandbox_stop(L, "a function calls itself without end: give it a way to stop");
    dd_sandbox_stop(L,
                    "the scenario needs more than its %g MiB of memory; look for a table or a "
                    "text that grows without end",
                    (double)sandbox->def.heap_limit / (1 << 20));
}

void dd_limits_memory(lua_State *L, dd_sandbox *sandbox) {
    const dd_heap *heap = sandbox->heap;
    if (heap->live > sandbox->def.heap_limit) {
        sandbox->used += heap->live / BYTES_A_STEP; // so that collecting all the time ends as well
        lua_gc(L, LUA_GCCOLLECT);
    }
    if (heap->live > sandbox->def.heap_limit || heap->refused) stop_for_memory(L, sandbox);
}

// When the region is full Lua collects garbage and asks again; the second time is the end.
void *dd_limits_allocate(void *data, void *block, size_t old_size, size_t new_size) {
    dd_sandbox *sandbox = data;
    void *result = dd_heap_realloc(sandbox->heap, block, old_size, new_size);
    if (result || new_size == 0) return result;
    if (sandbox->refused == new_size && sandbox->escape) stop_for_memory(sandbox->thread, sandbox);
    sandbox->refused = new_size;
    return NULL;
}

// Between two calls of a scenario's functions the house is at work, and no line can be named: then
// the end waits a little.
static bool must_stop(lua_State *L, dd_sandbox *sandbox) {
    char text[sizeof sandbox->text];
    return dd_message_place(L, text, sizeof text) || sandbox->grace++ >= GRACE;
}

void dd_sandbox_work(lua_State *L, uint64_t amount) {
    dd_sandbox *sandbox = dd_sandbox_of(L);
    uint64_t left = dd_sandbox_left(L);
    sandbox->used += amount < left ? amount : left;
    if (amount > left && must_stop(L, sandbox))
        dd_sandbox_stop(L,
                        "the scenario ran for more than %g million steps without waiting; put a "
                        "wait into its loop, or give the loop an end",
                        (double)sandbox->def.instruction_limit / 1e6);
    dd_limits_memory(L, sandbox);
}

void dd_limits_tick(lua_State *L, lua_Debug *event) {
    static const char key;
    dd_sandbox *sandbox = dd_sandbox_of(L);
    (void)event;
    if (L != sandbox->thread) { // a coroutine; the registry keeps it from being collected
        lua_pushthread(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
        sandbox->thread = L;
    }
    dd_sandbox_work(L, DD_LIMITS_TICK);
}
