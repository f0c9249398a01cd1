// The sandbox: its limits, its determinism, its messages. Lua's own string library is the judge of
// our pattern matcher.
#include "lua/pattern.h"
#include "lua/sandbox.h"

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

typedef struct world {
    dd_sandbox *sandbox;
    char printed[1 << 16];
    uint64_t draws;
    dd_error error;
} world;

static void print_into(void *context, const char *text) {
    world *w = context;
    size_t length = strlen(w->printed);
    snprintf(w->printed + length, sizeof w->printed - length, "%s\n", text);
}

static uint64_t count_up(void *context) {
    world *w = context;
    return ++w->draws * 0x9E3779B97F4A7C15u;
}

static bool rank_lamp(void *context, lua_State *L, int index, uint64_t *rank) {
    (void)context;
    const int *lamp = luaL_testudata(L, index, "lamp");
    if (lamp) *rank = (uint64_t)*lamp;
    return lamp;
}

static world W;

static void set_up_with(size_t heap, uint64_t instructions) {
    dd_sandbox_def def = dd_sandbox_default();
    def.heap_limit = heap;
    def.instruction_limit = instructions;
    def.draw = count_up;
    def.print = print_into;
    def.rank = rank_lamp;
    def.context = &W;
    memset(&W, 0, sizeof W);
    W.sandbox = dd_sandbox_open(&def, &W.error);
    cr_assert(W.sandbox, "%s", W.error.text);
}

static void set_up(void) {
    dd_sandbox_def def = dd_sandbox_default();
    set_up_with(def.heap_limit, def.instruction_limit);
}

static void tear_down(void) {
    dd_sandbox_close(W.sandbox);
}

// Loads and calls a text as the file "night.lua"; false with W.error.
static bool run(const char *text) {
    W.error = (dd_error){0};
    *W.printed = '\0';
    return dd_sandbox_load(W.sandbox, text, strlen(text), "night.lua", &W.error) &&
           dd_sandbox_call(W.sandbox, 0, 0, &W.error);
}

static void runs(const char *text) {
    cr_assert(run(text), "%s: %s", text, W.error.text);
}

static void prints(const char *text, const char *expected) {
    cr_expect(run(text), "%s: %s", text, W.error.text);
    cr_expect_str_eq(W.printed, expected, "%s printed %s", text, W.printed);
}

static void fails(const char *text, const char *message) {
    cr_expect_not(run(text), "%s succeeded", text);
    cr_expect_eq(W.error.status, DD_WRONG);
    cr_expect(strstr(W.error.text, message) != NULL, "%s said: %s", text, W.error.text);
}

TestSuite(sandbox, .init = set_up, .fini = tear_down);

// Limits

// What a limit ends is over for good, whatever the scenario does about it; each needs a new world.
static void is_ended(const char *text, const char *message) {
    set_up_with(8 << 20, 2000000);
    cr_expect_not(run(text), "%s succeeded and printed %s", text, W.printed);
    cr_expect_eq(W.error.status, DD_WRONG);
    cr_expect(strstr(W.error.text, message) != NULL, "%s said: %s", text, W.error.text);
    cr_expect(strncmp(W.error.text, "night.lua:", 10) == 0, "%s said: %s", text, W.error.text);
    cr_expect_str_eq(W.printed, "", "%s printed %s", text, W.printed);
    cr_expect_not(run("print('again')"));
    cr_expect_str_eq(W.printed, "");
    tear_down();
}

#define FOREVER "more than 2 million steps without waiting; put a wait"
#define TOO_MUCH "needs more than its 8 MiB of memory"
#define TOO_MANY_WAYS "too many ways to match"

Test(limits, an_endless_loop_is_ended_with_its_line) {
    is_ended("local i = 0\nwhile true do\ni = i + 1 end", "night.lua:3: the scenario ran for");
    is_ended("::a:: goto a", FOREVER);
    is_ended("local function f() return f() end f()", FOREVER);
    is_ended("local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) "
             "while true do end end print(t.x)",
             FOREVER);
}

Test(limits, nothing_swallows_a_limit) {
    is_ended("pcall(function() while true do end end) print('swallowed')", FOREVER);
    is_ended("while true do pcall(function() while true do end end) end", FOREVER);
    is_ended("xpcall(function() while true do end end, function() while true do end end) print(1)",
             FOREVER);
    is_ended("xpcall(error, function() while true do end end) print(1)", FOREVER);
    is_ended("coroutine.resume(coroutine.create(function() while true do end end)) print(1)",
             FOREVER);
    is_ended("pcall(coroutine.wrap(function() while true do end end)) print(1)", FOREVER);
    is_ended("local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = "
             "function() while true do end end}) coroutine.yield() end) coroutine.resume(co) "
             "coroutine.close(co) print(1)",
             FOREVER);
    is_ended("pcall(string.find, ('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40)) print(1)",
             TOO_MANY_WAYS);
    is_ended("pcall(function() local t = {} while true do t[#t + 1] = {} end end) print(1)",
             TOO_MUCH);
}

