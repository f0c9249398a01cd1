// The sandbox: plain Lua 5.4 in a world without files, processes, clocks or addresses, in which the
// same scenario does the same thing in every run, and in which nothing can run or grow for ever.
//
// What a scenario may do between two events is counted: VM instructions, bytes taken from the heap,
// steps of the pattern matcher, elements moved and compared. When a limit is reached the outermost
// dd_sandbox_call or dd_sandbox_resume is left at once by longjmp, so that no pcall, coroutine,
// message handler or __close can hold it up; from then on the sandbox refuses to run anything. C
// functions that Lua calls must therefore hold nothing that needs freeing when they call back into
// Lua, just as for Lua's own errors.
//
// Not thread-safe; one sandbox may be used by one thread at a time, with at least 4 MiB of stack.
#pragma once

#include "lua/limits.h"

dd_sandbox_def dd_sandbox_default(void);

// Fails (DD_WRONG, DD_OUTSIDE) when the heap cannot be had or is too small for the libraries.
dd_sandbox *dd_sandbox_open(const dd_sandbox_def *def, dd_error *error);

// Gives the memory back. No finaliser runs, Lua's or C's: userdata must own nothing outside.
void dd_sandbox_close(dd_sandbox *sandbox);

// The main thread, for registering C functions and exchanging values.
lua_State *dd_sandbox_lua(dd_sandbox *sandbox);

// The heap, whose first `top` bytes are the state of Lua and of the sandbox (for snapshots).
dd_heap *dd_sandbox_heap(dd_sandbox *sandbox);

// Compiles a text and pushes the function on the main thread's stack. `chunk_name` is the file's
// name, as messages shall show it; a name that begins with '=' marks the house's own code, whose
// lines no message names: an error in it is reported at the scenario's line that led there.
// Fails (DD_WRONG) with "file:line: ...", pushing nothing.
bool dd_sandbox_load(dd_sandbox *sandbox, const char *text, size_t size, const char *chunk_name,
                     dd_error *error);

// Calls the function below its `arguments` on the main thread's stack, as lua_call does; `results`
// may be LUA_MULTRET. The budget starts afresh, unless the call is made from within another one.
// Fails (DD_WRONG) with "file:line: what was wrong; what to do", pushing nothing.
bool dd_sandbox_call(dd_sandbox *sandbox, int arguments, int results, dd_error *error);

// Starts or continues a coroutine as lua_resume does, with the budget and the errors of
// dd_sandbox_call. `thread` comes from lua_newthread; lua_status tells whether it yielded or ended.
bool dd_sandbox_resume(dd_sandbox *sandbox, lua_State *thread, int arguments, int *results,
                       dd_error *error);
