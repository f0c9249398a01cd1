// A selection as a Lua value: a userdata of entity indices, all of one type.
#pragma once

#include "models/world.h"

#include <lua.h>

typedef struct dd_selection {
    uint32_t type; // dd_entity_type
    uint32_t n;
    uint32_t entities[];
} dd_selection;

// Pushes a new one with room for `n` entities.
dd_selection *dd_selection_push(lua_State *L, dd_entity_type type, uint32_t n);

// Whether there is one at a stack index.
bool dd_selection_test(lua_State *L, int index);

// The selection at a stack index; a Lua error with a remedy when it is none.
const dd_selection *dd_selection_check(lua_State *L, int index);

// Pushes the table of their methods, to be filled by the library.
void dd_selection_open(lua_State *L);

// For dd_sandbox_def.rank: a selection of one goes by its entity.
bool dd_selection_rank(void *context, lua_State *L, int index, uint64_t *rank);