// An endless chain of closing errors never leaves Lua's own loop that closes variables.
Test(limits, close_handlers_that_fail_for_ever_are_ended) {
    is_ended("local meta = {} meta.__close = function() local y <close> = setmetatable({}, meta) "
             "error('x') end pcall(function() local x <close> = setmetatable({}, meta) end) "
             "print(1)",
             "night.lua:1: ");
}

Test(limits, coroutines_cannot_hide_work) {
    is_ended("while true do coroutine.wrap(function() for i = 1, 90 do end end)() end", FOREVER);
    is_ended("local function nest() coroutine.wrap(nest)() end while true do pcall(nest) end", "");
}

Test(limits, a_runaway_allocation_is_ended_with_its_line) {
    is_ended("local t = {}\nwhile true do\nt[#t + 1] = 'x' .. #t end", "night.lua:3: ");
    is_ended("local t = {} while true do t[#t + 1] = #t end", TOO_MUCH);
    is_ended("local s = 'x' while true do s = s .. s end", TOO_MUCH);
    is_ended("local t = {} while true do t = {t} end", TOO_MUCH);
    is_ended("local t = {} while true do t[#t + 1] = coroutine.create(print) end", TOO_MUCH);
    is_ended("local s = ('x'):rep(1000):rep(4000) local t = table.concat({s, s, s, s}) for i = 1, "
             "200 do end print(#t)",
             TOO_MUCH);
}

Test(limits, garbage_is_no_runaway) {
    set_up_with(8 << 20, 50000000);
    prints("for i = 1, 2000 do local s = ('x'):rep(20000) end print('done')", "done\n");
    tear_down();
}

Test(limits, work_in_c_counts) {
    is_ended("local s = ('x'):rep(1000000) while true do local t = s .. 'y' end", FOREVER);
    is_ended("local s = ('x'):rep(1000000) while true do s:find('y', 1, true) end", FOREVER);
    is_ended("local s = ('x'):rep(1000000) while true do utf8.len(s) end", FOREVER);
    is_ended("table.move({}, 1, 1 << 60, 2)", FOREVER);
    is_ended("table.insert(setmetatable({}, {__len = function() return 1 << 60 end}), 1, 1)",
             FOREVER);
    is_ended("table.sort(setmetatable({}, {__len = function() return (1 << 31) - 2 end}))",
             FOREVER);
    is_ended("while true do pcall(table.unpack, {}, 1, 900000) end", FOREVER);
    is_ended("local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) end",
             FOREVER);
    is_ended("local t = {} for i = 1, 1e5 do t[i] = i end while true do next(t) end", FOREVER);
    is_ended("local t = {x = 1} for i = 1, 1e5 do t[i] = i end while true do pairs(t) end",
             FOREVER);
}

Test(limits, exponential_patterns_are_ended) {
    is_ended("string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))", TOO_MANY_WAYS);
    is_ended("('a'):rep(200):match(('a*'):rep(20) .. 'b')", TOO_MANY_WAYS);
    is_ended("('a'):rep(200):gsub(('.-'):rep(20) .. 'b', '')", TOO_MANY_WAYS);
    is_ended("for _ in ('a'):rep(200):gmatch(('a*'):rep(20) .. 'b') do end", TOO_MANY_WAYS);
    is_ended("('('):rep(100000):find('%b()%b()')", FOREVER); // each attempt is short
}

Test(limits, recursion_that_fills_the_heap_is_told_as_such) {
    is_ended("local function f() return 1 + f() end f()", "calls itself without end");
}

Test(limits, the_budget_starts_afresh_at_each_call) {
    set_up_with(8 << 20, 100000);
    for (int i = 0; i < 20; i++)
        runs("for i = 1, 80000 do end");
    tear_down();
}

Test(limits, a_heap_too_small_is_refused) {
    dd_sandbox_def def = dd_sandbox_default();
    dd_error error = {0};
    def.heap_limit = 1000;
    cr_expect_null(dd_sandbox_open(&def, &error));
    cr_expect_eq(error.status, DD_WRONG);
}

Test(sandbox, huge_repetitions_fail_at_once) {
    fails("string.rep('x', 1 << 40)", "string.rep would make a text larger than the 64 MiB");
    prints("print(#string.rep('', 1 << 60))", "0\n");
    prints("print(('ab'):rep(3, ','), ('x'):rep(0), ('x'):rep(-1))", "ab,ab,ab\t\t\n");
    fails("table.unpack({}, 1, 1e8)", "too many results to unpack");
}

