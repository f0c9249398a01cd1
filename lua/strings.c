#define _GNU_SOURCE // memmem
#include "lua/strings.h"
#include "lua/globals.h"
#include "lua/limits.h"
#include "lua/pattern.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

// Where a search begins: a position as scenarios count them (1 first, -1 last) as an offset.
static size_t offset_of(lua_Integer position, size_t size) {
    if (position > 0) return (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)size) return 0;
    return size - (size_t)-position;
}

// A matcher for the strings at the two stack indices, which must stay there while it is used.
static void start(lua_State *L, dd_pattern *state, int subject, int pattern, bool may_anchor,
                  bool *anchored) {
    size_t size;
    state->subject = lua_tolstring(L, subject, &size);
    state->subject_end = state->subject + size;
    state->pattern = lua_tolstring(L, pattern, &size);
    state->pattern_end = state->pattern + size;
    state->error = NULL;
    state->error_capture = 0;
    *anchored = may_anchor && size > 0 && *state->pattern == '^';
    if (*anchored) state->pattern++;
}

static const char *match(lua_State *L, dd_pattern *state, const char *at) {
    uint64_t given = dd_sandbox_left(L) + 1;
    state->steps = given;
    const char *end = dd_pattern_match(state, at);
    if (state->steps == 0 && given > dd_sandbox_def_of(L)->instruction_limit / 4)
        dd_sandbox_stop(L,
                        "the pattern '%.60s' has too many ways to match this text; use fewer "
                        "of '?', '*', '+' and '-' in it",
                        state->pattern);
    dd_sandbox_work(L, given - state->steps);
    if (!state->error) return end;
    if (strcmp(state->error, "invalid capture index") == 0)
        luaL_error(L, "invalid capture index %%%d", state->error_capture);
    luaL_error(L, "%s", state->error);
    return NULL;
}

