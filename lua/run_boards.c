#include "lua/run_boards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

dd_rack *dd_run_boards_open(dd_scenario *scenario, const dd_run_boards_def *def, dd_error *error) {
    dd_rack *rack = dd_rack_open(&(dd_rack_def){.world = scenario->world,
                                                .speed = def->speed,
                                                .out = def->out,
                                                .replayed = def->recorded,
                                                .tell = def->tell,
                                                .present = def->present,
                                                .context = def->context},
                                 error);
    scenario->rack = rack;
    return rack;
}

// The segment that an option begins with, by its id.
static uint32_t segment_of(const dd_city *city, const char *option, size_t n, dd_error *error) {
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (strlen(city->segments[i].id) == n && strncmp(city->segments[i].id, option, n) == 0)
            return i;
    dd_fail(error, DD_WRONG,
            "--board %s: there is no segment '%.*s'; 'domdom city list segments' lists them",
            option, (int)n, option);
    return 0;
}

// What the options say of a segment goes on top of what is known of it.
static bool read_options(dd_attach *attach, const dd_scenario *scenario,
                         const dd_run_boards_def *def, uint32_t segment, dd_error *error) {
    char text[DD_ATTACH_TEXT];
    for (size_t i = 0; i < def->option_n; i++) {
        size_t n = strcspn(def->options[i], "=");
        const char *id = scenario->city.segments[segment].id;
        if (strlen(id) != n || strncmp(id, def->options[i], n) != 0) continue;
        if (!dd_attach_text_of_option(def->options[i] + n + 1, text, sizeof text, error) ||
            !dd_attach_parse(attach, text, true, error))
            return dd_fail_in(error, "--board");
    }
    return true;
}

static bool attach(dd_rack *rack, const dd_scenario *scenario, const dd_run_boards_def *def,
                   uint32_t segment, const char *how, dd_error *error) {
    dd_attach it;
    if (!dd_attach_parse(&it, how, false, error) ||
        !read_options(&it, scenario, def, segment, error))
        return false;
    it.def.segment = segment;
    return dd_rack_attach(rack, &it.def, error);
}

static bool wanted_by_scenario(const dd_scenario *scenario, uint32_t segment) {
    for (size_t i = 0; i < scenario->board_n; i++)
        if (scenario->boards[i].segment == segment) return true;
    return false;
}

bool dd_run_boards_begin(dd_rack *rack, const dd_scenario *scenario, const dd_run_boards_def *def,
                         dd_error *error) {
    for (size_t i = 0; i < scenario->board_n; i++)
        if (!attach(rack, scenario, def, scenario->boards[i].segment, scenario->boards[i].how,
                    error))
            return false;
    for (size_t i = 0; i < def->option_n; i++) {
        const char *option = def->options[i];
        size_t n = strcspn(option, "=");
        if (!option[n])
            return dd_fail(error, DD_WRONG,
                           "--board %s: write SEGMENT=SERIAL, =PATH or =emulated[:MACHINE]",
                           option);
        uint32_t segment = segment_of(&scenario->city, option, n, error);
        if (!segment) return false;
        if (!wanted_by_scenario(scenario, segment) &&
            !attach(rack, scenario, def, segment, "", error))
            return false;
    }
    return dd_rack_begin(rack, error);
}