Test(sandbox, recursion_and_nesting_end_in_errors) {
    fails("local function f(...) return 1 + f(1, 2, 3, 4, ...) end f()", "stack overflow");
    fails("local function f(...) return 1 + f(1, 2, 3, 4, ...) end f()",
          "calls itself without end");
    fails("local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end "
          "return t.x",
          "C stack overflow");
    fails("x = {\n\ny = {{(", "night.lua:3: unexpected symbol");
    fails("local function f(s) return (s:gsub('.', f)) end f('x')", "stack overflow");
    static char nested[100001];
    memset(nested, '(', sizeof nested - 1);
    fails(nested, "night.lua:1: ");
    memset(nested, '{', sizeof nested - 1);
    memcpy(nested, "x=", 2);
    fails(nested, "night.lua:1: ");
    runs("print(1)");
}

// Messages

Test(sandbox, errors_name_file_line_and_remedy) {
    fails("local a = 1\nlocal b = = 2", "night.lua:2: unexpected symbol near '='");
    fails("\n\nerror('the lamp is gone')", "night.lua:3: the lamp is gone");
    fails("error('no place', 0)", "night.lua:1: no place");
    fails("local function f() error('at the caller', 2) end\nf()", "night.lua:2: at the caller");
    fails("\nlocal t = {} t.x.y = 1", "night.lua:2: attempt to index a nil value (field 'x'); ");
    fails("local t = {}\nt.foo()", "night.lua:2: attempt to call a nil value (field 'foo'); there");
    fails("return 1 .. {}", "night.lua:1: attempt to concatenate a table value");
    fails("return 1 < 'x'", "night.lua:1: attempt to compare number with string; ");
    fails("\nstring.rep()", "night.lua:2: bad argument #1 to 'rep'");
    fails("\ntable.sort({3, 2, 'x'})", "night.lua:2: attempt to compare");
    fails("\nassert(false)", "night.lua:2: assertion failed!");
    fails("đèn = 1", "night.lua:1: unexpected symbol near '<\\196>'; names use the letters a-z");
    fails("local t = true return t.x", "attempt to index a boolean value (local 't'); only tables");
    fails("\x1bLua", "scenarios are text");
    fails("for i = 1, 10 do", "night.lua:1: 'end' expected near <eof>");
}

Test(sandbox, errors_that_are_no_texts_are_told) {
    fails("\nerror()", "night.lua:2: an error without a message");
    fails("\nerror({})", "night.lua:2: an error whose message is a table");
    fails("\nerror(print)", "night.lua:2: an error whose message is a function");
    fails("\nerror(setmetatable({}, {__tostring = function() return 'told' end}))",
          "night.lua:2: told");
    fails("error(setmetatable({}, {__tostring = function() error('again') end}))", "");
    fails("error(42)", "night.lua:1: 42");
    fails("error(('a:'):rep(1000000), 0)", "night.lua:1: a:a:");
}

Test(sandbox, errors_in_the_houses_own_code_show_the_scenarios_line) {
    const char *house = "function wait(n)\n  if type(n) ~= 'number' then error('wait() takes a "
                        "number of seconds') end\n end\nfunction oops() local t = {} t.x.y = 1 end";
    cr_assert(dd_sandbox_load(W.sandbox, house, strlen(house), "=house", &W.error));
    cr_assert(dd_sandbox_call(W.sandbox, 0, 0, &W.error));
    fails("\n\nwait('long')", "night.lua:3: wait() takes a number");
    fails("\noops()", "night.lua:2: attempt to index a nil value");
    cr_expect_null(strstr(W.error.text, "house"));
}

Test(sandbox, long_file_names_are_shown_whole) {
    const char *name = "a/very/long/path/to/a/folder/in/which/somebody/keeps/scenarios/night.lua";
    cr_assert(dd_sandbox_load(W.sandbox, "error('x')", 10, name, &W.error));
    cr_expect_not(dd_sandbox_call(W.sandbox, 0, 0, &W.error));
    cr_expect(strncmp(W.error.text, name, strlen(name)) == 0, "%s", W.error.text);
    cr_expect_not(dd_sandbox_load(W.sandbox, "x x", 3, name, &W.error));
    cr_expect(strncmp(W.error.text, name, strlen(name)) == 0, "%s", W.error.text);
}

