#include "lua/globals.h"
#include "engine/base.h"
#include "lua/limits.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

void dd_globals_wrap(lua_State *L, const char *name, lua_CFunction wrapper) {
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, name);
}

// The libraries' functions use no upvalues of their own, so that they can run in another's frame.
int dd_globals_wrapped(lua_State *L) {
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int refused(lua_State *L) {
    return luaL_error(L, "%s", lua_tostring(L, lua_upvalueindex(1)));
}

void dd_globals_refuse(lua_State *L, const char *name, const char *text) {
    lua_pushstring(L, text);
    lua_pushcclosure(L, refused, 1);
    lua_setfield(L, -2, name);
}

const char *dd_globals_text(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return lua_tostring(L, -1);
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
        return luaL_tolstring(L, index, NULL);
    default:
        break;
    }
    int type = luaL_getmetafield(L, index, "__name");
    if (type == LUA_TSTRING) return lua_tostring(L, -1);
    if (type != LUA_TNIL) lua_pop(L, 1);
    return lua_pushstring(L, luaL_typename(L, index));
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    dd_globals_text(L, 1);
    return 1;
}

static int base_print(lua_State *L) {
    const dd_sandbox_def *def = dd_sandbox_def_of(L);
    int count = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        dd_globals_text(L, i);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    if (def->print) def->print(def->context, lua_tostring(L, -1));
    return 0;
}

static int base_setmetatable(lua_State *L) {
    static const char *const refusals[] = {"__gc", "__mode"};
    luaL_checktype(L, 1, LUA_TTABLE);
    for (size_t i = 0; i < DD_COUNT(refusals) && lua_istable(L, 2); i++) {
        lua_pushstring(L, refusals[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L,
                              "a metatable with '%s' would let the scenario see when memory is "
                              "collected, which is no part of the simulated world; leave it out",
                              refusals[i]);
        lua_pop(L, 1);
    }
    return dd_globals_wrapped(L);
}

static int base_tonumber(lua_State *L) {
    dd_sandbox_work(L, lua_rawlen(L, 1) / 8);
    return dd_globals_wrapped(L);
}

static int utf8_charged(lua_State *L) {
    dd_sandbox_work(L, lua_rawlen(L, 1) / 4);
    return dd_globals_wrapped(L);
}

// A number below or equal to `most`, each as likely: draws under the next power of two until one
// fits.
static uint64_t draw_up_to(lua_State *L, uint64_t most) {
    const dd_sandbox_def *def = dd_sandbox_def_of(L);
    uint64_t mask = most ? UINT64_MAX >> __builtin_clzll(most) : 0, drawn;
    if (!def->draw) luaL_error(L, "there is no random stream here; use math.random in a run");
    do {
        drawn = def->draw(def->context) & mask;
    } while (drawn > most);
    return drawn;
}

static int math_random(lua_State *L) {
    lua_Integer low = 1, high;
    switch (lua_gettop(L)) {
    case 0:
        lua_pushnumber(L, (lua_Number)(draw_up_to(L, UINT64_MAX) >> 11) * 0x1p-53);
        return 1;
    case 1:
        high = luaL_checkinteger(L, 1);
        if (high == 0) { // as in Lua 5.4: all bits
            lua_pushinteger(L, (lua_Integer)draw_up_to(L, UINT64_MAX));
            return 1;
        }
        break;
    case 2:
        low = luaL_checkinteger(L, 1);
        high = luaL_checkinteger(L, 2);
        break;
    default:
        return luaL_error(L, "math.random takes at most a lowest and a highest number");
    }
    luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
    uint64_t drawn = draw_up_to(L, (uint64_t)high - (uint64_t)low);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + drawn));
    return 1;
}

#define NO_FILES "scenarios read no files and start no programs; leave it out"
#define ONE_FILE "a scenario is one file and all it needs is there already; leave it out"
#define NO_LOAD "scenarios compile no texts; write a function instead"

static const struct {
    const char *name, *remedy;
} MISSING[] = {
    {"io", NO_FILES},
    {"os", "the computer's clock, files and programs do not exist in a scenario; leave it out"},
    {"require", ONE_FILE},
    {"package", ONE_FILE},
    {"dofile", ONE_FILE},
    {"loadfile", ONE_FILE},
    {"load", NO_LOAD},
    {"loadstring", NO_LOAD},
    {"debug", "a scenario does not look into the interpreter; leave it out"},
    {"collectgarbage", "memory is looked after by itself; leave it out"},
    {"null", "write nil"},
    {"None", "write nil"},
    {"True", "write true"},
    {"False", "write false"},
    {"unpack", "write table.unpack"},
};

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The nearest name among the globals, taken in alphabetical order, so that it is always the same.
static const char *nearest_global(lua_State *L, const char *word) {
    size_t count = 0, i = 0;
    lua_pushglobaltable(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        count++;
    const char **words = lua_newuserdatauv(L, (count + 1) * sizeof *words, 0);
    lua_insert(L, -2);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING) words[i++] = lua_tostring(L, -2);
    words[i] = NULL;
    qsort(words, i, sizeof *words, by_bytes);
    dd_sandbox_work(L, count * 8);
    return dd_nearest(word, words);
}

static int unknown_global(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *name = lua_tostring(L, 2);
    for (size_t i = 0; i < DD_COUNT(MISSING); i++)
        if (strcmp(name, MISSING[i].name) == 0)
            return luaL_error(L, "there is no '%s' here; %s", name, MISSING[i].remedy);
    const char *near = nearest_global(L, name);
    if (near) return luaL_error(L, "unknown name '%s'; did you mean '%s'?", name, near);
    return luaL_error(L, "unknown name '%s'; give it a value before you use it", name);
}

void dd_globals_open(lua_State *L) {
    static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                         {LUA_COLIBNAME, luaopen_coroutine},
                                         {LUA_MATHLIBNAME, luaopen_math},
                                         {LUA_UTF8LIBNAME, luaopen_utf8}};
    static const char *const gone[] = {"dofile", "loadfile", "load", "collectgarbage", "warn"};
    for (size_t i = 0; i < DD_COUNT(libraries); i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, true);
        lua_pop(L, 1);
    }
    lua_pushglobaltable(L);
    for (size_t i = 0; i < DD_COUNT(gone); i++) {
        lua_pushnil(L);
        lua_setfield(L, -2, gone[i]);
    }
    static const luaL_Reg ours[] = {{"tostring", base_tostring}, {"print", base_print}, {0}};
    luaL_setfuncs(L, ours, 0);
    dd_globals_wrap(L, "setmetatable", base_setmetatable);
    dd_globals_wrap(L, "tonumber", base_tonumber);
    lua_getfield(L, -1, "math");
    lua_pushcfunction(L, math_random);
    lua_setfield(L, -2, "random");
    dd_globals_refuse(L, "randomseed",
                      "math.randomseed does not exist: the run's seed decides; use --seed");
    lua_getfield(L, -2, "utf8");
    dd_globals_wrap(L, "len", utf8_charged);
    dd_globals_wrap(L, "offset", utf8_charged);
    dd_globals_wrap(L, "codepoint", utf8_charged);
    lua_pop(L, 3);
}

void dd_globals_close_up(lua_State *L) {
    lua_pushglobaltable(L);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, unknown_global);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
