#include "lua/sandbox.h"
#include "lua/globals.h"
#include "lua/message.h"
#include "lua/seed.h"
#include "lua/strings.h"
#include "lua/tables.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <string.h>

enum {
    HEAP_ROOM = 8,        // the heap's region is larger than the limit, because the limit is looked
                          // at only between instructions, where the scenario's line is known
    HEAP_LEAST = 1 << 18, // bytes; the libraries take about 40 KiB
};

dd_sandbox_def dd_sandbox_default(void) {
    return (dd_sandbox_def){.heap_limit = 64 << 20, .instruction_limit = 50000000};
}

lua_State *dd_sandbox_lua(dd_sandbox *sandbox) {
    return sandbox->lua;
}

dd_heap *dd_sandbox_heap(dd_sandbox *sandbox) {
    return sandbox->heap;
}

static int open_libraries(lua_State *L) {
    dd_globals_open(L);
    dd_strings_open(L);
    dd_tables_open(L);
    dd_globals_close_up(L);
    return 0;
}

dd_sandbox *dd_sandbox_open(const dd_sandbox_def *def, dd_error *error) {
    if (def->heap_limit < HEAP_LEAST || def->instruction_limit == 0) {
        dd_fail(error, DD_WRONG,
                "a sandbox with %zu bytes and %llu instructions; give it 256 KiB and one at least",
                def->heap_limit, (unsigned long long)def->instruction_limit);
        return NULL;
    }
    dd_heap *heap = dd_heap_open(def->heap_limit * HEAP_ROOM, error);
    if (!heap) return NULL;
    dd_sandbox *sandbox = dd_heap_realloc(heap, NULL, 0, sizeof *sandbox);
    *sandbox = (dd_sandbox){.def = *def, .heap = heap};
    lua_State *L = dd_seed_new_state(heap, dd_limits_allocate, sandbox, error);
    if (L) {
        sandbox->lua = sandbox->thread = L;
        *(dd_sandbox **)lua_getextraspace(L) = sandbox;
        lua_pushcfunction(L, open_libraries);
        if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
            lua_sethook(L, dd_limits_tick, LUA_MASKCOUNT,
                        DD_LIMITS_TICK); // new coroutines inherit it
            return sandbox;
        }
        dd_fail(error, DD_OUTSIDE, "cannot open Lua's libraries: %s", lua_tostring(L, -1));
    }
    dd_heap_close(heap);
    return NULL;
}

void dd_sandbox_close(dd_sandbox *sandbox) {
    if (sandbox) dd_heap_close(sandbox->heap);
}

typedef struct sandbox_task { // what is to be done within the limits
    bool (*run)(dd_sandbox *sandbox, struct sandbox_task *task, dd_error *error);
    lua_State *thread; // on which it runs
    int arguments, results;
    const char *text, *chunk_name;
    size_t size;
} sandbox_task;

// Runs a task within the limits; a task within a task shares the outer one's.
static bool within_limits(dd_sandbox *sandbox, sandbox_task *task, dd_error *error) {
    if (sandbox->over) return dd_fail(error, DD_WRONG, "%s", sandbox->text);
    if (sandbox->escape) return task->run(sandbox, task, error);
    jmp_buf escape;
    sandbox->escape = &escape;
    sandbox->thread = task->thread;
    sandbox->refused = 0;
    sandbox->used = 0;
    sandbox->grace = 0;
    sandbox->taken = sandbox->heap->taken;
    bool done;
    if (setjmp(escape) == 0)
        done = task->run(sandbox, task, error);
    else
        done = dd_fail(error, DD_WRONG, "%s", sandbox->text);
    sandbox->escape = NULL;
    return done;
}