Test(sandbox, unknown_names_get_the_nearest) {
    fails("lamps = 3\nreturn lampss", "night.lua:2: unknown name 'lampss'; did you mean 'lamps'?");
    fails("prnt('x')", "did you mean 'print'?");
    fails("return xyzzyplugh", "unknown name 'xyzzyplugh'; give it a value");
    fails("os.exit(1)", "there is no 'os' here; the computer's clock");
    static const char *const gone[] = {"io",    "require", "dofile", "loadfile", "load",
                                       "debug", "package", "os",     "warn",     "collectgarbage"};
    for (size_t i = 0; i < DD_COUNT(gone); i++) {
        char text[100];
        snprintf(text, sizeof text, "print(rawget(_G, '%s'))", gone[i]);
        prints(text, "nil\n");
    }
    fails("setmetatable(_G, nil)", "cannot change a protected metatable");
    prints("speed = 3 print(speed) speed = nil print(rawget(_G, 'speed'))", "3\nnil\n");
}

// Determinism

Test(sandbox, no_address_is_visible) {
    prints("print({}, print, coroutine.create(print), function() end)",
           "table\tfunction\tthread\tfunction\n");
    prints("print(tostring({}), string.format('%s %s|%10s', {}, print, {}))",
           "table\ttable function|     table\n");
    fails("string.format('%p', {})", "would show an address");
    fails("string.format('%q', {})", "no literal form");
    prints("print(select(2, pcall(error, {})))", "table\n");
    prints("print(setmetatable({}, {__tostring = function() return 'me' end}))", "me\n");
    prints("print(setmetatable({}, {__name = 'lamp'}))", "lamp\n");
    prints("print(string.format('%s', setmetatable({}, {__name = 'lamp'})))", "lamp\n");
    fails("tostring(setmetatable({}, {__tostring = function() return {} end}))",
          "'__tostring' must return a string");
    fails("local t = setmetatable({}, {__name = 'lamp'}) return t + 1",
          "attempt to perform arithmetic on a lamp value");
}

Test(sandbox, format_is_luas_own_for_the_rest) {
    prints("print(string.format('%5.2f %d %x %q %% %s %i %c', 3.14159, 42, 255, 'a\\nb', nil, 7, "
           "65))",
           " 3.14 42 ff \"a\\\nb\" % nil 7 A\n");
    fails("string.format('%d', 'x')", "bad argument #2 to 'format'");
    fails("string.format('%s')", "bad argument #2 to 'format' (no value)");
    fails("string.format('%y', 1)", "invalid conversion '%y' to 'format'");
    fails("string.format('%', 1)", "invalid conversion '%' to 'format'");
}

Test(sandbox, pairs_goes_in_order) {
    prints("for k, v in pairs({b = 1, a = 2, [3] = 3, [-1] = 4, [1] = 5, [2.5] = 6, [true] = 7, "
           "[false] = 8, ab = 9, [math.huge] = 10, [''] = 11, [math.mininteger] = 12}) do "
           "print(k) end",
           "-9223372036854775808\n-1\n1\n3\n2.5\ninf\n\na\nab\nb\nfalse\ntrue\n");
    prints("for k, v in pairs({'x', 'y', 'z'}) do print(k, v) end", "1\tx\n2\ty\n3\tz\n");
    prints("for k in pairs({}) do print(k) end print(next({}))", "nil\n");
    prints("local t = {c = 1, a = 2, b = 3, 7} local k, v = next(t) while k do print(k, v) "
           "k, v = next(t, k) end",
           "1\t7\na\t2\nb\t3\nc\t1\n");
    fails("for k in pairs({[{}] = 1}) do end", "night.lua:1: a table with a table as a key");
    fails("next({[print] = 1, x = 2})", "a table with a function as a key");
    fails("pairs()", "bad argument #1 to 'pairs'");
    fails("pairs(nil)", "table expected, got nil");
    fails("local t = {} t[0/0] = 1", "NaN");
    prints("for k, v in pairs(setmetatable({}, {__pairs = function() return function(_, k) "
           "if not k then return 1, 2 end end end})) do print(k, v) end",
           "1\t2\n");
}

Test(sandbox, pairs_bears_changes_on_the_way) {
    prints("local t = {} for i = 1, 5 do t['k' .. i] = i end for k, v in pairs(t) do t[k] = nil "
           "t.k4 = nil print(k, v) end print(next(t))",
           "k1\t1\nk2\t2\nk3\t3\nk5\t5\nnil\n");
    prints("local t = {1, 2, 3, 4} for k, v in pairs(t) do t[k + 1] = nil t[k] = 'x' print(k, v) "
           "end",
           "1\t1\n3\t3\n");
    prints("local t = {a = 1} for k in pairs(t) do t.b = 2 t[1] = 3 t.a = 4 print(k) end", "a\n");
    prints("local co = coroutine.wrap(function() for k in pairs({a = 1, b = 2}) do "
           "coroutine.yield(k) end end) print(co(), co())",
           "a\tb\n");
}

