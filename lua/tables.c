#include "lua/tables.h"
#include "lua/globals.h"
#include "lua/limits.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

// The kinds of keys in the order in which they are visited.
typedef enum key_kind { KEY_INTEGER, KEY_NUMBER, KEY_TEXT, KEY_BOOLEAN, KEY_ENTITY } key_kind;

typedef struct table_key {
    key_kind kind;
    lua_Integer integer; // or the boolean
    lua_Number number;
    const char *text;
    size_t size;       // of the text
    uint64_t rank;     // of the entity
    lua_Integer place; // where the key lies in the list of keys
} table_key;

static table_key read_entity(lua_State *L, int index) {
    const dd_sandbox_def *def = dd_sandbox_def_of(L);
    table_key key = {.kind = KEY_ENTITY};
    if (def->rank && lua_isuserdata(L, index) && def->rank(def->context, L, index, &key.rank))
        return key;
    luaL_error(L,
               "a table with a %s as a key has no order to go through it, as it would differ "
               "from run to run; use names or numbers as keys, or keep a list",
               luaL_typename(L, index));
    return key;
}

// The key at a stack index; its text stays where it is as long as the string is in use.
static table_key read_key(lua_State *L, int index) {
    table_key key = {0};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.kind = lua_isinteger(L, index) ? KEY_INTEGER : KEY_NUMBER;
        if (key.kind == KEY_INTEGER)
            key.integer = lua_tointeger(L, index);
        else
            key.number = lua_tonumber(L, index);
        return key;
    case LUA_TSTRING:
        key.kind = KEY_TEXT;
        key.text = lua_tolstring(L, index, &key.size);
        return key;
    case LUA_TBOOLEAN:
        key.kind = KEY_BOOLEAN;
        key.integer = lua_toboolean(L, index);
        return key;
    default:
        return read_entity(L, lua_absindex(L, index));
    }
}

static int compare_keys(const void *left, const void *right) {
    const table_key *a = left, *b = right;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    if (a->kind == KEY_NUMBER) return (a->number > b->number) - (a->number < b->number);
    if (a->kind == KEY_ENTITY) return (a->rank > b->rank) - (a->rank < b->rank);
    if (a->kind != KEY_TEXT) return (a->integer > b->integer) - (a->integer < b->integer);
    int order = memcmp(a->text, b->text, a->size < b->size ? a->size : b->size);
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

// Whether the table at index 1 is a list: its keys are 1..*size, and Lua gives them in this order.
static bool is_list(lua_State *L, lua_Integer *size) {
    lua_Integer n = 0;
    for (lua_pushnil(L); lua_next(L, 1); n++) {
        lua_pop(L, 1);
        if (lua_isinteger(L, -1) && lua_tointeger(L, -1) == n + 1) continue;
        lua_pop(L, 1);
        return false;
    }
    *size = n;
    return true;
}

// Upvalues: the list, its size when the loop began, the last place visited.
static int next_of_list(lua_State *L) {
    lua_Integer size = lua_tointeger(L, lua_upvalueindex(2));
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
    while (i++ < size) {
        if (lua_rawgeti(L, lua_upvalueindex(1), i) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_copy(L, -1, lua_upvalueindex(3));
            lua_insert(L, -2);
            return 2;
        }
        lua_pop(L, 1);
        dd_sandbox_work(L, 1);
    }
    return lua_pushnil(L), 1;
}

// Upvalues: the table, its keys when the loop began, their places in order, the last one visited.
static int next_of_keys(lua_State *L) {
    const lua_Integer *places = lua_touserdata(L, lua_upvalueindex(3));
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(4));
    while (places[i] > 0) {
        lua_rawgeti(L, lua_upvalueindex(2), places[i++]);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(4));
            return 2;
        }
        lua_pop(L, 2);
        dd_sandbox_work(L, 1);
    }
    return lua_pushnil(L), 1;
}

// Pushes the list of the keys of the table at index 1 and returns them in order; the array lies in
// a userdata pushed after it.
static table_key *sorted_keys(lua_State *L, size_t *count) {
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
        n++;
    dd_sandbox_work(L, n * 16);
    lua_createtable(L, (int)n, 0);
    int list = lua_gettop(L);
    table_key *keys = lua_newuserdatauv(L, n * sizeof *keys, 0);
    size_t i = 0;
    for (lua_pushnil(L); lua_next(L, 1) && i < n; i++) {
        lua_pop(L, 1);
        keys[i] = read_key(L, -1);
        keys[i].place = (lua_Integer)i + 1;
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, keys[i].place);
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    for (i = 1; i < n; i++)
        if (compare_keys(&keys[i - 1], &keys[i]) == 0)
            luaL_error(L, "two keys of this table have the same rank; this is a defect of domdom");
    *count = n;
    return keys;
}

static int ordered_pairs(lua_State *L) {
    lua_Integer size;
    lua_pushvalue(L, 1);
    if (is_list(L, &size)) {
        dd_sandbox_work(L, (uint64_t)size);
        lua_pushinteger(L, size);
        lua_pushinteger(L, 0);
        lua_pushcclosure(L, next_of_list, 3);
    } else {
        size_t count;
        table_key *keys = sorted_keys(L, &count);
        lua_Integer *places = lua_newuserdatauv(L, (count + 1) * sizeof *places, 0);
        for (size_t i = 0; i < count; i++)
            places[i] = keys[i].place;
        places[count] = 0;
        lua_remove(L, -2);
        lua_pushinteger(L, 0);
        lua_pushcclosure(L, next_of_keys, 4);
    }
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int three_results(lua_State *L, int status, lua_KContext context) {
    (void)L, (void)status, (void)context;
    return 3;
}

static int base_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") == LUA_TNIL) {
        luaL_checktype(L, 1, LUA_TTABLE);
        return ordered_pairs(L);
    }
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, three_results);
    return 3;
}