// Turns an error value into the whole message. As a message handler it runs where the error arose;
// for a coroutine, whose calls stay on its stack, the thread is the second argument.
static int explain(lua_State *L) {
    char text[sizeof((dd_error *)NULL)->text];
    lua_State *thread = lua_touserdata(L, 2);
    lua_settop(L, 1);
    dd_message_error(L, thread ? thread : L, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

// Hands the text to Lua line by line, so that it is known where Lua stopped reading.
typedef struct line_reader {
    const char *at, *end;
    int line;
} line_reader;

static const char *read_line(lua_State *L, void *data, size_t *size) {
    line_reader *reader = data;
    const char *line = reader->at;
    (void)L;
    if (line == reader->end) return NULL;
    const char *newline = memchr(line, '\n', (size_t)(reader->end - line));
    reader->at = newline ? newline + 1 : reader->end;
    reader->line++;
    *size = (size_t)(reader->at - line);
    return line;
}

static int load(lua_State *L) {
    const sandbox_task *task = lua_touserdata(L, 1);
    line_reader reader = {.at = task->text, .end = task->text + task->size};
    size_t skipped;
    if (task->size >= 3 && memcmp(reader.at, "\xEF\xBB\xBF", 3) == 0) reader.at += 3;
    if (reader.at < reader.end && *reader.at == '#') { // "#!/usr/bin/domdom run"
        read_line(L, &reader, &skipped);
        if (reader.at[-1] == '\n') reader.at--; // it counts as a line
        reader.line = 0;
    }
    dd_message_chunk(L, task->chunk_name);
    const char *name =
        lua_pushfstring(L, *task->chunk_name == '=' ? "%s" : "@%s", task->chunk_name);
    if (lua_load(L, read_line, &reader, name, "t") == LUA_OK) return 1;
    if (!dd_message_has_place(L)) {
        lua_pushfstring(L, "%s:%d: %s", task->chunk_name, reader.line, lua_tostring(L, -1));
        lua_remove(L, -2);
    }
    return lua_error(L);
}

// A protected call whose errors go through `explain` where they arise.
static bool protected_call(dd_sandbox *sandbox, int arguments, int results, dd_error *error) {
    lua_State *L = sandbox->lua;
    int base = lua_gettop(L) - arguments;
    lua_pushcfunction(L, explain);
    lua_insert(L, base);
    int status = lua_pcall(L, arguments, results, base);
    lua_remove(L, base);
    if (status == LUA_OK) return true;
    if (status == LUA_ERRMEM) dd_limits_memory(L, sandbox);
    const char *text = lua_tostring(L, -1);
    dd_fail(error, DD_WRONG, "%s", text ? text : "an error while an error was being told");
    lua_pop(L, 1);
    return false;
}

static bool run_load(dd_sandbox *sandbox, sandbox_task *task, dd_error *error) {
    lua_pushcfunction(sandbox->lua, load);
    lua_pushlightuserdata(sandbox->lua, task);
    if (!protected_call(sandbox, 1, 1, error)) return false;
    dd_limits_memory(sandbox->lua, sandbox);
    return true;
}

static bool run_call(dd_sandbox *sandbox, sandbox_task *task, dd_error *error) {
    return protected_call(sandbox, task->arguments, task->results, error);
}

static bool run_resume(dd_sandbox *sandbox, sandbox_task *task, dd_error *error) {
    lua_State *thread = task->thread;
    int status = lua_resume(thread, sandbox->lua, task->arguments, &task->results);
    if (status == LUA_OK || status == LUA_YIELD) return true;
    if (status == LUA_ERRMEM) dd_limits_memory(thread, sandbox);
    lua_State *L = sandbox->lua;
    lua_pushcfunction(L, explain);
    lua_xmove(thread, L, 1);
    lua_pushlightuserdata(L, thread);
    if (!protected_call(sandbox, 2, 1, error)) return false;
    dd_fail(error, DD_WRONG, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return false;
}

bool dd_sandbox_load(dd_sandbox *sandbox, const char *text, size_t size, const char *chunk_name,
                     dd_error *error) {
    sandbox_task task = {.run = run_load,
                         .thread = sandbox->lua,
                         .text = text,
                         .size = size,
                         .chunk_name = chunk_name};
    return within_limits(sandbox, &task, error);
}

bool dd_sandbox_call(dd_sandbox *sandbox, int arguments, int results, dd_error *error) {
    sandbox_task task = {
        .run = run_call, .thread = sandbox->lua, .arguments = arguments, .results = results};
    return within_limits(sandbox, &task, error);
}

bool dd_sandbox_resume(dd_sandbox *sandbox, lua_State *thread, int arguments, int *results,
                       dd_error *error) {
    sandbox_task task = {.run = run_resume, .thread = thread, .arguments = arguments};
    bool done = within_limits(sandbox, &task, error);
    *results = done ? task.results : 0;
    return done;
}