Test(sandbox, entities_are_visited_by_rank) {
    lua_State *L = dd_sandbox_lua(W.sandbox);
    luaL_newmetatable(L, "lamp");
    lua_pop(L, 1);
    lua_newtable(L);
    for (int i = 0; i < 50; i++) {
        *(int *)lua_newuserdatauv(L, sizeof(int), 0) = i * 37 % 50;
        luaL_setmetatable(L, "lamp");
        lua_pushinteger(L, i * 37 % 50);
        lua_settable(L, -3);
    }
    lua_setglobal(L, "lit");
    prints("local last = -1 for k, v in pairs(lit) do assert(v == last + 1) last = v end "
           "print(last, next(lit))",
           "49\tlamp\t0\n");
}

Test(sandbox, order_is_the_same_in_another_sandbox) {
    const char *text = "local t = {} for i = 1, 1000 do t['key' .. (i * 7919 % 1000)] = i end "
                       "local s = {} for k, v in pairs(t) do s[#s + 1] = k .. v end "
                       "print((table.concat(s):gsub('%D+', ' ')))";
    static char first[sizeof W.printed];
    dd_sandbox *before = W.sandbox;
    runs(text);
    strcpy(first, W.printed);
    set_up();
    runs(text);
    cr_expect_str_eq(first, W.printed);
    cr_expect_gt(strlen(first), 6000u);
    dd_sandbox_close(before);
}

// The border that Lua finds in a list with holes depends on how the table's strings are hashed.
Test(sandbox, lengths_of_lists_with_holes_and_memory_are_the_same_in_another_sandbox) {
    const char *text =
        "local x, h = 1, 0 local function draw(n) x = (x * 1103515245 + 12345) % 2147483648 "
        "return (x >> 8) % n end for round = 1, 3000 do local t = {} for k = 1, 30 do "
        "local i = draw(12) + 1 if draw(3) == 0 then t['s' .. draw(20)] = draw(2) == 0 and 1 or "
        "nil elseif draw(3) == 0 then t[i] = nil else t[i] = 1 end h = (h * 31 + #t) & 0xffffffff "
        "end end print(h)";
    static char first[sizeof W.printed];
    dd_sandbox *before = W.sandbox;
    runs(text);
    strcpy(first, W.printed);
    set_up();
    runs(text);
    cr_expect_str_eq(first, W.printed);
    cr_expect_eq(dd_sandbox_heap(before)->taken, dd_sandbox_heap(W.sandbox)->taken);
    cr_expect_eq(dd_sandbox_heap(before)->live, dd_sandbox_heap(W.sandbox)->live);
    dd_sandbox_close(before);
}

Test(sandbox, sort_is_stable_and_survives_any_comparison) {
    runs("local t = {} for i = 1, 1000 do t[i] = {key = i * 7919 % 10, place = i} end "
         "table.sort(t, function(a, b) return a.key < b.key end) for i = 2, 1000 do local a, b = "
         "t[i - 1], t[i] assert(a.key < b.key or (a.key == b.key and a.place < b.place)) end");
    runs("local t = {} for i = 1, 1000 do t[i] = i * 7919 % 1009 end table.sort(t) "
         "for i = 2, 1000 do assert(t[i - 1] < t[i]) end");
    prints("local t = {3, 1, 2} table.sort(t, function() return true end) print(#t)", "3\n");
    prints("local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) "
           "print(table.concat(t, ' '))",
           "3 2 1\n");
    prints("local t = {3, 1, 2} print(pcall(table.sort, t, function() error('no', 0) end)) "
           "print(table.concat(t))",
           "false\tno\n312\n");
    prints("local t = {'b', 'a', 'B'} table.sort(t) print(table.concat(t))", "Bab\n");
    fails("table.sort({1, nil, 3})", "attempt to compare");
    fails("table.sort({1, 2}, 3)", "function expected");
}

Test(sandbox, random_draws_from_the_run) {
    runs("for i = 1, 1000 do local x = math.random() assert(x >= 0 and x < 1) local n = "
         "math.random(6) assert(n >= 1 and n <= 6 and math.type(n) == 'integer') n = "
         "math.random(-3, 3) assert(n >= -3 and n <= 3) end math.random(0) "
         "math.random(math.mininteger, math.maxinteger) assert(math.random(5, 5) == 5)");
    cr_expect_gt(W.draws, 3000u);
    uint64_t draws = W.draws;
    runs("print(math.random())");
    cr_expect_eq(W.draws, draws + 1);
    fails("math.random(2, 1)", "interval is empty");
    fails("math.randomseed(1)", "the run's seed decides");
}

