#include "lua/message.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

// In the registry: the name of a chunk as Lua's messages show it -> the whole name, or false for
// the house's own code.
static const char CHUNKS[] = "domdom.chunks";

void dd_message_chunk(lua_State *L, const char *chunk_name) {
    lua_Debug about;
    const char *name = lua_pushfstring(L, *chunk_name == '=' ? "%s" : "@%s", chunk_name);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, CHUNKS);
    // Lua shortens names in its own way: a chunk without code tells how.
    if (luaL_loadbufferx(L, "", 0, name, "t") != LUA_OK) lua_error(L);
    lua_getinfo(L, ">S", &about);
    if (*name == '=')
        lua_pushboolean(L, false);
    else
        lua_pushstring(L, chunk_name);
    lua_setfield(L, -2, about.short_src);
    lua_pop(L, 2);
}

bool dd_message_place(lua_State *L, char *text, size_t size) {
    lua_Debug call;
    for (int level = 0; lua_getstack(L, level, &call); level++) {
        lua_getinfo(L, "Sl", &call);
        if (*call.source != '@' || call.currentline < 0) continue;
        snprintf(text, size, "%s:%d: ", call.source + 1, call.currentline);
        return true;
    }
    *text = '\0';
    return false;
}

// What Lua itself says, and what a beginner can do about it.
static const struct {
    const char *said, *remedy;
} REMEDIES[] = {
    {"attempt to index a nil value",
     "nothing is stored there: check the spelling, or test it with 'if' where it may be nil"},
    {"attempt to index a ", "only tables and entities have fields: look at what is stored there"},
    {"attempt to call a nil value", "there is no such function: check its spelling"},
    {"attempt to call a ", "only functions can be called: look for a missing operator or comma"},
    {"attempt to perform arithmetic on", "only numbers can be calculated with"},
    {"attempt to compare", "compare numbers with numbers, or texts with texts"},
    {"attempt to concatenate", "only texts and numbers can be joined with '..': use tostring()"},
    {"not enough memory", "look for a table or a text that grows without end"},
    {"C stack overflow", "something is nested too deeply, or calls itself without end"},
    {"stack overflow", "a function calls itself without end: give it a way to stop"},
    {"attempt to yield across a C-call boundary",
     "do not wait inside a comparison, a replacement or a metamethod"},
    {"attempt to yield from outside a coroutine", "wait inside a process only"},
    {"number has no integer representation", "round it first, for example with math.floor()"},
    {"' expected (to close '", "a block that was opened there has no end"},
    {"' expected near", "look at what stands just before it"},
    {"near '<\\", "names use the letters a-z, digits and _; other letters belong in texts, between "
                  "straight quotation marks"},
    {"unexpected symbol near", "look at what stands just before it"},
    {"unfinished string", "close the quotation marks on the same line"},
    {"attempt to load a binary chunk", "scenarios are text: give the .lua file itself"},
};

static const char *remedy_for(const char *message) {
    for (size_t i = 0; i < DD_COUNT(REMEDIES); i++)
        if (strstr(message, REMEDIES[i].said)) return REMEDIES[i].remedy;
    return NULL;
}

// When the message begins with "chunk:line: " of a known chunk, takes that off and writes it to
// `place` if the chunk is a scenario's.
static const char *take_place(lua_State *L, const char *message, char *place, size_t size) {
    const char *colon = message;
    int line, length;
    *place = '\0';
    if (lua_getfield(L, LUA_REGISTRYINDEX, CHUNKS) != LUA_TTABLE) return lua_pop(L, 1), message;
    while ((colon = strchr(colon, ':')) != NULL && colon - message < LUA_IDSIZE) {
        lua_pushlstring(L, message, (size_t)(colon - message));
        int known = lua_rawget(L, -2);
        length = 0;
        if (known != LUA_TNIL && sscanf(colon, ":%d: %n", &line, &length) == 1 && length > 0) {
            if (known == LUA_TSTRING) snprintf(place, size, "%s:%d: ", lua_tostring(L, -1), line);
            lua_pop(L, 2);
            return colon + length;
        }
        lua_pop(L, 1);
        colon++;
    }
    lua_pop(L, 1);
    return message;
}

bool dd_message_has_place(lua_State *L) {
    char place[512];
    const char *text = lua_tostring(L, -1);
    return text && take_place(L, text, place, sizeof place) != text;
}

// Pushes the error value's text.
static const char *said(lua_State *L) {
    int type = lua_type(L, -1);
    if (type == LUA_TSTRING || type == LUA_TNUMBER) {
        lua_pushvalue(L, -1);
        return lua_tostring(L, -1);
    }
    if (luaL_callmeta(L, -1, "__tostring")) {
        if (lua_isstring(L, -1)) return lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    if (type == LUA_TNIL)
        return lua_pushliteral(L, "an error without a message; write error(\"what went wrong\")");
    return lua_pushfstring(L, "an error whose message is a %s; write error(\"what went wrong\")",
                           lua_typename(L, type));
}

void dd_message_error(lua_State *L, lua_State *at, char *text, size_t size) {
    char place[512], again[512];
    luaL_checkstack(L, 10, NULL);
    const char *whole = said(L);
    const char *message = take_place(L, whole, place, sizeof place), *inner = message;
    // coroutine.wrap puts a place before the place.
    while ((inner = take_place(L, message, again, sizeof again)) != message) {
        if (*again) memcpy(place, again, sizeof place);
        message = inner;
    }
    if (!*place) dd_message_place(at, place, sizeof place);
    const char *remedy = remedy_for(message);
    if (remedy && strstr(message, remedy)) remedy = NULL; // told already, inside a process
    snprintf(text, size, "%s%s%s%s", place, message, remedy ? "; " : "", remedy ? remedy : "");
    lua_pop(L, 1);
}
