// Any text as a scenario: it runs, or it fails with one message; it never crashes, hangs or grows.
// It runs in two sandboxes at different addresses, and both must print and say the
// same, and use the same memory.
#include "lua/sandbox.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct outcome {
    uint64_t printed, draws;
    dd_error error;
} outcome;

static void print_into(void *context, const char *text) {
    outcome *o = context;
    for (; *text; text++)
        o->printed = (o->printed ^ (unsigned char)*text) * 0x100000001b3u; // FNV
}

static uint64_t draw(void *context) {
    outcome *o = context;
    return ++o->draws * 0x9E3779B97F4A7C15u;
}

static dd_sandbox *open_sandbox(outcome *o) {
    dd_sandbox_def def = dd_sandbox_default();
    def.heap_limit = 1 << 20;
    def.instruction_limit = 100000;
    def.draw = draw;
    def.print = print_into;
    def.context = o;
    dd_sandbox *sandbox = dd_sandbox_open(&def, NULL);
    if (!sandbox) abort();
    return sandbox;
}

static void run(dd_sandbox *sandbox, outcome *o, const uint8_t *data, size_t size) {
    bool done = dd_sandbox_load(sandbox, (const char *)data, size, "fuzz.lua", &o->error) &&
                dd_sandbox_call(sandbox, 0, 0, &o->error);
    if (!done && (o->error.status != DD_WRONG || !*o->error.text)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static outcome one, two;
    one = two = (outcome){0};
    dd_sandbox *first = open_sandbox(&one), *second = open_sandbox(&two);
    run(first, &one, data, size);
    run(second, &two, data, size);
    if (one.printed != two.printed || strcmp(one.error.text, two.error.text) != 0) abort();
    if (dd_sandbox_heap(first)->taken != dd_sandbox_heap(second)->taken) abort();
    dd_sandbox_close(first);
    dd_sandbox_close(second);
    return 0;
}