Test(sandbox, what_shows_collection_is_refused) {
    fails("setmetatable({}, {__gc = print})", "a metatable with '__gc'");
    fails("setmetatable({}, {__mode = 'k'})", "a metatable with '__mode'");
    prints("print(getmetatable(setmetatable({}, {__metatable = 1})), getmetatable(''))",
           "1\tfalse\n");
    fails("getmetatable('').__index = nil", "night.lua:1: attempt to index a boolean");
    fails("string.dump(print)", "binary data");
    fails("string.pack('i', 1)", "binary data");
}

Test(sandbox, the_language_is_untouched) {
    prints("print(7 // 2, -7 // 2, 7 % -3, 7.0 // 2, 1 / 0, 3 | 4, 1 << 62, 2^10)",
           "3\t-4\t-2\t3.0\tinf\t7\t4611686018427387904\t1024.0\n");
    prints("print('10' + 5, '3' * '4', 10 .. 20, '0x10' + 0, 10 == '10')",
           "15\t12\t1020\t16\tfalse\n");
    prints("for i = 1, 3 do for j = 1, 3 do if j == 2 then goto next end print(i, j) end ::next:: "
           "end",
           "1\t1\n2\t1\n3\t1\n");
    prints("print(('x'):upper(), #'abc', ('abc'):sub(-2), ('abc'):byte(1, -1))",
           "X\t3\tbc\t97\t98\t99\n");
    prints("print(select('#', table.unpack({1, nil, 3}, 1, 3)), table.concat({1, 2, 3}, '-'))",
           "3\t1-2-3\n");
    prints("print(pcall(error, 'x')) print(xpcall(error, function(m) return m .. '!' end, 'y'))",
           "false\tx\nfalse\ty!\n");
    prints("print(pcall(pcall)) print(tonumber('0x1F'), tonumber('z', 36), tonumber('1e1'))",
           "false\tbad argument #1 to 'pcall' (value expected)\n31\t35\t10.0\n");
    prints("for c in ('Đồng'):gmatch(utf8.charpattern) do print(c) end", "Đ\nồ\nn\ng\n");
    prints("print(utf8.char(272, 417, 109), utf8.len('Đồng Khởi'))", "Đơm\t9\n");
    prints("string = nil table = nil pairs = nil tostring = nil math = nil error = nil next = nil "
           "print(('a b'):gsub('%w', {a = 'x'}), ('x'):rep(2)) print({})",
           "x b\txx\ntable\n");
}

Test(sandbox, a_byte_order_mark_and_a_hash_line_are_skipped) {
    prints("\xEF\xBB\xBF#!/usr/bin/env domdom\nprint('hello')", "hello\n");
    fails("#!/usr/bin/env domdom\nerror('x')", "night.lua:2: x");
}

// Processes

static lua_State *start_process(const char *text) {
    lua_State *L = dd_sandbox_lua(W.sandbox);
    *W.printed = '\0';
    cr_assert(dd_sandbox_load(W.sandbox, text, strlen(text), "night.lua", &W.error), "%s",
              W.error.text);
    lua_State *thread = lua_newthread(L);
    lua_insert(L, -2);
    lua_xmove(L, thread, 1);
    return thread;
}

Test(sandbox, processes_wait_and_go_on) {
    lua_State *thread = start_process("local a = ... print('a', a) local b = coroutine.yield(1, 2) "
                                      "print('b', b) return 3");
    int results;
    lua_pushinteger(thread, 10);
    cr_assert(dd_sandbox_resume(W.sandbox, thread, 1, &results, &W.error));
    cr_expect_eq(results, 2);
    cr_expect_eq(lua_status(thread), LUA_YIELD);
    lua_pop(thread, results);
    lua_pushinteger(thread, 20);
    cr_assert(dd_sandbox_resume(W.sandbox, thread, 1, &results, &W.error));
    cr_expect_eq(results, 1);
    cr_expect_eq(lua_status(thread), LUA_OK);
    cr_expect_str_eq(W.printed, "a\t10\nb\t20\n");
}

