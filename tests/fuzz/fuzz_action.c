// Any text is either an action that can be checked, again and again alike, or an error with a
// message; nothing is read outside the text. Actions come from outside: command line, journal, web.
#include "models/action/action_text.h"
#include "models/action/verb.h"
#include "models/twin.h"
#include "tests/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

// A small city at rest, for as long as the fuzzer runs.
static dd_world *open_world(void) {
    static dd_city city;
    dd_error error;
    dd_world_def def = dd_world_default_def();
    if (!dd_city_read(source_path("tests/cities/three_streets.geojson"), &city, &error)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    def.city = &city;
    def.calendar.offset_s = 25200;
    dd_world *world = dd_twin_open(&def, &error);
    if (!world) abort();
    return world;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static dd_world *world;
    if (!world) world = open_world();
    char *text = malloc(size + 1); // of its own size: the sanitizer sees what is read beyond
    if (!text) abort();
    memcpy(text, bytes, size);
    text[size] = 0;
    dd_error error = {DD_OK, ""}, again = {DD_OK, ""};
    dd_words words;
    dd_action action;
    bool read = dd_action_parse(world, text, &words, &action, &error);
    if (read && (action.verb <= DD_VERB_NONE || action.verb >= DD_VERBS)) abort();
    if (!read && (error.status != DD_WRONG || !*error.text)) abort();
    bool good = dd_action_check_text(world, text, &error);
    if (good != dd_action_check_text(world, text, &again) || (good && !read)) abort();
    if (!good && strcmp(error.text, again.text) != 0) abort();
    free(text);
    return 0;
}
