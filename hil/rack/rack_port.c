#include "hil/rack/rack_port.h"

#include <stdlib.h>
#include <string.h>

// --- Wires ---

typedef struct figure {
    const char *name;
    size_t offset;
} figure;

#define FIGURE(name, field)                                                                        \
    { name, offsetof(dd_bad_wire_def, field) }
static const figure figures[] = {FIGURE("drop", drop),
                                 FIGURE("corrupt", corrupt),
                                 FIGURE("duplicate", duplicate),
                                 FIGURE("truncate", truncate),
                                 FIGURE("delay_ms", delay_ms),
                                 FIGURE("jitter_ms", delay_jitter_ms),
                                 FIGURE("stall_every_s", stall_every_s),
                                 FIGURE("stall_s", stall_s)};

static bool read_figure(dd_bad_wire_def *def, const char *word, size_t n, dd_error *error) {
    const char *names[DD_COUNT(figures) + 1] = {NULL};
    char name[32];
    size_t name_n = strcspn(word, "= \t");
    if (name_n >= sizeof name || name_n == n)
        return dd_fail(error, DD_WRONG, "'%.*s' is no figure of a wire; write drop=0.05", (int)n,
                       word);
    memcpy(name, word, name_n);
    name[name_n] = 0;
    for (size_t i = 0; i < DD_COUNT(figures); i++) {
        names[i] = figures[i].name;
        if (strcmp(figures[i].name, name) != 0) continue;
        char *end;
        double value = strtod(word + name_n + 1, &end);
        if (end != word + n || end == word + name_n + 1)
            return dd_fail(error, DD_WRONG, "'%.*s' is no number", (int)n, word);
        memcpy((char *)def + figures[i].offset, &value, sizeof value);
        return true;
    }
    return dd_fail_unknown(error, "figure of a wire", name, names,
                           "'domdom help actions' lists them");
}

// Of a wire: "drop=0.05 delay_ms=3", or "good".
static bool parse_wire(dd_bad_wire_def *def, const char *text, dd_error *error) {
    *def = (dd_bad_wire_def){0};
    while (*(text += strspn(text, " \t"))) {
        size_t n = strcspn(text, " \t");
        bool good = n == 4 && strncmp(text, "good", n) == 0;
        if (!good && !read_figure(def, text, n, error)) return false;
        text += n;
    }
    return dd_bad_wire_check(def, error);
}

// --- Actions ---

static bool read_on(const char *how, bool *on, dd_error *error) {
    *on = strcmp(how, "on") == 0;
    return *on || strcmp(how, "off") == 0 ||
           dd_fail(error, DD_WRONG, "a supply is switched on or off, not '%s'", how);
}

static bool read_attach(dd_attach *attach, uint32_t segment, const char *how, dd_error *error) {
    if (!dd_attach_parse(attach, how, false, error)) return false;
    attach->def.segment = segment;
    return dd_attach_check(&attach->def, error);
}

static bool check(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                  dd_error *error) {
    dd_attach attach;
    dd_bad_wire_def wire;
    bool on;
    if (deed == DD_BOARD_ATTACH) return read_attach(&attach, segment, how, error);
    if (deed == DD_BOARD_SUPPLY && !read_on(how, &on, error)) return false;
    if (deed == DD_BOARD_WIRE && !parse_wire(&wire, how, error)) return false;
    return dd_rack_wants(context, segment, error);
}

static bool act(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                dd_error *error) {
    dd_attach attach;
    dd_bad_wire_def wire;
    bool on;
    switch (deed) {
    case DD_BOARD_ATTACH:
        return read_attach(&attach, segment, how, error) &&
               dd_rack_attach(context, &attach.def, error);
    case DD_BOARD_DETACH:
        return dd_rack_detach(context, segment, error);
    case DD_BOARD_UNPLUG:
    case DD_BOARD_PLUG:
        return dd_rack_plug(context, segment, deed == DD_BOARD_PLUG, error);
    case DD_BOARD_SUPPLY:
        return read_on(how, &on, error) && dd_rack_power(context, segment, on, error);
    case DD_BOARD_RESET:
        return dd_rack_reset(context, segment, error);
    case DD_BOARD_WIRE:
        return parse_wire(&wire, how, error) && dd_rack_wire(context, segment, &wire, error);
    }
    return false;
}

static double figure_of(void *context, dd_board_figure figure_) {
    return dd_rack_figure(context, figure_);
}

dd_board_port dd_rack_port(dd_rack *rack) {
    return (dd_board_port){.context = rack, .check = check, .act = act, .figure = figure_of};
}