static void process_fails(const char *text, const char *message) {
    lua_State *thread = start_process(text);
    int results;
    dd_error error = {0};
    cr_expect_not(dd_sandbox_resume(W.sandbox, thread, 0, &results, &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strstr(error.text, message) != NULL, "%s", error.text);
    lua_settop(dd_sandbox_lua(W.sandbox), 0);
}

Test(sandbox, errors_in_processes_have_their_place) {
    process_fails("\nerror('dark')", "night.lua:2: dark");
    process_fails("\n\nlocal t = {} string.rep(t)", "night.lua:3: bad argument #1 to 'rep'");
    process_fails("\nerror({})", "night.lua:2: an error whose message is a table");
    process_fails("error(setmetatable({}, {__tostring = function() error('again') end}))", "again");
    process_fails("local function f(...) return 1 + f(1, 2, 3, 4, ...) end f()", "stack overflow");
    runs("print('still alive')");
}

Test(limits, processes_are_ended_as_well) {
    set_up_with(8 << 20, 1000000);
    process_fails("\nwhile true do end", "night.lua:2: the scenario ran for");
    tear_down();
    set_up_with(8 << 20, 1000000);
    process_fails("\nlocal t = {} while true do t[#t + 1] = {} end", "night.lua:2: the scenario n");
    tear_down();
}

// A C function that calls back through the sandbox while it runs.
static int call_again(lua_State *L) {
    dd_sandbox *sandbox = dd_sandbox_of(L);
    dd_error error;
    lua_pushvalue(L, 1);
    if (dd_sandbox_call(sandbox, 0, 1, &error)) return 1;
    return luaL_error(L, "%s", error.text);
}

Test(sandbox, calls_nest) {
    lua_register(dd_sandbox_lua(W.sandbox), "again", call_again);
    prints("print(again(function() return again(function() return 5 end) end))", "5\n");
    fails("\nagain(function() error('inside') end)", "night.lua:2: inside");
    runs("pcall(again, error) print('ok')");
    cr_expect_eq(lua_gettop(dd_sandbox_lua(W.sandbox)), 0);
    fails("\nagain(function() while true do end end)", "night.lua:2: the scenario ran for");
    cr_expect_not(run("print(1)"));
}

// The heap

Test(sandbox, a_copy_of_the_heap_brings_the_state_back) {
    dd_heap *heap = dd_sandbox_heap(W.sandbox);
    lua_State *thread = start_process("local n = 0 while true do n = n + 1 coroutine.yield(n) end");
    int results;
    for (int i = 0; i < 3; i++)
        cr_assert(dd_sandbox_resume(W.sandbox, thread, 0, &results, NULL));
    runs("t = {} for i = 1, 1000 do t[i] = {i, 'text' .. i} end");
    size_t size = heap->top;
    void *copy = malloc(size);
    memcpy(copy, heap, size);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 10; i++)
            cr_assert(dd_sandbox_resume(W.sandbox, thread, 0, &results, NULL));
        runs("for i = 1, 1000 do t[i] = nil end for i = 1, 5000 do t['x' .. i] = {} end");
        if (round == 2) cr_expect_not(run("while true do end")); // a limit is undone as well
        memcpy(heap, copy, size);
        cr_assert(dd_sandbox_resume(W.sandbox, thread, 0, &results, NULL));
        cr_expect_eq(lua_tointeger(thread, -1), 4);
        prints("print(#t, t[1000][2])", "1000\ttext1000\n");
        memcpy(heap, copy, size);
    }
    free(copy);
}

Test(heap, blocks_keep_their_bytes_and_come_back) {
    dd_heap *heap = dd_heap_open(16 << 20, NULL);
    cr_assert(heap);
    cr_expect_eq((uintptr_t)heap % 0x1000000000, 0u);
    size_t live = heap->live;
    for (size_t size = 1; size < 100000; size = size * 5 / 4 + 1) {
        unsigned char *block = dd_heap_realloc(heap, NULL, 0, size);
        memset(block, 7, size);
        block = dd_heap_realloc(heap, block, size, size * 2);
        cr_expect(block[0] == 7 && block[size - 1] == 7);
        block = dd_heap_realloc(heap, block, size * 2, size / 2 + 1);
        cr_expect(block[0] == 7 && block[size / 2] == 7);
        cr_expect_eq((uintptr_t)block % 16, 0u);
        cr_expect_null(dd_heap_realloc(heap, block, size / 2 + 1, 0));
    }
    cr_expect_eq(heap->live, live);
    cr_expect_not(heap->refused);
    cr_expect_null(dd_heap_realloc(heap, NULL, 0, 16 << 20));
    cr_expect_null(dd_heap_realloc(heap, NULL, 0, SIZE_MAX));
    cr_expect(heap->refused);
    dd_heap_close(heap);
}

// The matcher against Lua's own

static uint32_t Seed = 12345;

static uint32_t pick(uint32_t n) {
    Seed = Seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)Seed * n) >> 32);
}

static void random_text(char *text, size_t most) {
    size_t size = pick((uint32_t)most);
    for (size_t i = 0; i < size; i++)
        text[i] = "aab(c) 1-\n%"[pick(11)];
    text[size] = '\0';
}