// Leaves the key that comes after the one at index 2 (nil: the first) and its value on the stack.
static int scan_for_next(lua_State *L) {
    bool any = false, from_start = lua_isnil(L, 2);
    table_key after = {0}, best = {0};
    uint64_t seen = 0;
    if (!from_start) after = read_key(L, 2);
    lua_pushnil(L); // the best key so far, at index 3
    for (lua_pushnil(L); lua_next(L, 1); seen++) {
        lua_pop(L, 1);
        table_key key = read_key(L, -1);
        if (!from_start && compare_keys(&key, &after) <= 0) continue;
        if (any && compare_keys(&key, &best) >= 0) continue;
        any = true;
        best = key;
        lua_copy(L, -1, 3);
    }
    dd_sandbox_work(L, seen);
    if (!any) return lua_pushnil(L), 1;
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

static int base_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_isinteger(L, 2) && lua_tointeger(L, 2) < LUA_MAXINTEGER) { // the usual case of a list
        lua_pushinteger(L, lua_tointeger(L, 2) + 1);
        if (lua_rawgeti(L, 1, lua_tointeger(L, -1)) != LUA_TNIL) return 2;
        lua_settop(L, 2);
    }
    return scan_for_next(L);
}

// Whether element `a` of the list at index 3 comes before element `b`.
static bool before(lua_State *L, uint32_t a, uint32_t b) {
    bool given = !lua_isnil(L, 2), result;
    dd_sandbox_work(L, 2);
    if (given) lua_pushvalue(L, 2);
    lua_rawgeti(L, 3, a);
    lua_rawgeti(L, 3, b);
    if (given) {
        lua_call(L, 2, 1);
        result = lua_toboolean(L, -1);
        lua_pop(L, 1);
    } else {
        result = lua_compare(L, -2, -1, LUA_OPLT);
        lua_pop(L, 2);
    }
    return result;
}

// Merges the runs [low, middle) and [middle, high) of `from` into `to`; equals keep their order.
static void merge(lua_State *L, const uint32_t *from, uint32_t *to, size_t low, size_t middle,
                  size_t high) {
    size_t left = low, right = middle;
    for (size_t i = low; i < high; i++) {
        bool take_right = left == middle || (right < high && before(L, from[right], from[left]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

// A bottom-up merge sort of positions; the list itself is written once it is over, so that an
// error in the comparison leaves it as it was, and no comparison, however odd, can confuse it.
static int table_sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer length = luaL_len(L, 1);
    if (length < 2) return 0;
    luaL_argcheck(L, length < INT32_MAX, 1, "array too big");
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    size_t n = (size_t)length;
    dd_sandbox_work(L, n * 2);
    lua_settop(L, 2);
    lua_createtable(L, (int)n, 0);
    uint32_t *from = lua_newuserdatauv(L, 2 * n * sizeof *from, 0), *to = from + n;
    for (size_t i = 0; i < n; i++) {
        from[i] = (uint32_t)i + 1;
        lua_geti(L, 1, (lua_Integer)i + 1);
        lua_rawseti(L, 3, (lua_Integer)i + 1);
    }
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = low + width < n ? low + width : n;
            merge(L, from, to, low, middle, middle + width < n ? middle + width : n);
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 3, from[i]);
        lua_seti(L, 1, (lua_Integer)i + 1);
    }
    return 0;
}

// Charges for the elements first..last, of which `most` can be meant.
static void charge_span(lua_State *L, lua_Integer first, lua_Integer last, uint64_t most) {
    if (last <= first) return;
    uint64_t span = (uint64_t)last - (uint64_t)first;
    dd_sandbox_work(L, span < most ? span : most);
}

// insert(list, position, value) and remove(list, position) move all that comes after.
static int table_shift(lua_State *L) {
    if (lua_gettop(L) >= 2 && lua_istable(L, 1) && lua_isinteger(L, 2)) {
        lua_Integer position = lua_tointeger(L, 2);
        charge_span(L, position < 1 ? 1 : position, luaL_len(L, 1), UINT64_MAX);
    }
    return dd_globals_wrapped(L);
}

static int table_move(lua_State *L) {
    charge_span(L, luaL_optinteger(L, 2, 1), luaL_optinteger(L, 3, 0), UINT64_MAX);
    return dd_globals_wrapped(L);
}

static int table_unpack(lua_State *L) {
    enum { STACK = 1000000 }; // Lua refuses to unpack more
    lua_Integer last = lua_isnoneornil(L, 3) ? (lua_Integer)lua_rawlen(L, 1) : 0;
    charge_span(L, luaL_optinteger(L, 2, 1), luaL_optinteger(L, 3, last), STACK);
    return dd_globals_wrapped(L);
}

static int table_concat(lua_State *L) {
    if (lua_istable(L, 1)) dd_sandbox_work(L, lua_rawlen(L, 1) * 8); // numbers become texts
    return dd_globals_wrapped(L);
}

void dd_tables_open(lua_State *L) {
    lua_pushglobaltable(L);
    static const luaL_Reg base[] = {{"pairs", base_pairs}, {"next", base_next}, {0}};
    luaL_setfuncs(L, base, 0);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, true);
    lua_pushcfunction(L, table_sort);
    lua_setfield(L, -2, "sort");
    dd_globals_wrap(L, "insert", table_shift);
    dd_globals_wrap(L, "remove", table_shift);
    dd_globals_wrap(L, "move", table_move);
    dd_globals_wrap(L, "unpack", table_unpack);
    dd_globals_wrap(L, "concat", table_concat);
    lua_pop(L, 2);
}
