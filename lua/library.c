#include "lua/library.h"
#include "lua/embedded.h"
#include "lua/primitives.h"

#include <stdio.h>

const char *const dd_library_files[] = {"check.lua",
                                        "duration.lua",
                                        "setup.lua",
                                        "schedule.lua",
                                        "selection.lua",
                                        "truth.lua",
                                        "belief.lua",
                                        "desk.lua",
                                        "action.lua",
                                        "instructor.lua",
                                        "board.lua",
                                        "board_trouble.lua",
                                        "firmware.lua",
                                        "expect.lua",
                                        "board_verdict.lua",
                                        "methods.lua",
                                        NULL};

bool dd_library_load(dd_sandbox *sandbox, dd_error *error) {
    lua_State *L = dd_sandbox_lua(sandbox);
    dd_primitives_push(L);
    int primitives = lua_gettop(L);
    lua_newtable(L); // the files' own
    lua_newtable(L); // the house's
    for (int i = 0; dd_library_files[i]; i++) {
        const dd_embedded *file = dd_embedded_find(dd_library_files[i]);
        char chunk[64];
        snprintf(chunk, sizeof chunk, "=%s", file->name);
        if (!dd_sandbox_load(sandbox, file->text, file->size, chunk, error)) return false;
        for (int argument = 0; argument < 3; argument++)
            lua_pushvalue(L, primitives + argument);
        if (!dd_sandbox_call(sandbox, 3, 0, error)) return false;
    }
    lua_setfield(L, LUA_REGISTRYINDEX, "house");
    lua_settop(L, primitives - 1);
    return true;
}