static void random_pattern(char *text) {
    static const char *const pieces[] = {
        "a",     "b",      ".",     "%a",      "%d",  "%s",     "%w",   "%A",     "[ab]", "[^a]",
        "[a-c]", "[%d%s]", "(",     ")",       "()",  "*",      "+",    "-",      "?",    "^",
        "$",     "%1",     "%2",    "%b()",    "%f[", "[",      "]",    "%",      "%%",   "-",
        "(a*)",  "(.-)",   "a*",    ".-",      "b?",  "%f[%w]", "%p",   "%x+",    "[]a]", "[^]",
        "%g-",   "%0",     "[%a-]", "[a%-c-]", "%ba", "%c",     "%l%u", "(a(b)?)"};
    *text = '\0';
    for (uint32_t i = 0, n = 1 + pick(6); i < n; i++)
        strcat(text, pieces[pick((uint32_t)DD_COUNT(pieces))]);
}

// What a call of the string library gives, as a text: its results, or that it failed.
static const char *Probe =
    "local f, s, p, r, i = ... local out = {} "
    "local function add(ok, ...) out[#out + 1] = tostring(ok) for k = 1, select('#', ...) do "
    "out[#out + 1] = tostring((select(k, ...))) end end "
    "if f == 1 then add(pcall(string.find, s, p, i)) "
    "elseif f == 2 then add(pcall(string.match, s, p, i)) "
    "elseif f == 3 then add(pcall(string.gsub, s, p, r, i)) "
    "elseif f == 4 then add(pcall(string.gsub, s, p, {a = 'T', b = false, [1] = 5}, i)) "
    "elseif f == 5 then add(pcall(string.gsub, s, p, function(x, y) if x == 'a' then return y end "
    "return nil end)) "
    "else add(pcall(function() for x, y in string.gmatch(s, p, i) do add(x, y) end end)) end "
    "return table.concat(out, '|')";

static void push_probe(lua_State *L, int function, const char *s, const char *p, const char *r,
                       int i) {
    lua_pushinteger(L, function);
    lua_pushstring(L, s);
    lua_pushstring(L, p);
    lua_pushstring(L, r);
    lua_pushinteger(L, i);
}

Test(patterns, match_as_luas_own_string_library) {
    enum { ROUNDS = 30000 };
    set_up();
    lua_State *judge = luaL_newstate(), *L = dd_sandbox_lua(W.sandbox);
    luaL_openlibs(judge);
    cr_assert_eq(luaL_loadbuffer(judge, Probe, strlen(Probe), "@probe"), LUA_OK);
    cr_assert(dd_sandbox_load(W.sandbox, Probe, strlen(Probe), "probe", &W.error));
    int good = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char text[24], pattern[80], replacement[8];
        random_text(text, 20);
        random_pattern(pattern);
        static const char *const replacements[] = {"x", "%0%0", "<%1>", "%2", "%", "%%", ""};
        strcpy(replacement, replacements[pick(7)]);
        int function = 1 + (int)pick(6), i = (int)pick(8) - 3;
        lua_pushvalue(judge, -1);
        push_probe(judge, function, text, pattern, replacement, i);
        cr_assert_eq(lua_pcall(judge, 5, 1, 0), LUA_OK);
        lua_pushvalue(L, -1);
        push_probe(L, function, text, pattern, replacement, i);
        cr_assert(dd_sandbox_call(W.sandbox, 5, 1, &W.error), "%s", W.error.text);
        const char *expected = lua_tostring(judge, -1), *got = lua_tostring(L, -1);
        cr_expect_str_eq(got, expected, "function %d of '%s' with '%s' from %d: %s, not %s",
                         function, text, pattern, i, got, expected);
        good += strncmp(expected, "false", 5) != 0;
        lua_pop(judge, 1);
        lua_pop(L, 1);
    }
    cr_expect_gt(good, ROUNDS / 3);
    lua_close(judge);
    tear_down();
}

Test(patterns, zeros_and_high_bytes_match) {
    set_up();
    prints("print(('a\\0b'):find('%Z+'), ('a\\0b'):find('\\0'), ('a\\0b'):find('%z'), "
           "('\\0\\0'):match('[%z]+') == "
           "'\\0\\0', ('é'):find('%a'), ('é'):match('[\\xc3][\\x80-\\xbf]') == 'é')",
           "1\t2\t2\ttrue\tnil\ttrue\n");
    tear_down();
}

Test(patterns, many_captures_and_choices_are_refused) {
    set_up();
    fails("('a'):find(('()'):rep(33))", "too many captures");
    fails("('a'):rep(300):find(('.-'):rep(201))", "pattern too complex");
    prints("print(select('#', ('a'):find(('()'):rep(32))))", "34\n");
    prints("print(#('x'):rep(100000):match('.*'), #('x'):rep(100000):match('.-$'))",
           "100000\t100000\n");
    tear_down();
}