// Pushes a capture, or the whole match when there are no captures and `i` is 0.
static void push_capture(lua_State *L, const dd_pattern *state, int i, const char *from,
                         const char *to) {
    if (i >= state->captures) {
        if (i > 0) luaL_error(L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(L, from, (size_t)(to - from));
        return;
    }
    const dd_capture *capture = &state->capture[i];
    if (capture->length == DD_CAPTURE_OPEN) luaL_error(L, "unfinished capture");
    if (capture->length == DD_CAPTURE_POSITION)
        lua_pushinteger(L, capture->start - state->subject + 1);
    else
        lua_pushlstring(L, capture->start, (size_t)capture->length);
}

// Pushes all captures; with `whole`, the match itself when there are none.
static int push_captures(lua_State *L, const dd_pattern *state, const char *from, const char *to,
                         bool whole) {
    int count = state->captures == 0 && whole ? 1 : state->captures;
    luaL_checkstack(L, count, "too many captures");
    for (int i = 0; i < count; i++)
        push_capture(L, state, i, from, to);
    return count;
}

static const char *find_plain(const char *text, size_t size, const char *part, size_t part_size) {
    if (part_size == 0) return text;
    return part_size > size ? NULL : memmem(text, size, part, part_size);
}

static int found(lua_State *L, size_t offset, size_t size) {
    lua_pushinteger(L, (lua_Integer)(offset + 1));
    lua_pushinteger(L, (lua_Integer)(offset + size));
    return 2;
}

static int search(lua_State *L, bool find) {
    size_t size, pattern_size;
    const char *text = luaL_checklstring(L, 1, &size);
    const char *pattern = luaL_checklstring(L, 2, &pattern_size);
    size_t offset = offset_of(luaL_optinteger(L, 3, 1), size);
    if (offset > size) return lua_pushnil(L), 1;
    dd_sandbox_work(L, (size - offset + pattern_size) / 8);
    if (find && (lua_toboolean(L, 4) || dd_pattern_plain(pattern, pattern_size))) {
        const char *at = find_plain(text + offset, size - offset, pattern, pattern_size);
        return at ? found(L, (size_t)(at - text), pattern_size) : (lua_pushnil(L), 1);
    }
    dd_pattern state;
    bool anchored;
    start(L, &state, 1, 2, true, &anchored);
    for (const char *at = text + offset; at <= text + size; at++) {
        const char *end = match(L, &state, at);
        if (end && find)
            return found(L, (size_t)(at - text), (size_t)(end - at)) +
                   push_captures(L, &state, at, end, false);
        if (end) return push_captures(L, &state, at, end, true);
        if (anchored) break;
    }
    return lua_pushnil(L), 1;
}

static int string_find(lua_State *L) {
    return search(L, true);
}

static int string_match(lua_State *L) {
    return search(L, false);
}

// Upvalues: text, pattern, offset of the next search, offset where the last match ended or -1.
static int next_match(lua_State *L) {
    dd_pattern state;
    bool anchored;
    start(L, &state, lua_upvalueindex(1), lua_upvalueindex(2), false, &anchored);
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    const char *at = state.subject + lua_tointeger(L, lua_upvalueindex(3));
    for (; at <= state.subject_end; at++) {
        const char *end = match(L, &state, at);
        if (!end || end - state.subject == last) continue;
        lua_pushinteger(L, end - state.subject);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(L, &state, at, end, true);
    }
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t size;
    luaL_checklstring(L, 1, &size);
    luaL_checkstring(L, 2);
    size_t offset = offset_of(luaL_optinteger(L, 3, 1), size);
    lua_settop(L, 2);
    lua_pushinteger(L, offset > size ? (lua_Integer)size + 1 : (lua_Integer)offset);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

// Adds the replacement text at stack index 3 with its %0-%9 filled in.
static void add_text(lua_State *L, const dd_pattern *state, luaL_Buffer *out, const char *from,
                     const char *to) {
    size_t size;
    const char *text = lua_tolstring(L, 3, &size), *end = text + size;
    dd_sandbox_work(L, size / 8);
    for (; text < end; text++) {
        if (*text != '%') {
            luaL_addchar(out, *text);
            continue;
        }
        text++;
        if (text < end && *text == '%') {
            luaL_addchar(out, '%');
        } else if (text < end && *text == '0') {
            luaL_addlstring(out, from, (size_t)(to - from));
        } else if (text < end && *text >= '1' && *text <= '9') {
            push_capture(L, state, *text - '1', from, to);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

// Adds what the table or function at stack index 3 makes of the match; false when it keeps it.
static bool add_answer(lua_State *L, const dd_pattern *state, luaL_Buffer *out, const char *from,
                       const char *to) {
    if (lua_istable(L, 3)) {
        push_capture(L, state, 0, from, to);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(L, state, from, to, true), 1);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, from, (size_t)(to - from));
        return false;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return true;
}

static bool add_replacement(lua_State *L, const dd_pattern *state, luaL_Buffer *out,
                            const char *from, const char *to) {
    int type = lua_type(L, 3);
    if (type != LUA_TSTRING && type != LUA_TNUMBER) return add_answer(L, state, out, from, to);
    add_text(L, state, out, from, to);
    return true;
}

static int string_gsub(lua_State *L) {
    size_t size;
    luaL_checklstring(L, 1, &size);
    luaL_checkstring(L, 2);
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)size + 1), count = 0;
    dd_pattern state;
    bool anchored, changed = false;
    luaL_Buffer out;
    lua_settop(L, 4);
    if (type == LUA_TNUMBER) lua_tostring(L, 3); // once, not at every match
    start(L, &state, 1, 2, true, &anchored);
    const char *at = state.subject, *last = NULL;
    luaL_buffinit(L, &out);
    while (count < most) {
        const char *end = match(L, &state, at);
        if (end && end != last) {
            count++;
            changed |= add_replacement(L, &state, &out, at, end);
            at = last = end;
        } else if (at < state.subject_end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        if (anchored) break;
    }
    luaL_addlstring(&out, at, (size_t)(state.subject_end - at));
    luaL_pushresult(&out);
    if (!changed) lua_pushvalue(L, 1);
    lua_pushinteger(L, count);
    return 2;
}

static int string_rep(lua_State *L) {
    size_t size, between_size, heap = dd_sandbox_def_of(L)->heap_limit;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *between = luaL_optlstring(L, 3, "", &between_size);
    size_t each = size + between_size;
    if (count <= 0 || each == 0) return lua_pushliteral(L, ""), 1;
    if ((lua_Unsigned)count > heap / each)
        return luaL_error(L,
                          "string.rep would make a text larger than the %d MiB that a scenario "
                          "may use; repeat it less often",
                          (int)(heap >> 20));
    dd_sandbox_work(L, (uint64_t)count);
    luaL_Buffer out;
    char *at = luaL_buffinitsize(L, &out, (size_t)count * each);
    for (lua_Integer i = 0; i < count; i++) {
        memcpy(at, text, size);
        at += size;
        if (i + 1 < count && between_size > 0) {
            memcpy(at, between, between_size);
            at += between_size;
        }
    }
    luaL_pushresultsize(&out, (size_t)count * each - between_size);
    return 1;
}

// Lua's format prints addresses for %p and for what has no text of its own under %s: refuses the
// first and makes texts of the second beforehand.
static int string_format(lua_State *L) {
    size_t size;
    const char *format = luaL_checklstring(L, 1, &size), *end = format + size;
    int argument = 1, arguments = lua_gettop(L);
    dd_sandbox_work(L, size / 8);
    for (const char *p = format; p < end; p++) {
        if (*p != '%') continue;
        if (++p < end && *p == '%') continue;
        while (p < end && *p && strchr("-+ #0123456789.", *p))
            p++;
        if (p == end || ++argument > arguments) break;
        if (*p == 'p')
            return luaL_error(L, "'%%p' would show an address, which differs from run to run; "
                                 "use '%%s' or give the thing a name");
        if (*p != 's') continue;
        dd_globals_text(L, argument);
        lua_replace(L, argument);
    }
    return dd_globals_wrapped(L);
}

static int charged(lua_State *L) {
    dd_sandbox_work(L, lua_rawlen(L, 1) / 8);
    return dd_globals_wrapped(L);
}

void dd_strings_open(lua_State *L) {
    static const luaL_Reg ours[] = {{"find", string_find},     {"match", string_match},
                                    {"gmatch", string_gmatch}, {"gsub", string_gsub},
                                    {"rep", string_rep},       {0}};
    static const char *const by_length[] = {"byte", "lower", "reverse", "upper"};
    static const char *const binary[] = {"dump", "pack", "packsize", "unpack"};
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, true);
    luaL_setfuncs(L, ours, 0);
    for (size_t i = 0; i < DD_COUNT(by_length); i++)
        dd_globals_wrap(L, by_length[i], charged);
    dd_globals_wrap(L, "format", string_format);
    for (size_t i = 0; i < DD_COUNT(binary); i++)
        dd_globals_refuse(L, binary[i],
                          "string.dump, pack, packsize and unpack make binary data, which a "
                          "scenario has no use for; use string.format");
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 3);
}
