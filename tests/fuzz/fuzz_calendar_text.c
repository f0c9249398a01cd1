// Any text as a calendar. What is taken for one can be followed: on any day it has a program.
#include <string.h>

#include "models/calendar_text.h"
#include "tests/fuzz/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const dd_site ben_tre = {10241500, 106375900, 25200};
    char text[4096];
    size_t n = size < sizeof text ? size : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = 0;
    dd_light_calendar calendar;
    dd_error error = {0};
    if (!dd_calendar_parse(text, &calendar, &error)) {
        must(error.status == DD_WRONG && error.text[0]);
        return 0;
    }
    must(dd_light_calendar_valid(&calendar));
    dd_sun_cache sun = {0};
    for (int64_t day = 18000; day < 18400; day += 7) {
        int64_t now_ms = day * 86400000 + 43200000;
        dd_light_state state = dd_light_calendar_at(&calendar, &ben_tre, &sun, now_ms);
        must(state.level_pm <= 1000 && state.next_ms > now_ms);
    }
    return 0;
}
